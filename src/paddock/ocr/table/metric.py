"""Scores of tables: PaddleOCR's under PaddleOCR's name, and how well the cells' boxes lie."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paddock.core.errors import ConfigError
from paddock.data.table_tokens import grid_of
from paddock.data.tables import TableCell

EPSILON = 1e-6
"""PaddleOCR's guard against an empty evaluation; it keeps a perfect score just below 1."""

_SECTIONS = frozenset({"<thead>", "</thead>", "<tbody>", "</tbody>"})


@dataclass(frozen=True)
class TableMetric:
    """PaddleOCR's accuracy: tables whose structure is right to the last token.

    Args:
        main_indicator: the score by which the best checkpoint is chosen.
        compute_bbox_metric: PaddleOCR's score of boxes; here `cell_ious` has another.
        loc_reg_num, box_format: of the boxes; they change nothing here.
        del_thead_tbody: leave out where head and body begin and end.

    Raises:
        ConfigError: ``compute_bbox_metric`` is asked for.
    """

    main_indicator: str = "acc"
    compute_bbox_metric: bool = False
    loc_reg_num: int = 8
    box_format: str = "xyxyxyxy"
    del_thead_tbody: bool = False

    def __post_init__(self) -> None:
        if self.compute_bbox_metric:
            raise ConfigError("Metric.compute_bbox_metric is not in the native engine, which scores boxes in any case.")

    def __call__(self, pairs: Iterable[tuple[Sequence[str], Sequence[str]]]) -> dict[str, float]:
        """``acc`` over pairs of reading and truth, each a sequence of structure tokens, merged or not."""
        correct, total = 0, 0
        for reading, truth in pairs:
            correct += self.is_correct(reading, truth)
            total += 1
        return {"acc": correct / (total + EPSILON)}

    def is_correct(self, reading: Sequence[str], truth: Sequence[str]) -> bool:
        """Whether both say the same."""
        return self._text(reading) == self._text(truth)

    def _text(self, structure: Sequence[str]) -> str:
        return "".join(token for token in structure if not (self.del_thead_tbody and token in _SECTIONS))


def cell_ious(
    structure: Sequence[str],
    boxes: NDArray[np.float32],
    true_structure: Sequence[str],
    true_cells: Sequence[TableCell],
) -> NDArray[np.float64]:
    """Intersection over union of each labelled cell box with that of the cell read at the same row and column.

    A cell belongs to a place in the table, so a box counts for nothing where its cell stands elsewhere, or is missing.
    Boxes are compared by the upright rectangles around their corners.

    Args:
        boxes: of the cells that ``structure`` opens, ``[cells, 8]``, in pixels.
        true_cells: those that ``true_structure`` opens; cells without text or box are not scored.

    Shape:
        out ``[labelled boxes]``, each 0 to 1
    """
    found = {(cell.row, cell.column): box for cell, box in zip(grid_of(structure), boxes, strict=True)}
    pairs = [
        (found.get((place.row, place.column), np.zeros(8)), cell.box)
        for place, cell in zip(grid_of(true_structure), true_cells, strict=True)
        if cell.tokens and cell.box is not None
    ]
    if not pairs:
        return np.zeros(0)
    read, true = (_rectangles(np.array([pair[side] for pair in pairs], np.float64)) for side in (0, 1))
    sides = np.minimum(read[:, 2:], true[:, 2:]) - np.maximum(read[:, :2], true[:, :2])
    shared = np.prod(np.maximum(sides, 0), axis=1)
    union = _areas(read) + _areas(true) - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)


def _rectangles(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """``[n, 8]`` corners to ``[n, 4]`` left, top, right, bottom."""
    corners = boxes.reshape(-1, 4, 2)
    return np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)


def _areas(rectangles: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.prod(rectangles[:, 2:] - rectangles[:, :2], axis=1)
