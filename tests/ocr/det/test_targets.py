from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from paddock.ocr.det.nearness import squared_nearness
from paddock.ocr.det.polygon import filled
from paddock.ocr.det.targets import MakeBorderMap, MakeShrinkMap
from tests.ocr.det_pages import Points, make_page

RNG = np.random.default_rng(0)
WORD = [[40, 30], [140, 30], [140, 60], [40, 60]]
WIDTH = 100 * 30 * (1 - 0.4**2) / 260
"""Of the border of `WORD`: area * (1 - shrink_ratio ** 2) / length."""
ARROW = [[30.3, 50.2], [60.1, 20.4], [120.7, 24.9], [170.2, 50.6], [120.4, 80.3], [62.8, 78.1]]


def slow_threshold_map(points: Points, image_hw: tuple[int, int]) -> NDArray[np.float64]:
    """Every pixel against every edge, with a dot product where PaddleOCR has a cosine."""
    corners = np.array(points)
    after = np.roll(corners, -1, axis=0)
    edges = after - corners
    lengths = np.hypot(*edges.T)
    area = abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(corners, after, strict=True))) / 2
    width = area * (1 - 0.4**2) / lengths.sum()
    pixels = np.indices(image_hw).transpose(1, 2, 0)[:, :, None, ::-1]  # [H, W, 1, 2]
    to_start, to_end = corners - pixels, after - pixels
    line = np.abs(to_start[..., 0] * edges[:, 1] - to_start[..., 1] * edges[:, 0]) / lengths
    end = np.minimum(np.hypot(*np.moveaxis(to_start, -1, 0)), np.hypot(*np.moveaxis(to_end, -1, 0)))
    obtuse = (to_start * to_end).sum(axis=-1) <= 0
    nearest = np.where(obtuse, line, end).min(axis=-1)
    return 0.3 + 0.4 * np.maximum(0, 1 - nearest / width)


@pytest.mark.parametrize("points", [WORD, ARROW], ids=["four corners", "six corners"])
def test_threshold_map_falls_from_the_outline_to_the_border(points: Points) -> None:
    found = MakeBorderMap()(make_page([points]), RNG).maps["threshold_map"]

    expected = slow_threshold_map(points, (100, 200))
    differ = np.abs(found - expected) > 1e-4
    assert differ.mean() <= 0.001  # the border ends at whole pixels
    assert found.max() == pytest.approx(0.7, abs=1e-3)
    assert found.min() == pytest.approx(0.3)


def test_masks_of_a_word() -> None:
    page = MakeShrinkMap()(MakeBorderMap()(make_page([WORD]), RNG), RNG)

    outer, core = page.maps["threshold_mask"], page.maps["shrink_map"]
    assert outer[45].nonzero()[0][[0, -1]].tolist() == [round(40 - WIDTH), round(140 + WIDTH)]
    assert core[45].nonzero()[0][[0, -1]].tolist() == [round(40 + WIDTH), round(140 - WIDTH)]
    assert core[:, 90].nonzero()[0][[0, -1]].tolist() == [round(30 + WIDTH), round(60 - WIDTH)]
    assert page.maps["shrink_mask"].all()
    assert page.ignored == (False,)


def test_values_stay_near_the_polygon() -> None:
    page = MakeBorderMap()(make_page([WORD], image_hw=(400, 400)), RNG)

    reached = np.argwhere(page.maps["threshold_map"] > 0.3001)
    assert reached.min(axis=0).tolist() >= [30 - int(WIDTH) - 1, 40 - int(WIDTH) - 1]
    assert reached.max(axis=0).tolist() <= [60 + int(WIDTH) + 1, 140 + int(WIDTH) + 1]


def test_texts_do_not_change_each_others_values() -> None:
    other = [[60, 90], [150, 85], [150, 97], [60, 99]]

    apart = [MakeBorderMap()(make_page([points]), RNG).maps["threshold_map"] for points in (WORD, other)]
    together = MakeBorderMap()(make_page([WORD, other]), RNG).maps["threshold_map"]

    assert np.array_equal(together, np.maximum(*apart))


@pytest.mark.parametrize(
    ("points", "why"),
    [
        ([[40, 30], [140, 30], [140, 36], [40, 36]], "6 px are below min_text_size"),
        ([[40, 30], [140, 30], [140, 30], [40, 30]], "no area"),
        ([[40, 30], [40, 30], [40, 30], [40, 30]], "a point"),
        ([[240, 30], [290, 30], [290, 60], [240, 60]], "outside the picture"),
        ([[-90, -60], [-10, -60], [-10, -20], [-90, -20]], "outside the picture on the other side"),
    ],
)
def test_what_cannot_be_learnt_is_ignored(points: Points, why: str) -> None:
    page = MakeShrinkMap()(MakeBorderMap()(make_page([points, WORD]), RNG), RNG)

    assert page.ignored == (True, False), why
    assert page.maps["shrink_map"].sum() == MakeShrinkMap()(make_page([WORD]), RNG).maps["shrink_map"].sum()
    assert all(np.isfinite(values).all() for values in page.maps.values())


def test_ignored_texts_are_masked_and_have_no_border() -> None:
    page = replace(make_page([WORD]), ignored=(True,))

    ignored = MakeShrinkMap()(MakeBorderMap()(page, RNG), RNG)

    assert not ignored.maps["shrink_mask"][30:61, 40:141].any()
    assert ignored.maps["shrink_mask"].sum() == 100 * 200 - 31 * 101
    assert not ignored.maps["threshold_mask"].any()
    assert not ignored.maps["shrink_map"].any()


def test_a_page_without_text_has_empty_maps() -> None:
    page = MakeShrinkMap()(MakeBorderMap()(make_page([]), RNG), RNG)

    assert np.allclose(page.maps["threshold_map"], 0.3)
    assert page.maps["shrink_mask"].all()
    assert not page.maps["shrink_map"].any()


def test_an_hourglass_that_falls_apart_is_shrunk_less() -> None:
    waist = [[20, 20], [90, 45], [160, 20], [160, 80], [90, 55], [20, 80]]

    page = MakeShrinkMap()(make_page([waist]), RNG)

    assert page.ignored == (False,)
    assert page.maps["shrink_map"][50, 90] == 1


def test_filling_stays_within_the_outline() -> None:
    quad = np.array([[44, 27], [7, 37], [7, 19], [38, 19]], dtype=np.int32)  # of opencv/opencv#26130

    covered = filled((50, 50), [quad])

    cv2.polylines(covered, [quad], True, 2)
    for row in covered[covered.any(axis=1)]:
        assert row[row.nonzero()[0][[0, -1]]].tolist() == [2, 2]  # each row begins and ends with the outline


def test_nothing_is_near_a_page_without_borders() -> None:
    assert (squared_nearness([], (8, 9)) == 1).all()
