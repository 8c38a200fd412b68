import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from paddock.data.crops import box_sizes, crop_size, cut, loosened, quad_of

Corners = NDArray[np.float32]


def corners(*points: tuple[float, float]) -> Corners:
    return np.array(points, np.float32)


def picture(height: int = 60, width: int = 80) -> NDArray[np.uint8]:
    noise = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return np.asarray(cv2.GaussianBlur(noise, (0, 0), 2))


def test_an_upright_box_is_cut_as_it_is() -> None:
    page = picture()
    crop = cut(page, corners((10, 20), (50, 20), (50, 32), (10, 32)))
    # The warp maps the box's edges to the crop's, so pixels lie where they lay.
    assert np.array_equal(crop, page[20:32, 10:50])


def test_a_box_that_begins_elsewhere_gives_a_turned_crop() -> None:
    page = picture()
    crop = cut(page, corners((50, 32), (10, 32), (10, 20), (50, 20)))  # upside down: it begins bottom right
    straight = page[20:33, 10:51][::-1, ::-1]
    assert crop.shape == (12, 40, 3)
    assert np.array_equal(crop, straight[:12, :40])


@pytest.mark.parametrize(("height", "shape"), [(30, (20, 30, 3)), (29, (29, 20, 3))])
def test_a_crop_one_and_a_half_times_as_high_as_wide_is_turned(height: int, shape: tuple[int, ...]) -> None:
    page = picture()
    crop = cut(page, corners((5, 5), (25, 5), (25, 5 + height), (5, 5 + height)))
    assert crop.shape == shape
    upright = page[5 : 5 + height, 5:25]
    assert np.array_equal(crop, np.rot90(upright) if height == 30 else upright)


def test_a_tilted_box_is_laid_flat() -> None:
    # A 3-4-5 triangle: the text runs 40 px right and 30 px down, 50 px long and 10 px high.
    quad = corners((20, 10), (60, 40), (54, 48), (14, 18))
    assert crop_size(quad) == (50, 10)
    assert cut(picture(), quad).shape == (10, 50, 3)


def test_sizes_are_of_the_longer_of_two_opposite_sides() -> None:
    assert crop_size(corners((0, 0), (30, 0), (40, 10), (0, 8))) == (40, 14)


def test_a_convex_quadrangle_is_cut_along_its_own_corners() -> None:
    quad = corners((0, 0), (30, 2), (29, 12), (1, 10))
    assert quad_of(quad) is quad


@pytest.mark.parametrize("turn", range(4))
def test_a_polygon_is_cut_along_the_rectangle_around_it_from_where_it_begins(turn: int) -> None:
    # A text arched within 40 x 10 px: three points along the top, three along the bottom.
    arch = corners((0, 4), (20, 0), (40, 4), (40, 10), (20, 6), (0, 10))
    angle = turn * np.pi / 2
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], np.float32)
    quad = quad_of(arch @ rotation.T)
    assert np.allclose(quad, corners((0, 0), (40, 0), (40, 10), (0, 10)) @ rotation.T, atol=1e-3)


def test_a_quadrangle_with_a_dent_is_cut_along_the_rectangle_around_it() -> None:
    quad = quad_of(corners((0, 0), (40, 0), (20, 4), (0, 10)))
    assert max(crop_size(quad)) >= 40
    assert cut(picture(), quad).size > 0


def test_a_loosened_box_is_wider_at_the_ends_than_above_and_below() -> None:
    quad = corners((100, 50), (300, 50), (300, 70), (100, 70))
    draw = np.random.default_rng(0)
    loose = np.array([loosened(quad, draw) for _ in range(500)])
    left, right = 100 - loose[:, 0, 0], loose[:, 1, 0] - 300
    top, bottom = 50 - loose[:, 0, 1], loose[:, 3, 1] - 70
    for ends in (left, right):
        assert (ends.min(), ends.max()) == pytest.approx((-1, 7), abs=0.2)  # -0.05 and 0.35 of 20 px
    for edges in (top, bottom):
        assert (edges.min(), edges.max()) == pytest.approx((-2, 2), abs=0.2)
    assert np.allclose(loose[:, 0, 1], loose[:, 1, 1])  # still a rectangle


def test_the_ends_of_text_that_runs_downwards_are_above_and_below() -> None:
    draw = np.random.default_rng(0)
    loose = np.array([loosened(corners((50, 100), (70, 100), (70, 300), (50, 300)), draw) for _ in range(500)])
    assert (loose[:, 0, 1].min(), loose[:, 3, 1].max()) == pytest.approx((93, 307), abs=0.2)
    assert (loose[:, 0, 0].min(), loose[:, 1, 0].max()) == pytest.approx((48, 72), abs=0.2)


def test_a_tilted_box_is_loosened_along_its_own_sides() -> None:
    quad = corners((20, 10), (60, 40), (54, 48), (14, 18))
    loose = loosened(quad, np.random.default_rng(0))
    for drawn, cut_along in zip(np.roll(quad, -1, axis=0) - quad, np.roll(loose, -1, axis=0) - loose, strict=True):
        lengths = np.linalg.norm(drawn) * np.linalg.norm(cut_along)
        assert drawn @ cut_along == pytest.approx(lengths, rel=1e-5)  # the same direction


def test_a_rectangle_of_whole_pixels_is_what_warping_would_make_of_it() -> None:
    page, draw = picture(300, 2000), np.random.default_rng(1)
    for _ in range(200):
        left, top = int(draw.integers(0, 1900)), int(draw.integers(0, 260))
        right, bottom = int(draw.integers(left + 1, 2001)), int(draw.integers(top + 1, 301))
        quad = corners((left, top), (right, top), (right, bottom), (left, bottom))
        size = crop_size(quad)
        flat = corners((0, 0), (size[0], 0), size, (0, size[1]))
        warp = cv2.getPerspectiveTransform(quad, flat)
        warped = cv2.warpPerspective(page, warp, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        expected = np.rot90(warped) if size[1] / size[0] >= 1.5 else warped
        assert np.array_equal(cut(page, quad), expected)


def test_sizes_of_many_boxes_are_those_of_each() -> None:
    draw = np.random.default_rng(2)
    boxes = [tuple(map(tuple, draw.uniform(0, 90, (int(draw.integers(4, 7)), 2)).tolist())) for _ in range(200)]
    assert box_sizes(boxes) == [crop_size(quad_of(np.array(box, np.float32))) for box in boxes]
    assert box_sizes([]) == []
