import numpy as np
import pytest

from paddock.data.sample.fonts import font
from paddock.data.sample.layout import MIN_CAP_PX, Column, Style, Texts, fill_column, heading, rows
from paddock.data.sample.paint import Canvas, PaintedText
from paddock.data.sample.text import distinct_texts

BOX = (20, 30, 420, 580)
STYLE = Style("DejaVuSans", "DejaVuSerif", 18, 1.8, (0, 0, 0), (60, 0, 0), (255, 255, 255))


def column_of(texts: list[str], seed: int) -> Column:
    canvas = Canvas(np.full((600, 440, 3), 255, np.uint8))
    return Column(canvas, BOX, STYLE, Texts(texts), np.random.default_rng([9, seed]))


def texts_of(column: Column) -> tuple[PaintedText, ...]:
    return column.canvas.picture().texts


def gap_between(one: PaintedText, other: PaintedText) -> float:
    """Empty pixels between two upright boxes, across or down, whichever are more."""
    (left, top), (right, bottom) = one.quad[0], one.quad[2]
    (other_left, other_top), (other_right, other_bottom) = other.quad[0], other.quad[2]
    across = max(other_left - right, left - other_right)
    return float(max(across, max(other_top - bottom, top - other_bottom)))


@pytest.mark.parametrize("seed", range(10))
def test_a_column_holds_texts_once_and_apart_and_inside(seed: int) -> None:
    wanted = distinct_texts(40, seed)
    column = column_of(wanted, seed)
    fill_column(column, np.random.default_rng(seed))
    found = texts_of(column)
    readable = [item.text for item in found if item.text != "###"]
    assert len(found) > 8
    assert set(readable) <= set(wanted)
    assert len(set(readable)) == len(readable)
    for at, item in enumerate(found):
        assert (item.quad >= BOX[:2]).all()
        assert (item.quad <= BOX[2:]).all()
        # A margin of 15 % on both sides still leaves a gap.
        assert all(gap_between(item, other) >= 0.35 * MIN_CAP_PX for other in found[at + 1 :])


def test_the_ink_outside_of_a_column_stays_away() -> None:
    for seed in range(10):
        column = column_of(distinct_texts(40, seed), seed)
        fill_column(column, np.random.default_rng(seed))
        pixels = column.canvas.picture().pixels.copy()
        pixels[BOX[1] - 3 : BOX[3] + 3, BOX[0] - 3 : BOX[2] + 3] = 255
        assert (pixels == 255).all()


def test_a_text_that_does_not_fit_waits_for_a_wider_place() -> None:
    letters = font("DejaVuSans", 24)
    texts = Texts(["FUEL PUMP 12", "AB-1", "AB-2"])
    assert texts.take(letters, letters.getlength("AB-1") + 1) == "AB-1"
    assert texts.take(letters, 400) == "FUEL PUMP 12"
    assert texts.take(letters, 5) is None
    assert not texts.is_used_up
    assert texts.take(letters, 400) == "AB-2"
    assert texts.is_used_up


def test_texts_of_a_row_share_a_baseline() -> None:
    for seed in range(20):
        column = column_of(["AB-10", "CE-20", "FH-30", "KL-40", "MN-50", "PR-60"], seed)
        rows(column, np.random.default_rng(seed))
        by_line: dict[float, list[str]] = {}
        for item in texts_of(column):
            by_line.setdefault(float(item.quad[2, 1]), []).append(item.text)
        sizes = list(map(len, by_line.values()))
        assert max(sizes) <= 3
        if max(sizes) > 1:
            return
    raise AssertionError("no row of two")


def test_a_heading_is_larger_than_the_rows() -> None:
    heights = []
    for seed in range(20):
        column = column_of(["AEFH"], seed)
        heading(column, np.random.default_rng(seed))
        (item,) = texts_of(column)
        heights.append(item.quad[2, 1] - item.quad[0, 1])
    assert min(heights) > STYLE.cap_px
    assert max(heights) < 1.8 * STYLE.cap_px


def test_no_text_is_left_without_ending_the_column() -> None:
    column = column_of(["AB-10"], 0)
    fill_column(column, np.random.default_rng(0))
    assert [item.text for item in texts_of(column)] == ["AB-10"]
