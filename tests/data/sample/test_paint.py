import numpy as np

from paddock.data.sample.fonts import font
from paddock.data.sample.paint import Canvas


def test_the_quad_of_a_text_encloses_its_ink_tightly() -> None:
    canvas = Canvas(np.full((80, 200, 3), 255, np.uint8))
    canvas.write("7-AB", font("DejaVuSans", 40), (30, 20), (0, 0, 0))
    picture = canvas.picture()
    rows, columns = np.nonzero(picture.pixels[..., 0] < 128)
    (item,) = picture.texts
    left, top, right, bottom = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    expected = [(left, top), (right, top), (right, bottom), (left, bottom)]
    np.testing.assert_allclose(item.quad, expected, atol=1)  # the faint pixels of anti-aliased edges
    assert item.text == "7-AB"
    np.testing.assert_array_equal(item.quad[0], (30, 20))


def test_a_page_keeps_its_texts_in_the_order_of_writing() -> None:
    canvas = Canvas(np.zeros((100, 200, 3), np.uint8))
    for top, text in ((10, "FIRST"), (50, "SECOND")):
        canvas.write(text, font("STIXGeneral", 24), (10, top), (255, 255, 255))
    assert [item.text for item in canvas.picture().texts] == ["FIRST", "SECOND"]
