import numpy as np
import pytest

from paddock.data.sample.fonts import font
from paddock.data.sample.paint import ILLEGIBLE, Box, Canvas, Pixels
from paddock.data.samples import IGNORED_TEXTS

BLACK, WHITE = (0, 0, 0), (255, 255, 255)
LETTERS = font("DejaVuSans", 40)


@pytest.fixture
def canvas() -> Canvas:
    return Canvas(np.full((80, 200, 3), 255, np.uint8))


def dark_box(pixels: Pixels) -> Box:
    rows, columns = np.nonzero(pixels[..., 0] < 128)
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


def test_the_quad_of_a_text_encloses_its_ink_tightly(canvas: Canvas) -> None:
    box = canvas.write("7-AB", LETTERS, 30, 60, BLACK)
    picture = canvas.picture()
    (item,) = picture.texts
    left, top, right, bottom = box
    np.testing.assert_allclose(dark_box(picture.pixels), box, atol=1)  # the faint pixels of anti-aliased edges
    np.testing.assert_array_equal(item.quad, [(left, top), (right, top), (right, bottom), (left, bottom)])
    assert item.text == "7-AB"


def test_capitals_stand_on_the_baseline_whatever_is_beside_them(canvas: Canvas) -> None:
    for left, text in ((10, "H"), (60, "/H")):
        canvas.write(text, LETTERS, left, 60, BLACK)
    capital, beside_a_stroke = canvas.picture().texts
    assert capital.quad[2, 1] == 60
    assert beside_a_stroke.quad[2, 1] > 60
    assert (capital.quad[0, 0], beside_a_stroke.quad[0, 0]) == (10, 60)


def test_a_page_keeps_its_texts_in_the_order_of_writing(canvas: Canvas) -> None:
    for baseline, text in ((30, "FIRST"), (70, "SECOND")):
        canvas.write(text, font("STIXGeneral", 24), 10, baseline, BLACK)
    assert [item.text for item in canvas.picture().texts] == ["FIRST", "SECOND"]


def test_several_lines_are_one_text_with_one_quad(canvas: Canvas) -> None:
    canvas.write_lines(["7-AB", "H"], font("DejaVuSans", 24), [(30, 30), (50, 60)], BLACK)
    picture = canvas.picture()
    (item,) = picture.texts
    assert item.text == "7-AB H"
    np.testing.assert_allclose(dark_box(picture.pixels), [*item.quad[0], *item.quad[2]], atol=1)


def test_a_smeared_text_loses_its_letters_and_its_name(canvas: Canvas) -> None:
    box = canvas.smear("7-AB", LETTERS, 30, 60, BLACK)
    smeared = canvas.picture()
    clear = Canvas(np.full((80, 200, 3), 255, np.uint8))
    assert clear.write("7-AB", LETTERS, 30, 60, BLACK) == box
    assert [item.text for item in smeared.texts] == [ILLEGIBLE]
    assert ILLEGIBLE in IGNORED_TEXTS

    def steps(pixels: Pixels) -> float:
        return float(np.abs(np.diff(pixels[box[1] : box[3], box[0] : box[2], 0].astype(float))).max())

    assert steps(smeared.pixels) < 0.2 * steps(clear.picture().pixels)
    assert smeared.pixels[box[1] : box[3], box[0] : box[2]].mean() < 245, "there still is something to find"


def test_a_box_is_filled_and_framed_up_to_its_right_and_bottom_exclusively(canvas: Canvas) -> None:
    canvas.fill((10, 20, 30, 50), BLACK)
    assert dark_box(canvas.picture().pixels) == (10, 20, 30, 50)
    canvas.fill((10, 20, 30, 50), WHITE)
    canvas.frame((10, 20, 30, 50), 2, BLACK)
    assert dark_box(canvas.picture().pixels) == (10, 20, 30, 50)
    assert canvas.picture().pixels[35, 20, 0] == 255
    canvas.fill((10, 20, 30, 50), WHITE)
    canvas.ring((10, 20, 30, 50), 2, BLACK)
    assert dark_box(canvas.picture().pixels) == (10, 20, 30, 50)


def test_lines_and_shapes_go_through_their_points(canvas: Canvas) -> None:
    canvas.rule((10, 20), (50, 20), 1, BLACK)
    assert dark_box(canvas.picture().pixels) == (10, 20, 51, 21)
    canvas.stroke([(10, 20), (60, 20), (60, 70)], 1, BLACK)
    canvas.shape([(100, 10), (120, 10), (120, 30)], BLACK)
    dark = canvas.picture().pixels[..., 0] == 0
    assert (dark[70, 60], dark[12, 118], dark[28, 102]) == (True, True, False)
