"""Accuracy of structures and boxes."""

import numpy as np
import pytest

from paddock.core.errors import ConfigError
from paddock.data.tables import TableCell
from paddock.ocr.table.metric import TableMetric, cell_ious

ROW = ("<tr>", "<td></td>", "<td></td>", "</tr>")
HEADED = ("<thead>", *ROW, "</thead>", "<tbody>", *ROW, "</tbody>")
BARE = ROW + ROW


def _box(left: float, top: float, right: float, bottom: float) -> list[float]:
    return [left, top, right, top, right, bottom, left, bottom]


def test_a_structure_is_right_or_wrong_as_a_whole_merged_or_not() -> None:
    unmerged = ("<tr>", "<td>", "</td>", "<td>", "</td>", "</tr>")

    assert TableMetric()([(ROW, unmerged), (ROW, ROW[:-1])]) == {"acc": 1 / (2 + 1e-6)}
    assert TableMetric()([]) == {"acc": 0.0}


def test_head_and_body_count_unless_left_out() -> None:
    assert TableMetric().is_correct(HEADED, BARE) is False
    assert TableMetric(del_thead_tbody=True).is_correct(HEADED, BARE) is True


def test_paddleocrs_box_metric_is_refused() -> None:
    with pytest.raises(ConfigError, match="compute_bbox_metric"):
        TableMetric(compute_bbox_metric=True)


def test_boxes_are_compared_cell_by_cell_at_the_same_place_in_the_table() -> None:
    true_cells = [
        TableCell(("A",), (0, 0, 10, 0, 10, 10, 0, 10)),
        TableCell(),
        TableCell(("B",), (0, 20, 10, 20, 10, 30, 0, 30)),
        TableCell(("C",), (20, 20, 30, 20, 30, 30, 20, 30)),
    ]
    structure = (*ROW, "<tr>", "<td></td>", "</tr>")  # the last cell is missing
    boxes = np.array([_box(0, 0, 10, 10), _box(9, 9, 9, 9), _box(5, 20, 15, 30)], np.float32)

    found = cell_ious(structure, boxes, BARE, true_cells)

    np.testing.assert_allclose(found, [1, 50 / 150, 0])


def test_a_wider_cell_pushes_its_neighbours_out_of_place() -> None:
    true_cells = [TableCell(("A",), (0, 0, 1, 0, 1, 1, 0, 1)), TableCell(("B",), (2, 0, 3, 0, 3, 1, 2, 1))]
    structure = ("<tr>", "<td", ' colspan="2"', ">", "</td>", "<td></td>", "</tr>")

    found = cell_ious(structure, np.array([_box(0, 0, 1, 1), _box(2, 0, 3, 1)], np.float32), ROW, true_cells)

    np.testing.assert_allclose(found, [1, 0])


def test_without_labelled_boxes_and_with_flat_ones_nothing_is_divided() -> None:
    flat = TableCell(("A",), (1, 1, 1, 1, 1, 1, 1, 1))

    assert cell_ious(ROW, np.zeros((2, 8), np.float32), ROW, [TableCell(), TableCell()]).shape == (0,)
    assert cell_ious(ROW, np.ones((2, 8), np.float32), ROW, [flat, flat]).tolist() == [0, 0]
