"""Tables as a person wants to see them: the picture with its cells, beside the labelled and the read structure.

Shapes: H rows, W columns of RGB pixels.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from paddock.core.files import write_bytes
from paddock.data.page_picture import FALSE, MATCHED, MISSED, Colour, Mark, jpeg, with_boxes
from paddock.data.panels import INK, PAPER, SMALL_PX, Panel, fitted, in_rows, letters
from paddock.data.table_tokens import GridCell, grid_of
from paddock.data.tables import INLINE_TAGS, TableCell
from paddock.ocr.image import read_bgr
from paddock.ocr.table.scorer import ScoredTable

Pixels = NDArray[np.uint8]

_PICTURE_WH = (760, 900)
"""Largest size at which the picture itself is shown."""
_GRID_WIDTH, _ROW_PX, _GRID_HEIGHTS = 420, 22, (120, 900)
_RULE, _HEAD = (150, 150, 150), (225, 232, 242)
_TINT = 0.35
"""How much of its colour a cell has that only one side knows."""
_LEAST_IOU = 0.5
"""A box that lies worse counts as not found."""


def write(tables: Sequence[ScoredTable], folder: Path) -> None:
    """Draw each table into ``folder``, the worst first, with its similarity in the file's name."""
    for rank, table in enumerate(tables, start=1):
        if not table.unreadable:
            name = f"{rank:02}_teds_{table.teds_structure:.3f}_{table.image.stem}.jpg"
            write_bytes(folder / name, jpeg(drawn(table)))


def drawn(table: ScoredTable) -> Pixels:
    """Picture, labelled structure and read structure, from left to right.

    In the picture, boxes read are green where the label has them, orange elsewhere, and labelled boxes that were not
    found red. Of the structures, cells are tinted that the other one has not: red in the label's, orange in what was
    read.
    """
    truth, reading = grid_of(table.truth), grid_of(table.reading.structure)
    texts = [text_of(cell) for cell in table.cells]
    same = {_place(cell) for cell in truth} & {_place(cell) for cell in reading}
    return in_rows(
        [
            [
                Panel(_picture(table), f"{table.image.name}, confidence {table.reading.confidence:.2f}"),
                Panel(_grid(truth, texts, same, MISSED), f"label, {counted(truth)}"),
                Panel(_grid(reading, [""] * len(reading), same, FALSE), f"read, {counted(reading)}"),
            ]
        ]
    )


def grid(cells: Sequence[GridCell], texts: Sequence[str]) -> Pixels:
    """A structure as rows and columns of equal size, with as much of each text as fits."""
    return _grid(cells, texts, {_place(cell) for cell in cells}, PAPER)


def counted(cells: Sequence[GridCell]) -> str:
    """Rows, columns and cells in words."""
    rows, columns = _extent(cells)
    return f"{rows} x {columns}, {len(cells)} cells"


def text_of(cell: TableCell) -> str:
    """What stands in a cell, without markup."""
    return "".join(token for token in cell.tokens if token not in INLINE_TAGS)


@dataclass(frozen=True)
class _Place:
    """What makes two cells the same: where they begin and how far they reach; not whether they are in the head."""

    row: int
    column: int
    rowspan: int
    colspan: int


def _place(cell: GridCell) -> _Place:
    return _Place(cell.row, cell.column, cell.rowspan, cell.colspan)


def _extent(cells: Sequence[GridCell]) -> tuple[int, int]:
    rows = max((cell.row + cell.rowspan for cell in cells), default=0)
    return rows, max((cell.column + cell.colspan for cell in cells), default=0)


def _picture(table: ScoredTable) -> Pixels:
    rgb = cv2.cvtColor(read_bgr(table.image, table.origin), cv2.COLOR_BGR2RGB)
    small, ratio = fitted(rgb, _PICTURE_WH)
    marks = [Mark(ratio * mark.polygon, mark.colour) for mark in _marks(table)]
    return with_boxes(small, marks)


def _marks(table: ScoredTable) -> Iterator[Mark]:
    """Boxes read in the colour of what became of them, and labelled ones that were not found."""
    cells = {(place.row, place.column): cell for place, cell in zip(grid_of(table.truth), table.cells, strict=True)}
    labelled = [place for place, cell in cells.items() if cell.tokens and cell.box is not None]
    found = {place for place, iou in zip(labelled, table.ious, strict=True) if iou >= _LEAST_IOU}
    for cell, box in zip(grid_of(table.reading.structure), table.reading.boxes, strict=True):
        place = cell.row, cell.column
        if place in labelled or place not in cells:  # the box of an empty cell means nothing
            yield Mark(box.reshape(4, 2), MATCHED if place in found else FALSE)
    for place in labelled:
        if place not in found:
            yield Mark(np.array(cells[place].box, np.float32).reshape(4, 2), MISSED)


def _grid(cells: Sequence[GridCell], texts: Sequence[str], same: set[_Place], colour: Colour) -> Pixels:
    """The same, cells that are not in ``same`` tinted."""
    rows, columns = _extent(cells)
    height = min(max(rows * _ROW_PX, _GRID_HEIGHTS[0]), _GRID_HEIGHTS[1])
    panel = Image.new("RGB", (_GRID_WIDTH + 1, height + 1), PAPER)
    draw, small = ImageDraw.Draw(panel), letters("".join(texts), SMALL_PX)
    for cell, text in zip(cells, texts, strict=True):
        left, right = (_GRID_WIDTH * edge // columns for edge in (cell.column, cell.column + cell.colspan))
        top, bottom = (height * edge // rows for edge in (cell.row, cell.row + cell.rowspan))
        paper = _HEAD if cell.is_head else PAPER
        draw.rectangle((left, top, right, bottom), paper if _place(cell) in same else _tinted(paper, colour), _RULE)
        if bottom - top > SMALL_PX:
            shown = _fitting(text, small, right - left - 6)
            draw.text((left + 4, (top + bottom) / 2), shown, fill=INK, font=small, anchor="lm")
    return np.asarray(panel, np.uint8)


def _tinted(paper: Colour, colour: Colour) -> Colour:
    red, green, blue = (round((1 - _TINT) * base + _TINT * ink) for base, ink in zip(paper, colour, strict=True))
    return red, green, blue


def _fitting(text: str, small: ImageFont.FreeTypeFont, width_px: int) -> str:
    """The beginning of ``text`` that is no wider than ``width_px``."""
    return next((text[:end] for end in range(len(text), 0, -1) if small.getlength(text[:end]) <= width_px), "")
