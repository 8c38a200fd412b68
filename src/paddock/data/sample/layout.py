"""Where texts stand on a page: blocks of rows down a column, until the column or the texts are used up.

A block advances the `Column` it is given. Lengths are in pixels; ``cap`` is the height of a capital.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import ImageFont

from paddock.data.sample.fonts import font_of_cap
from paddock.data.sample.ornament import ornament
from paddock.data.sample.paint import Box, Canvas, Colour
from paddock.data.sample.text import Draw, one_of

MIN_CAP_PX = 15
"""Smaller letters are hard to read once the page has been photographed."""
_SMEARED_SHARE = 0.02
# Between two texts of a row lie at least 2 * _INSET caps: less, and nobody could say where one ends.
_INSET = 0.7
_CAPS_A_CELL = 8.0  # most texts are shorter than this many caps


@dataclass(frozen=True)
class Style:
    """What the rows of one page share."""

    face: str
    heading_face: str
    cap_px: int
    """Height of the body's capitals."""
    pitch: float
    """Distance of two baselines in caps."""
    ink: Colour
    accent: Colour
    """Ink of headings and ornaments."""
    paper: Colour


class Texts:
    """Texts that wait for a place wide enough."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._waiting = list(texts)

    def take(self, letters: ImageFont.FreeTypeFont, width_px: float) -> str | None:
        """Hand out the first text that fits into ``width_px``, once; None if no text does."""
        for at, text in enumerate(self._waiting):
            if letters.getlength(text) <= width_px:
                return self._waiting.pop(at)
        return None

    @property
    def is_used_up(self) -> bool:
        """Whether every text has been handed out."""
        return not self._waiting


class Column:
    """A strip of a page that is filled from its top to its bottom."""

    def __init__(self, canvas: Canvas, box: Box, style: Style, texts: Texts, draw: Draw) -> None:
        self.canvas = canvas
        self.style = style
        self.texts = texts
        self.left, self.y, self.right, self.bottom = box
        self._draw = draw

    @property
    def width(self) -> int:
        """Of the strip."""
        return self.right - self.left

    def has_room_for(self, height: float) -> bool:
        """Whether ``height`` more pixels can be filled."""
        return self.y + height <= self.bottom

    def skip(self, height: float) -> None:
        """Leave ``height`` pixels empty."""
        self.y += round(height)

    def write(
        self, left: float, right: float, baseline: int, letters: ImageFont.FreeTypeFont, ink: Colour, align: float
    ) -> None:
        """Write the next text that fits between ``left`` and ``right``, if there is one; rarely an illegible one.

        Args:
            align: 0 sets it to the left, 1 to the right.
        """
        text = self.texts.take(letters, right - left)
        if text is not None:
            at = round(left + align * (right - left - letters.getlength(text)))
            put = self.canvas.smear if self._draw.random() < _SMEARED_SHARE else self.canvas.write
            put(text, letters, at, baseline, ink)


def fill_column(column: Column, draw: Draw) -> None:
    """Stack blocks until the column is full or no text is left."""
    cap = column.style.cap_px
    while column.has_room_for(column.style.pitch * cap) and not column.texts.is_used_up:
        _BLOCKS[draw.choice(len(_BLOCKS), p=_SHARES)](column, draw)
        column.skip(cap * draw.uniform(0.5, 1.3))


def heading(column: Column, draw: Draw) -> None:
    """One large text: bare, underlined, in a frame, or light on a bar."""
    style = column.style
    cap = round(style.cap_px * draw.uniform(1.15, 1.65))
    if not column.has_room_for(2.2 * cap):
        cap = style.cap_px
    letters = font_of_cap(style.heading_face, cap)
    left, right = column.left + 0.6 * cap, column.right - 0.6 * cap
    box = (column.left, column.y, column.right, column.y + round(2.0 * cap))
    baseline, align = column.y + round(1.5 * cap), one_of(draw, (0.0, 0.0, 0.5))
    look = draw.integers(4)
    if look == 0:
        column.canvas.fill(box, style.accent)
    column.write(left, right, baseline, letters, style.paper if look == 0 else style.accent, align)
    if look == 1:
        column.canvas.rule((box[0], box[3]), (box[2], box[3]), int(draw.integers(1, 4)), style.accent)
    if look == 2:
        column.canvas.frame(box, int(draw.integers(1, 3)), style.accent)
    column.skip(2.2 * cap)


def rows(column: Column, draw: Draw) -> None:
    """Two to six rows of up to three cells: lists, keys beside values, small tables."""
    style = column.style
    cap = max(MIN_CAP_PX, round(style.cap_px * draw.uniform(0.88, 1.15)))
    letters = font_of_cap(style.face, cap)
    pitch = round(style.pitch * cap)
    num_cells = min(one_of(draw, (1, 2, 2, 3)), max(1, int(column.width / (_CAPS_A_CELL * cap))))
    edges = np.linspace(column.left, column.right, num_cells + 1)
    aligns = [0.0] * num_cells
    aligns[-1] = one_of(draw, (0.0, 1.0) if num_cells > 1 else (0.0, 0.0, 0.5))
    ruled, framed = draw.random() < 0.3, draw.random() < 0.25
    mark = one_of(draw, _MARKS) if aligns == [0.0] else _no_mark
    top = column.y
    for _ in range(draw.integers(2, 7)):
        if not column.has_room_for(pitch) or column.texts.is_used_up:
            break
        baseline = column.y + round(0.5 * (pitch + cap))
        indent = mark(column, baseline, cap)
        for cell in range(num_cells):
            inset = _INSET * cap
            left, right = edges[cell] + inset + indent, edges[cell + 1] - inset
            column.write(left, right, baseline, letters, style.ink, aligns[cell])
        column.skip(pitch)
        if ruled:
            column.canvas.rule((column.left, column.y), (column.right, column.y), 1, style.ink)
    if framed:
        for edge in edges[1:-1].round().astype(int).tolist():
            column.canvas.rule((edge, top), (edge, column.y), 1, style.ink)
        column.canvas.frame((column.left, top, column.right, column.y + 1), int(draw.integers(1, 3)), style.ink)


def gap(column: Column, draw: Draw) -> None:
    """A drawing, or a rule across the column."""
    height = round(column.style.cap_px * draw.uniform(1.5, 3.3))
    if draw.random() < 0.4 or not column.has_room_for(height):
        column.canvas.rule(
            (column.left, column.y), (column.right, column.y), int(draw.integers(1, 4)), column.style.accent
        )
        return
    left = column.left + round(draw.uniform(0, 0.4) * column.width)
    right = min(column.right, left + round(draw.uniform(2, 6) * height))
    ornament(column.canvas, (left, column.y, right, column.y + height), column.style.accent, draw)
    column.skip(height)


def _no_mark(column: Column, baseline: int, cap: int) -> float:
    return 0.0


def _bullet(column: Column, baseline: int, cap: int) -> float:
    left, half = column.left + 0.5 * cap, 0.18 * cap
    middle = baseline - cap / 2
    box = (left - half, middle - half, left + half, middle + half)
    column.canvas.fill(_whole(box), column.style.ink)
    return 1.0 * cap


def _check_box(column: Column, baseline: int, cap: int) -> float:
    left = column.left + 0.2 * cap
    column.canvas.frame(_whole((left, baseline - cap, left + cap, baseline)), 1, column.style.ink)
    return 1.5 * cap


def _whole(box: tuple[float, float, float, float]) -> Box:
    left, top, right, bottom = (round(value) for value in box)
    return left, top, right, bottom


_MARKS: tuple[Callable[[Column, int, int], float], ...] = (_no_mark, _no_mark, _bullet, _check_box)
"""What stands before the only text of a row; each says how far that text moves to the right."""
_BLOCKS: tuple[Callable[[Column, Draw], None], ...] = (heading, rows, gap)
_SHARES = (0.2, 0.65, 0.15)
