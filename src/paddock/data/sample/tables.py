"""The sample for table structure: pictures of one table each, written as a PubTabNet folder.

Lengths are in pixels; ``cap`` is the height of a capital.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import numpy as np
from PIL import ImageFont

from paddock.core.files import write_text
from paddock.data.progress import progress
from paddock.data.sample.fonts import font_of_cap
from paddock.data.sample.grid import Cell, Grid, draw_grid
from paddock.data.sample.paint import Box, Canvas, Colour, Picture, Quad
from paddock.data.sample.paper import ink_and_paper, second_ink, sheet_of_paper
from paddock.data.sample.photograph import photograph
from paddock.data.sample.text import Draw, one_of
from paddock.data.table_tokens import structure_of
from paddock.data.tables import TableCell, TableSample, table_line

LABELS, PICTURES = "tables.jsonl", "tables"
MAX_SIDE = 480
_TABLES = 2  # apart from the pages' streams, which are [seed, 1, index]
_BOLD_FACES = {
    "DejaVuSans": "DejaVuSans-Bold",
    "DejaVuSans-Oblique": "DejaVuSans-Bold",
    "DejaVuSansMono": "DejaVuSansMono-Bold",
    "DejaVuSerif": "DejaVuSerif-Bold",
}
"""Face of the body -> face of the head; faces that are bold by themselves are left out."""
_LINE_CAPS = 1.5
"""Distance of two lines within a cell."""
_WHITE, _NEARLY_BLACK = (250, 250, 250), (30, 30, 34)
_PLAIN_SHARE = 0.4


@dataclass(frozen=True)
class Look:
    """How one table is printed."""

    face: str
    head_face: str
    label_face: str
    """Of the first column."""
    cap_px: int
    pitch: float
    """Height of a row with one line of text, in caps."""
    inset: float
    """Empty space left and right of a text, in caps."""
    ink: Colour
    head_ink: Colour
    paper: Colour
    head_fill: Colour | None
    section_fill: Colour | None
    stripe_fill: Colour | None
    """Of every other row of the body."""
    rule_ink: Colour
    rule_px: int
    edge_px: int
    """Width of the rules below the head and at the ends."""


@dataclass(frozen=True)
class DrawnTable:
    """A labelled picture file."""

    jpeg: bytes
    structure: tuple[str, ...]
    cells: tuple[TableCell, ...]


def draw_tables(folder: Path, num_tables: int, seed: int, characters: str = "") -> None:
    """Draw ``num_tables`` tables into ``folder``: pictures below `PICTURES`, and `LABELS`.

    Args:
        characters: write random texts of these instead of the sample's own.
    """
    (folder / PICTURES).mkdir()
    lines = []
    for index in progress(range(num_tables), "draw tables"):
        table = table_of(index, seed, characters)
        name = f"table_{index:04}.jpg"
        (folder / PICTURES / name).write_bytes(table.jpeg)
        sample = TableSample(Path(name), table.structure, table.cells, group="", origin="")
        lines.append(table_line(sample, name, "train"))
    write_text(folder / LABELS, "".join(lines))


def table_of(index: int, seed: int, characters: str = "") -> DrawnTable:
    """Table ``index`` of the sample; nothing but the arguments has an influence."""
    draw = np.random.default_rng([seed, _TABLES, index])
    while True:  # a table that is too large is drawn again
        grid = draw_grid(draw, characters)
        look = choose_look(grid, draw)
        edges = _column_edges(grid, look, draw), _row_edges(grid, look)
        if max(edges[0][-1], edges[1][-1]) <= MAX_SIDE:
            break
    printed = print_table(grid, look, edges, draw)
    seen = photograph(printed, look.cap_px, draw, one_of(draw, (0.0, 0.5, 1.5)), desk=look.paper)
    boxes = iter(seen.texts)
    cells = tuple(_label(cell, next(boxes).quad) if cell.lines else TableCell() for cell in grid.cells)
    return DrawnTable(seen.jpeg, structure_of([cell.place for cell in grid.cells]), cells)


def choose_look(grid: Grid, draw: Draw) -> Look:
    """Faces, sizes, colours and rules; a head always differs from the body in one of them."""
    ink, paper = (_NEARLY_BLACK, _WHITE) if draw.random() < _PLAIN_SHARE else ink_and_paper(draw)
    face = one_of(draw, tuple(_BOLD_FACES))
    accent = second_ink(paper, draw)
    shades = [_between(paper, ink, draw.uniform(0.1, 0.25)) for _ in range(3)]
    head_fill = one_of(draw, (None, shades[0], accent))
    is_head_bold = head_fill is None or draw.random() < 0.6
    rule_px = one_of(draw, (1, 2, 2))
    return Look(
        face=face,
        head_face=_BOLD_FACES[face] if is_head_bold else face,
        label_face=_BOLD_FACES[face] if draw.random() < 0.15 else face,
        cap_px=int(draw.integers(15, 20)),
        pitch=draw.uniform(2.4, 4.0),
        inset=draw.uniform(0.6, 1.2),
        ink=ink,
        head_ink=paper if head_fill == accent else ink,
        paper=paper,
        head_fill=head_fill,
        section_fill=one_of(draw, (None, shades[1])),
        stripe_fill=one_of(draw, (None, None, None, shades[2])),
        rule_ink=one_of(draw, (ink, ink, _between(paper, ink, 0.5))),
        rule_px=rule_px,
        edge_px=rule_px + int(draw.integers(0, 2)),
    )


def print_table(grid: Grid, look: Look, edges: tuple[Sequence[int], Sequence[int]], draw: Draw) -> Picture:
    """The table fresh from the press, its texts in the order of its cells.

    Args:
        edges: where columns begin, from 0, and where the last one ends; the same of rows.
    """
    left, top, right, bottom = (round(margin) for margin in draw.uniform(0.4, 2.0, 4) * look.cap_px)
    across, down = [left + edge for edge in edges[0]], [top + edge for edge in edges[1]]
    canvas = Canvas(sheet_of_paper(down[-1] + bottom, across[-1] + right, look.paper, draw))
    boxes = [_box(cell, across, down) for cell in grid.cells]
    _fill(canvas, grid, look, boxes)
    _rule(canvas, grid, look, boxes, (across[0], down[0], across[-1], down[-1]))
    for cell, box in zip(grid.cells, boxes, strict=True):
        if cell.lines:
            _write(canvas, cell, look, box)
    return canvas.picture()


def _column_edges(grid: Grid, look: Look, draw: Draw) -> list[int]:
    """As wide as the texts need; a column may be wider."""
    widths = np.zeros(grid.num_columns)
    slack = draw.uniform(0, 1.5, grid.num_columns) * look.cap_px
    for cell in sorted(grid.cells, key=lambda cell: cell.place.colspan):
        letters = _letters(cell, look)
        needed = max(map(letters.getlength, cell.lines), default=0.0) + 2 * look.inset * look.cap_px
        columns = slice(cell.place.column, cell.place.column + cell.place.colspan)
        widths[columns] += max(0.0, needed - widths[columns].sum()) / cell.place.colspan
    return _edges(widths + slack)


def _row_edges(grid: Grid, look: Look) -> list[int]:
    """As high as the texts of single rows need."""
    lines = np.ones(grid.num_rows)
    for cell in grid.cells:
        if cell.place.rowspan == 1:
            lines[cell.place.row] = max(lines[cell.place.row], len(cell.lines))
    return _edges((look.pitch + _LINE_CAPS * (lines - 1)) * look.cap_px)


def _edges(sizes: Sequence[float] | np.ndarray) -> list[int]:
    return [0, *accumulate(round(size) for size in sizes)]


def _box(cell: Cell, across: Sequence[int], down: Sequence[int]) -> Box:
    place = cell.place
    right, bottom = across[place.column + place.colspan], down[place.row + place.rowspan]
    return across[place.column], down[place.row], right, bottom


def _letters(cell: Cell, look: Look) -> ImageFont.FreeTypeFont:
    is_label = cell.place.column == 0 and not cell.place.is_head
    face = look.head_face if cell.place.is_head else look.label_face if is_label else look.face
    return font_of_cap(face, look.cap_px)


def _fill(canvas: Canvas, grid: Grid, look: Look, boxes: Sequence[Box]) -> None:
    for cell, box in zip(grid.cells, boxes, strict=True):
        is_odd = (cell.place.row - grid.num_head_rows) % 2 == 1 and cell.place.rowspan == 1
        colour = look.stripe_fill if is_odd else None
        if cell.place.is_head or cell.is_section:
            colour = look.head_fill if cell.place.is_head else look.section_fill
        if colour is not None:
            canvas.fill(box, colour)


def _rule(canvas: Canvas, grid: Grid, look: Look, boxes: Sequence[Box], table: Box) -> None:
    """Lines along the cells, so that none runs through a cell that spans."""
    left, top, right, bottom = table
    for cell, (start, _, end, below) in zip(grid.cells, boxes, strict=True):
        is_over_group = cell.place.is_head and cell.place.colspan > 1
        if (grid.rules.rows and below < bottom) or (is_over_group and not grid.rules.rows):
            inset = 0 if grid.rules.rows else round(0.4 * look.inset * look.cap_px)
            canvas.rule((start + inset, below), (end - inset, below), look.rule_px, look.rule_ink)
    for _, (_, start, beside, end) in zip(grid.cells, boxes, strict=True):
        if grid.rules.columns and beside < right:
            canvas.rule((beside, start), (beside, end), look.rule_px, look.rule_ink)
    heights = [top, bottom] if grid.rules.ends else []
    if grid.rules.head:
        heights.append(max(box[3] for cell, box in zip(grid.cells, boxes, strict=True) if cell.place.is_head))
    for height in heights:
        canvas.rule((left, height), (right, height), look.edge_px, look.rule_ink)
    for beside in (left, right) if grid.rules.sides else ():
        canvas.rule((beside, top), (beside, bottom), look.edge_px, look.rule_ink)


def _write(canvas: Canvas, cell: Cell, look: Look, box: Box) -> None:
    left, top, right, bottom = box
    letters, cap = _letters(cell, look), look.cap_px
    room = right - left - 2 * look.inset * cap
    first = (top + bottom - _LINE_CAPS * cap * (len(cell.lines) - 1) + cap) / 2
    starts = [
        (
            round(left + look.inset * cap + cell.align * (room - letters.getlength(line))),
            round(first + number * _LINE_CAPS * cap),
        )
        for number, line in enumerate(cell.lines)
    ]
    canvas.write_lines(cell.lines, letters, starts, look.head_ink if cell.place.is_head else look.ink)


def _label(cell: Cell, quad: Quad) -> TableCell:
    x0, y0, x1, y1, x2, y2, x3, y3 = np.rint(quad).flatten().tolist()
    return TableCell(tuple(" ".join(cell.lines)), (x0, y0, x1, y1, x2, y2, x3, y3))


def _between(one: Colour, other: Colour, share: float) -> Colour:
    """``one`` with ``share`` of ``other`` in it."""
    red, green, blue = (round(a + share * (b - a)) for a, b in zip(one, other, strict=True))
    return red, green, blue
