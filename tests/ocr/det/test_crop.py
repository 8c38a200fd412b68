from dataclasses import replace

import numpy as np
import pytest

from paddock.core.errors import ConfigError
from paddock.ocr.det.crop import EastRandomCropData
from tests.ocr.det_pages import make_page

LEFT = [[10, 20], [60, 20], [60, 40], [10, 40]]
RIGHT = [[120, 60], [180, 60], [180, 80], [120, 80]]
SIX = [[120, 60], [150, 55], [180, 60], [180, 80], [150, 85], [120, 80]]


def test_a_crop_cuts_through_no_text_and_keeps_one() -> None:
    page = make_page([LEFT, SIX])
    crop = EastRandomCropData(size=[64, 64], max_tries=50)
    counts = set()
    for seed in range(100):
        found = crop(page, np.random.default_rng(seed))

        assert found.pixels.shape == (64, 64, 3)
        assert len(found.polygons) == len(found.texts) == len(found.ignored) >= 1
        for polygon in found.polygons:
            assert polygon.dtype == np.float32
            assert polygon.min() > -1
            assert polygon.max() < 65
        counts.add(len(found.polygons))
    assert counts == {1, 2}


def test_regions_stay_on_what_they_mark() -> None:
    page = make_page([LEFT, RIGHT])
    page.pixels[:] = 0
    page.pixels[60:80, 120:180] = 255
    for seed in range(30):
        found = EastRandomCropData(size=[128, 96], max_tries=50)(page, np.random.default_rng(seed))
        for polygon in found.polygons[-1:] if found.pixels.any() else ():
            rows, columns = found.pixels[..., 0].nonzero()
            marked = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
            assert np.abs(polygon[[0, 2]].ravel() - marked).max() < 2


def test_ignored_texts_may_be_cut_and_stay_ignored() -> None:
    across = [[0, 45], [199, 45], [199, 55], [0, 55]]
    page = replace(make_page([LEFT, across]), ignored=(False, True), texts=("a", "###"))

    results = [EastRandomCropData(size=[64, 64])(page, np.random.default_rng(seed)) for seed in range(50)]

    assert {result.ignored for result in results} == {(False,), (False, True)}
    assert {result.texts for result in results} == {("a",), ("a", "###")}


@pytest.mark.parametrize("regions", [[], [[[0, 0], [199, 0], [199, 99], [0, 99]]]], ids=["no text", "text everywhere"])
def test_the_whole_page_is_taken_where_no_crop_can_be(regions: list[list[list[float]]]) -> None:
    found = EastRandomCropData(size=[64, 64])(make_page(regions), np.random.default_rng(0))

    assert found.pixels.shape == (64, 64, 3)
    assert found.pixels[:32].any()
    assert not found.pixels[32:].any()  # 200 x 100 becomes 64 x 32
    assert len(found.polygons) == len(regions)


def test_without_ratio_the_page_fills_the_size_and_regions_follow() -> None:
    everywhere = [[0, 0], [200, 0], [200, 100], [0, 100]]

    found = EastRandomCropData(size=[64, 64], keep_ratio=False)(make_page([everywhere]), np.random.default_rng(0))

    assert found.pixels[32:].any()
    assert found.polygons[0].tolist() == [[0, 0], [64, 0], [64, 64], [0, 64]]


def test_texts_outside_the_picture_are_left_out() -> None:
    gone = [[-80, 20], [-20, 20], [-20, 40], [-80, 40]]
    page = make_page([gone, LEFT])

    for seed in range(20):
        found = EastRandomCropData(size=[64, 64])(page, np.random.default_rng(seed))
        assert len(found.polygons) == 1


def test_a_crop_has_the_least_share_of_the_sides() -> None:
    page = make_page([LEFT, RIGHT], image_hw=(100, 200))
    page.pixels[:] = 255
    for seed in range(40):
        crop = EastRandomCropData(size=[64, 64], min_crop_side_ratio=0.5)(page, np.random.default_rng(seed))
        rows, columns = crop.pixels[..., 0].nonzero()
        assert 0.24 < (rows.max() + 1) / (columns.max() + 1) < 1.01  # from 50 x 200 to 100 x 100


def test_a_crop_follows_from_its_generator() -> None:
    page = make_page([LEFT, RIGHT])

    first, second = (EastRandomCropData(size=[64, 64])(page, np.random.default_rng(5)) for _ in range(2))

    assert np.array_equal(first.pixels, second.pixels)


@pytest.mark.parametrize("size", [[640], [600, 640], [0, 0]])
def test_a_size_that_the_network_cannot_take_is_refused(size: list[int]) -> None:
    with pytest.raises(ConfigError, match=r"EastRandomCropData.size is .*multiples of 32"):
        EastRandomCropData(size=size)
