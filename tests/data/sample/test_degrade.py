import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from paddock.data.sample.degrade import blur, crop, jpeg, noise, tilt, warp
from paddock.data.sample.paint import PaintedText, Picture

QUAD = np.array([(30, 20), (90, 20), (90, 40), (30, 40)], np.float32)


@pytest.fixture
def picture() -> Picture:
    """A white block on black where the text is said to be."""
    pixels = np.zeros((60, 120, 3), np.uint8)
    pixels[20:40, 30:90] = 255
    return Picture(pixels, (PaintedText("BLOCK", QUAD),))


def inside(picture: Picture) -> NDArray[np.bool_]:
    """A mask of the pixels that the text's quad encloses."""
    mask = np.zeros(picture.pixels.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, np.rint(picture.texts[0].quad).astype(np.int32), [1.0])
    return mask.astype(bool)


def assert_quad_is_on_the_block(picture: Picture) -> None:
    block, quad = picture.pixels[..., 0] > 127, inside(picture)
    assert (block & quad).sum() / (block | quad).sum() > 0.9


def test_a_homography_moves_pixels_and_quads_alike(picture: Picture) -> None:
    matrix = np.array([[1.1, 0.05, -8], [-0.04, 0.9, 9], [0.0004, -0.0003, 1]], np.float32)
    moved = warp(picture, matrix, (130, 70))
    assert moved.pixels.shape == (70, 130, 3)
    assert_quad_is_on_the_block(moved)
    corner = matrix @ np.array([30, 20, 1], np.float32)
    np.testing.assert_allclose(moved.texts[0].quad[0], corner[:2] / corner[2], rtol=1e-5)


@pytest.mark.parametrize("seed", range(5))
def test_a_tilted_picture_keeps_its_size_and_its_quads(picture: Picture, seed: int) -> None:
    tilted = tilt(picture, max_degrees=5, max_shift_px=4, draw=np.random.default_rng(seed))
    assert tilted.pixels.shape == picture.pixels.shape
    assert not np.array_equal(tilted.pixels, picture.pixels)
    assert_quad_is_on_the_block(tilted)


def test_a_crop_has_the_wanted_height_and_margins(picture: Picture) -> None:
    cut = crop(picture, picture.texts[0], np.array([10.0, 5.0, 20.0, 5.0]), height=15)
    # 10 + 60 + 20 by 5 + 20 + 5 pixels, halved
    assert cut.pixels.shape == (15, 45, 3)
    np.testing.assert_allclose(cut.texts[0].quad, [(5, 2.5), (35, 2.5), (35, 12.5), (5, 12.5)], atol=1e-4)
    assert_quad_is_on_the_block(crop(picture, picture.texts[0], np.array([10.0, 5.0, 20.0, 5.0]), height=60))


def test_blur_keeps_brightness_and_softens_edges(picture: Picture) -> None:
    soft = blur(picture, 2.0)
    assert soft.pixels.mean() == pytest.approx(picture.pixels.mean(), rel=0.01)
    assert ((soft.pixels > 20) & (soft.pixels < 235)).mean() > 0.05
    np.testing.assert_array_equal(blur(picture, 0.0).pixels, picture.pixels)


def test_noise_has_the_strength_asked_for() -> None:
    grey = Picture(np.full((80, 80, 3), 128, np.uint8), ())
    noisy = noise(grey, 6.0, np.random.default_rng(0)).pixels.astype(float)
    assert noisy.std() == pytest.approx(6.0, rel=0.05)
    np.testing.assert_array_equal(noisy[..., 0], noisy[..., 2])


def test_a_jpeg_has_its_colours_in_order() -> None:
    red = Picture(np.full((16, 16, 3), (200, 30, 30), np.uint8), ())
    decoded = cv2.imdecode(np.frombuffer(jpeg(red, 90), np.uint8), cv2.IMREAD_COLOR)
    np.testing.assert_allclose(decoded[8, 8], (30, 30, 200), atol=6)  # OpenCV gives blue first


def test_no_step_changes_the_picture_it_is_given(picture: Picture) -> None:
    before = picture.pixels.copy()
    draw = np.random.default_rng(0)
    noise(blur(crop(tilt(picture, 3, 3, draw), picture.texts[0], np.zeros(4), 30), 1.0), 5.0, draw)
    np.testing.assert_array_equal(picture.pixels, before)
    np.testing.assert_array_equal(picture.texts[0].quad, QUAD)
