"""Texts and cells: each text in the cell that it stands in, in the order in which it is read."""

import numpy as np
import pytest
from numpy.typing import NDArray

from paddock.ocr.table.placing import joined, place_lines, reading_order


def polygon(left: float, top: float, right: float, bottom: float) -> NDArray[np.float32]:
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)


def boxes(*rectangles: tuple[float, float, float, float]) -> NDArray[np.float32]:
    return np.array([polygon(*rectangle).ravel() for rectangle in rectangles], np.float32).reshape(-1, 8)


TWO_BY_TWO = boxes((0, 0, 40, 10), (60, 0, 100, 10), (0, 20, 40, 30), (60, 20, 100, 30))


def test_each_line_is_in_the_cell_around_its_centre() -> None:
    lines = [polygon(62, 21, 98, 29), polygon(1, 1, 39, 9), polygon(2, 22, 20, 28), polygon(58, 1, 90, 9)]

    placed = place_lines(TWO_BY_TWO, lines)

    assert placed.in_cells == [[1], [3], [2], [0]]
    assert placed.outside == []


def test_a_line_over_two_cells_is_in_the_one_that_has_its_centre() -> None:
    (first, second) = place_lines(boxes((0, 0, 40, 10), (40, 0, 100, 10)), [polygon(20, 0, 80, 10)]).in_cells

    assert (first, second) == ([], [0])  # the centre is at 50


def test_a_centre_between_cells_goes_to_the_greater_overlap() -> None:
    placed = place_lines(boxes((0, 0, 40, 10), (60, 0, 100, 10)), [polygon(25, 0, 65, 10)])  # centre at 45

    assert placed.in_cells == [[0], []]


def test_of_cells_that_share_a_centre_the_one_of_the_same_size_wins() -> None:
    """A network draws the box of a cell without text anywhere."""
    placed = place_lines(boxes((0, 0, 100, 100), (10, 10, 60, 20), (20, 0, 34, 60)), [polygon(11, 10, 58, 20)])

    assert placed.in_cells == [[], [0], []]


def test_a_line_near_a_cell_is_its_own_and_one_far_from_all_is_outside() -> None:
    near, far = polygon(0, 35, 40, 43), polygon(0, 60, 40, 68)  # 5 and 30 below the last cell, each 8 high

    placed = place_lines(TWO_BY_TWO, [near, far])

    assert placed.in_cells == [[], [], [0], []]
    assert placed.outside == [1]


def test_several_lines_of_a_cell_are_read_from_the_top_and_from_the_left() -> None:
    lines = [polygon(50, 41, 90, 50), polygon(5, 20, 90, 30), polygon(5, 40, 45, 50), polygon(5, 2, 90, 12)]

    assert place_lines(boxes((0, 0, 100, 60)), lines).in_cells == [[3, 1, 2, 0]]


def test_a_picture_without_cells_or_lines_is_no_error() -> None:
    assert place_lines(boxes(), [polygon(0, 0, 9, 9)]).outside == [0]
    assert place_lines(TWO_BY_TWO, []).in_cells == [[], [], [], []]
    nothing = place_lines(boxes((5, 5, 5, 5)), [polygon(1, 1, 1, 1)])  # neither has an area
    assert (nothing.in_cells, nothing.outside) == ([[]], [0])


def test_polygons_of_many_corners_count_as_the_rectangle_around_them() -> None:
    hexagon = np.array([[62, 25], [70, 21], [90, 21], [98, 25], [90, 29], [70, 29]], np.float32)

    assert place_lines(TWO_BY_TWO, [hexagon]).in_cells == [[], [], [], [0]]


def test_lines_that_slant_a_little_stay_one_row() -> None:
    rectangles = np.array([[100, 4, 140, 14], [0, 0, 40, 10], [50, 2, 90, 12], [0, 16, 40, 26]], np.float64)

    assert reading_order(rectangles) == [1, 2, 0, 3]


@pytest.mark.parametrize(
    ("texts", "whole"),
    [
        ([], ""),
        (["one"], "one"),
        (["one ", "", " two"], "one two"),
        (["表格", "识别"], "表格识别"),
        (["表格", "PDF"], "表格 PDF"),
        (["ａ", "中"], "ａ中"),
    ],
)
def test_lines_are_joined_with_blanks_where_words_are(texts: list[str], whole: str) -> None:
    assert joined(texts) == whole
