import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from paddock.data.sample.degrade import blur, jpeg, lay_on, noise, tilt
from paddock.data.sample.paint import PaintedText, Picture, Pixels

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


@pytest.fixture
def ground() -> Pixels:
    """Grey, of the picture's size."""
    return np.full((60, 120, 3), 100, np.uint8)


def test_pixels_and_quads_are_laid_on_alike(picture: Picture, ground: Pixels) -> None:
    corners = np.array([(10, 5), (110, 0), (118, 58), (6, 50)], np.float32)
    laid = lay_on(ground, picture, corners)
    assert_quad_is_on_the_block(laid)
    assert laid.pixels[2, 2, 0] == 100, "the ground shows beside the picture"
    assert laid.pixels[8, 14, 0] == 0, "and not through it"


def test_corners_come_to_lie_where_they_are_wanted(ground: Pixels) -> None:
    whole = np.array([(0, 0), (120, 0), (120, 60), (0, 60)], np.float32)
    corners = np.array([(10, 5), (110, 0), (118, 58), (6, 50)], np.float32)
    laid = lay_on(ground, Picture(ground, (PaintedText("ALL", whole),)), corners)
    np.testing.assert_allclose(laid.texts[0].quad, corners, atol=1e-3)


@pytest.mark.parametrize("seed", range(5))
def test_a_tilted_picture_keeps_its_size_and_its_quads(picture: Picture, ground: Pixels, seed: int) -> None:
    tilted = tilt(picture, ground, 0.95, max_degrees=5, max_shift_px=4, draw=np.random.default_rng(seed))
    assert tilted.pixels.shape == picture.pixels.shape
    assert not np.array_equal(tilted.pixels, picture.pixels)
    assert_quad_is_on_the_block(tilted)


def test_a_smaller_zoom_shows_the_ground_about_the_picture(picture: Picture, ground: Pixels) -> None:
    shown = tilt(picture, ground, 0.5, max_degrees=0, max_shift_px=0, draw=np.random.default_rng(0))
    assert (shown.pixels[:14] == 100).all()
    # halved towards the middle, which is at 60, 30
    np.testing.assert_allclose(shown.texts[0].quad, [(45, 25), (75, 25), (75, 35), (45, 35)], atol=1e-3)


@pytest.mark.parametrize("seed", range(20))
def test_no_text_leaves_the_picture_however_strong_the_tilt(ground: Pixels, seed: int) -> None:
    edge = np.array([(1, 1), (118, 1), (118, 58), (1, 58)], np.float32)
    picture = Picture(ground, (PaintedText("EDGE", edge),))
    tilted = tilt(picture, ground, 1.2, max_degrees=20, max_shift_px=30, draw=np.random.default_rng(seed))
    quad = tilted.texts[0].quad
    assert quad.min() >= 0
    assert (quad.max(axis=0) <= (119, 59)).all()


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


def test_no_step_changes_what_it_is_given(picture: Picture, ground: Pixels) -> None:
    before = picture.pixels.copy()
    draw = np.random.default_rng(0)
    noise(blur(tilt(picture, ground, 0.9, 3, 3, draw), 1.0), 5.0, draw)
    np.testing.assert_array_equal(picture.pixels, before)
    assert (ground == 100).all()
    np.testing.assert_array_equal(picture.texts[0].quad, QUAD)
