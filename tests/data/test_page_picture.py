import numpy as np
import pytest

from paddock.data.page_picture import FALSE, MATCHED, MISSED, Mark, Pixels, beside_texts, with_boxes

BOX = np.array([(20, 30), (120, 30), (120, 60), (20, 60)], np.float32)


@pytest.fixture
def page() -> Pixels:
    """150 x 200 px of light grey."""
    return np.full((150, 200, 3), 220, np.uint8)


def right_half(page: Pixels, *marks: Mark) -> Pixels:
    """Where the texts are, as grey values with the outlines made white."""
    drawn = beside_texts(page, marks)[:, 200:].astype(int)
    is_grey = np.ptp(drawn, axis=2) < 10
    return np.where(is_grey, drawn[..., 0], 255).astype(np.uint8)


def ink_box_of(grey: Pixels) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero(grey < 128)
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


def test_every_box_is_outlined_in_its_colour_and_lightly_tinted(page: Pixels) -> None:
    found = with_boxes(page, [Mark(BOX, MATCHED), Mark(np.add(BOX, (50, 70)), MISSED)])
    assert tuple(found[30, 70]) == MATCHED
    assert tuple(found[100, 120]) == MISSED
    inside = found[45, 70].astype(int)
    assert inside[1] > inside[0]
    assert inside.min() > 150, "what is in the box stays to be seen"
    assert tuple(found[10, 10]) == (220, 220, 220)


def test_the_page_itself_is_not_drawn_on(page: Pixels) -> None:
    before = page.copy()
    beside_texts(page, [Mark(BOX, FALSE, "AB")])
    np.testing.assert_array_equal(page, before)


def test_the_texts_stand_to_the_right_of_the_page_that_has_the_boxes(page: Pixels) -> None:
    marks = [Mark(BOX, MATCHED, "AB-12")]
    found = beside_texts(page, marks)
    assert found.shape == (150, 400, 3)
    np.testing.assert_array_equal(found[:, :200], with_boxes(page, marks))
    assert tuple(found[30, 200 + 70]) == MATCHED
    assert tuple(found[10, 300]) == (255, 255, 255)


@pytest.mark.parametrize("text", ["AB-12", "A", "FUEL PUMP 12345", "gypsy", "-"])
def test_a_text_fills_its_box_and_stays_in_it(page: Pixels, text: str) -> None:
    left, top, right, bottom = ink_box_of(right_half(page, Mark(BOX, MATCHED, text)))
    assert (left >= 20, top >= 30, right <= 120, bottom <= 60) == (True,) * 4
    fills_height, fills_width = bottom - top > 18, right - left > 85
    assert fills_height or fills_width or text == "-"
    assert abs((left + right) / 2 - 70) < 3
    assert abs((top + bottom) / 2 - 45) < 3


def test_a_text_is_tilted_with_its_box(page: Pixels) -> None:
    tilted = np.array([(20, 30), (120, 70), (110, 95), (10, 55)], np.float32)
    grey = right_half(page, Mark(tilted, MATCHED, "HHHHH"))
    rows, columns = np.nonzero(grey < 128)
    # The box falls 40 pixels on 100.
    slope, _ = np.polyfit(columns, rows, 1)
    assert slope == pytest.approx(0.4, abs=0.1)


def test_a_high_narrow_box_is_read_downwards(page: Pixels) -> None:
    upright = np.array([(50, 20), (75, 20), (75, 120), (50, 120)], np.float32)
    grey = right_half(page, Mark(upright, MATCHED, "L----"))
    left, top, right, bottom = ink_box_of(grey)
    assert bottom - top > 2 * (right - left)
    # The L comes first, and its foot, the lower end of the letter, is on the left.
    letter = grey[top : top + 15] < 128
    assert np.flatnonzero(letter.any(axis=0)).min() == left
    assert letter[:, : (left + right) // 2].sum() > letter[:, (left + right) // 2 :].sum()


def test_a_polygon_of_many_points_gets_its_text_along_its_longer_side(page: Pixels) -> None:
    bent = np.array([(20, 60), (70, 50), (120, 50), (120, 75), (70, 75), (20, 85)], np.float32)
    left, top, right, bottom = ink_box_of(right_half(page, Mark(bent, MATCHED, "ABCDEF")))
    assert right - left > 2 * (bottom - top)


@pytest.mark.parametrize("offset", [(-60, 0), (150, 0), (0, -45), (0, 105), (500, 500), (-500, -500)])
def test_a_box_that_leaves_the_page_is_cut_off(page: Pixels, offset: tuple[int, int]) -> None:
    found = beside_texts(page, [Mark(np.add(BOX, offset), FALSE, "AB-12")])
    assert found.shape == (150, 400, 3)


@pytest.mark.parametrize("text", ["", "  "])
def test_a_box_without_text_stays_white(page: Pixels, text: str) -> None:
    assert (right_half(page, Mark(BOX, MISSED, text)) == 255).all()


def test_a_box_thinner_than_a_pixel_gets_an_outline_and_no_text(page: Pixels) -> None:
    flat = np.array([(20, 30), (120, 30), (120, 30.4), (20, 30.4)], np.float32)
    assert (right_half(page, Mark(flat, MISSED, "AB")) == 255).all()


def test_characters_that_no_font_has_are_drawn_as_something(page: Pixels) -> None:
    assert (right_half(page, Mark(BOX, MATCHED, "\U0010fffd")) < 128).any()


def test_a_page_without_boxes_stays_beside_white(page: Pixels) -> None:
    found = beside_texts(page, [])
    np.testing.assert_array_equal(found[:, :200], page)
    assert (found[:, 200:] == 255).all()
