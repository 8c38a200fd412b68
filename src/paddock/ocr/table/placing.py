"""Which text on a picture belongs to which cell of its table. Shapes: C cells, L lines, P points of a polygon."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rectangles = NDArray[np.float64]
"""``[n, 4]``: left, top, right, bottom."""

_WIDE = frozenset("WF")
"""Unicode's widths of characters that are written without blanks between words."""


@dataclass(frozen=True)
class Placed:
    """Lines by number, each in one place."""

    in_cells: list[list[int]]
    """For every cell its lines, in the order in which they are read."""
    outside: list[int]
    """Those that stand away from every cell, such as a caption."""


def place_lines(boxes: NDArray[np.float32], polygons: Sequence[NDArray[np.float32]]) -> Placed:
    """Give each line to a cell.

    The cell is one that the line's centre lies in, else one that covers some of the line, else the nearest if it is no
    farther away than the line is high. Of several it is the one of greatest overlap by the share of the union: a
    network learns no box for a cell without text, and draws it anywhere.

    Boxes and polygons count as the upright rectangles around them.

    Shape:
        boxes ``[C, 8]``, polygons ``[P, 2]`` each
    """
    cells = around(boxes.reshape(-1, 4, 2))
    lines = np.concatenate([np.zeros((0, 4)), *(around(polygon[None]) for polygon in polygons)])
    if not len(cells):
        return Placed([], list(range(len(lines))))
    shared, ious = _overlaps(lines, cells)
    centres = (lines[:, None, :2] + lines[:, None, 2:]) / 2
    holds_centre = ((centres >= cells[:, :2]) & (centres <= cells[:, 2:])).all(axis=2)
    distances = _distances(lines, cells)
    in_cells: list[list[int]] = [[] for _ in cells]
    outside = []
    for line, rectangle in enumerate(lines):
        likely = [candidates for candidates in (holds_centre[line], shared[line] > 0) if candidates.any()]
        nearest = int(distances[line].argmin())
        if likely:
            in_cells[int(np.where(likely[0], ious[line], -1).argmax())].append(line)
        elif distances[line, nearest] <= min(rectangle[2:] - rectangle[:2]):
            in_cells[nearest].append(line)
        else:
            outside.append(line)
    return Placed([[members[place] for place in reading_order(lines[members])] for members in in_cells], outside)


def reading_order(rectangles: Rectangles) -> list[int]:
    """From top to bottom, and from left to right where two lie beside each other: by half of the lower one's height."""
    rows: list[list[int]] = []
    for number in np.argsort(rectangles[:, 1], kind="stable").tolist():
        _, top, _, bottom = rectangles[number]
        for row in rows:
            _, row_top, _, row_bottom = rectangles[row[0]]
            if min(bottom, row_bottom) - max(top, row_top) > min(bottom - top, row_bottom - row_top) / 2:
                row.append(number)
                break
        else:
            rows.append([number])
    return [number for row in rows for number in sorted(row, key=lambda member: float(rectangles[member, 0]))]


def joined(texts: Sequence[str]) -> str:
    """The lines of a cell as one text, with a blank between them unless both sides are written without blanks."""
    whole = ""
    for text in filter(None, (text.strip() for text in texts)):
        is_wide = whole and {unicodedata.east_asian_width(letter) for letter in (whole[-1], text[0])} <= _WIDE
        whole += text if is_wide or not whole else f" {text}"
    return whole


def around(polygons: NDArray[np.float32]) -> Rectangles:
    """Upright rectangles.

    Shape:
        in ``[n, P, 2]``, out ``[n, 4]``
    """
    return np.concatenate([polygons.min(axis=1), polygons.max(axis=1)], axis=1).astype(np.float64)


def _overlaps(lines: Rectangles, cells: Rectangles) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Pixels that each line and cell share, and their share of the union; ``[L, C]`` each."""
    sides = np.minimum(lines[:, None, 2:], cells[:, 2:]) - np.maximum(lines[:, None, :2], cells[:, :2])
    shared = np.prod(np.maximum(sides, 0), axis=2)
    areas = [np.prod(rectangles[:, 2:] - rectangles[:, :2], axis=1) for rectangles in (lines, cells)]
    union = areas[0][:, None] + areas[1] - shared
    return shared, np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)


def _distances(lines: Rectangles, cells: Rectangles) -> NDArray[np.float64]:
    """Pixels between each line and cell, ``[L, C]``; 0 where they meet."""
    gaps = np.maximum(cells[:, :2] - lines[:, None, 2:], lines[:, None, :2] - cells[:, 2:])
    return np.asarray(np.linalg.norm(np.maximum(gaps, 0), axis=2))
