from typing import Any

import numpy as np
import pytest

from paddock.core.errors import ConfigError
from paddock.ocr.det.augment import Affine, ColorJitter, Fliplr, IaaAugment, Resize
from paddock.ocr.det.page import Page
from tests.ocr.det_pages import make_page

WORD = [[40, 30], [140, 30], [140, 60], [40, 60]]
HEXAGON = [[10, 10], [20, 5], [30, 10], [30, 20], [20, 25], [10, 20]]


def marked_page(height: int = 100, width: int = 200) -> Page:
    """Black, with one white pixel where the only region has its corners."""
    page = make_page([[[150, 20]] * 4], (height, width))
    pixels = np.zeros((height, width, 3), dtype=np.uint8)
    pixels[20, 150] = 255
    return page.with_pixels(pixels)


def brightest(page: Page) -> np.ndarray:
    """x and y of the white spot, to a part of a pixel."""
    weights = page.pixels[..., 0].astype(float)
    rows, columns = np.indices(weights.shape)
    return np.array([(columns * weights).sum(), (rows * weights).sum()]) / weights.sum()


@pytest.mark.parametrize("augment", [Fliplr(p=1), Affine(rotate=[15, 15]), Resize(size=[2, 2]), Resize(size=[0.5, 3])])
def test_regions_move_with_the_picture(augment: Any) -> None:
    for seed in range(5):
        changed = augment(marked_page(), np.random.default_rng(seed))

        # A pixel that is enlarged n times has its middle (n - 1) / 2 px further.
        assert np.abs(brightest(changed) - changed.polygons[0][0]).max() < 1.1


def test_mirrored_corners_stay_clockwise_from_the_top_left() -> None:
    page = Fliplr(p=1)(make_page([WORD, HEXAGON]), np.random.default_rng(0))

    assert page.polygons[0].tolist() == [[59, 30], [159, 30], [159, 60], [59, 60]]
    assert page.polygons[1].tolist() == [[169, 10], [179, 5], [189, 10], [189, 20], [179, 25], [169, 20]]


def test_mirroring_follows_its_probability() -> None:
    page = make_page([WORD])

    flipped = [Fliplr(p=0.3)(page, np.random.default_rng(seed)) is not page for seed in range(200)]

    assert 40 <= sum(flipped) <= 80


def test_sizes_lie_between_the_two() -> None:
    widths = [Resize(size=[0.5, 3])(make_page([WORD]), np.random.default_rng(s)).pixels.shape[1] for s in range(50)]

    assert 100 <= min(widths) < 200
    assert 450 < max(widths) <= 600


def test_a_large_page_is_not_enlarged_beyond_the_limit() -> None:
    page = make_page([WORD], image_hw=(32, 9000))

    assert Resize(size=[2, 3])(page, np.random.default_rng(0)).pixels.shape == (32, 9000, 3)


def test_paddleocrs_augmentations_are_the_default_and_follow_from_their_generator() -> None:
    page = make_page([WORD, HEXAGON])
    before = page.pixels.copy()
    named = [
        {"type": "Fliplr", "args": {"p": 0.5}},
        {"type": "Affine", "args": {"rotate": [-10, 10]}},
        {"type": "Resize", "args": {"size": [0.5, 3]}},
    ]

    first, second = (IaaAugment(arguments)(page, np.random.default_rng(7)) for arguments in (None, named))

    assert np.array_equal(first.pixels, second.pixels)
    assert all(np.array_equal(a, b) for a, b in zip(first.polygons, second.polygons, strict=True))
    assert np.array_equal(page.pixels, before)
    assert [len(polygon) for polygon in first.polygons] == [4, 6]


def test_an_empty_list_changes_nothing() -> None:
    page = make_page([WORD])

    assert IaaAugment([])(page, np.random.default_rng(0)) is page


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"type": "Rotate"}, "no component is named 'Rotate'"),
        ({"type": "Affine", "args": {"shear": 3}}, "Affine has no setting 'shear'"),
        ({"type": "Resize", "args": {"size": [3, 0.5]}}, r"Resize.size is \[3, 0.5\]: it must be \[least, most\]"),
        ({"type": "Resize", "args": {"size": 2}}, "Resize.size is 2"),
        ({"type": "Fliplr", "args": {"p": 5}}, "Fliplr.p is 5"),
    ],
)
def test_a_wrong_augmentation_is_refused(entry: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        IaaAugment([entry])


def test_colours_change_and_regions_stay() -> None:
    page = make_page([WORD])
    jitter = ColorJitter(brightness=0.4, contrast=0.4, saturation=0.4, hue=0.1)

    first, second = (jitter(page, np.random.default_rng(4)) for _ in range(2))

    assert np.array_equal(first.pixels, second.pixels)
    assert not np.array_equal(first.pixels, page.pixels)
    assert first.polygons is page.polygons
    assert first.pixels.dtype == np.uint8


def test_a_setting_of_zero_changes_nothing() -> None:
    page = make_page([WORD])

    assert np.array_equal(ColorJitter()(page, np.random.default_rng(0)).pixels, page.pixels)


def test_each_colour_change_does_what_its_name_says() -> None:
    page = make_page([WORD])
    grey = page.with_pixels(np.full((100, 200, 3), 100, dtype=np.uint8))
    rng = np.random.default_rng

    bright = {int(ColorJitter(brightness=0.5)(grey, rng(seed)).pixels.mean()) for seed in range(40)}
    assert 49 < min(bright) < 70
    assert 130 < max(bright) < 151
    for unchanged in (ColorJitter(contrast=0.9), ColorJitter(saturation=0.9), ColorJitter(hue=0.5)):
        assert np.abs(unchanged(grey, rng(1)).pixels.astype(int) - 100).max() <= 1


@pytest.mark.parametrize("settings", [{"brightness": -1}, {"hue": 0.7}, {"contrast": [0.5, 1.5]}])
def test_a_wrong_strength_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=rf"ColorJitter\.{next(iter(settings))} is .*: it must be a number from 0 to"):
        ColorJitter(**settings)
