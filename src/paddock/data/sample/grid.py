"""What a drawn table says: which cells it has, which of them span, what stands in each.

A span or an empty cell is drawn only where a reader can see it: by the rules about it, or by where texts stand.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from paddock.data.sample.text import HEADINGS, NAMES, VALUES, Draw, one_of, random_text
from paddock.data.table_tokens import GridCell

MIN_COLUMNS, MAX_COLUMNS = 2, 4
MIN_BODY_ROWS, MAX_BODY_ROWS = 3, 5
_TWO_ROW_HEAD_SHARE = 0.3
_ROW_GROUPS_SHARE, _SECTIONS_SHARE, _TOTAL_SHARE, _WRAPPED_SHARE = 0.25, 0.2, 0.2, 0.3
_EMPTY_SHARES = (0.0, 0.0, 0.1, 0.25)

Say = Callable[[Draw], str]


@dataclass(frozen=True)
class Rules:
    """Which lines a table is drawn with."""

    rows: bool = False
    """Between rows."""
    columns: bool = False
    """Between columns."""
    head: bool = False
    """Below the head."""
    ends: bool = False
    """Above the first row and below the last."""
    sides: bool = False
    """Left of the first column and right of the last."""


_RULED = Rules(rows=True, columns=True, head=True, ends=True, sides=True)
_KINDS_OF_RULES = (
    _RULED,
    Rules(rows=True, columns=True, head=True, ends=True),
    Rules(rows=True, head=True, ends=True),
    Rules(columns=True, head=True, ends=True),
    Rules(head=True, ends=True),
    Rules(head=True),
    Rules(),
)
_SHARES_OF_RULES = (0.3, 0.08, 0.14, 0.1, 0.16, 0.1, 0.12)


@dataclass(frozen=True)
class Cell:
    """One cell before anybody knows how large it is."""

    place: GridCell
    lines: tuple[str, ...]
    """None in an empty cell."""
    align: float
    """0 sets the text to the left, 1 to the right."""
    is_section: bool = False
    """A heading within the body."""


@dataclass(frozen=True)
class Grid:
    """A whole table."""

    cells: tuple[Cell, ...]
    """In the order in which HTML writes them."""
    rules: Rules
    num_rows: int
    num_columns: int
    num_head_rows: int


def draw_grid(draw: Draw, characters: str = "") -> Grid:
    """A table of two to four columns: a head of one or two rows, its body of three to five rows.

    Args:
        characters: write random texts of these instead of the sample's own.
    """
    rules = _KINDS_OF_RULES[draw.choice(len(_KINDS_OF_RULES), p=_SHARES_OF_RULES)]
    num_columns = int(draw.integers(MIN_COLUMNS, MAX_COLUMNS + 1))
    num_body_rows = int(draw.integers(MIN_BODY_ROWS, MAX_BODY_ROWS + 1))
    columns = _columns(num_columns, characters, draw)
    head = list(_head(columns, rules, draw))
    num_head_rows = max(cell.place.row + cell.place.rowspan for cell in head)
    body = list(_body(columns, rules, num_head_rows, num_body_rows, draw))
    cells = sorted([*head, *body], key=lambda cell: (cell.place.row, cell.place.column))
    return Grid(tuple(cells), rules, num_head_rows + num_body_rows, num_columns, num_head_rows)


@dataclass(frozen=True)
class _Column:
    """What the cells of a column share."""

    say: Say
    say_head: Say
    align: float
    head_align: float


def _columns(number: int, characters: str, draw: Draw) -> list[_Column]:
    own: tuple[Say, ...] = (partial(random_text, characters=characters),)
    names, values, headings = (own, own, own) if characters else (NAMES, VALUES, HEADINGS)
    columns = []
    centred_head = draw.random() < 0.5
    for index in range(number):
        align = one_of(draw, (0.0, 0.0, 0.5)) if index == 0 else one_of(draw, (0.0, 0.5, 1.0, 1.0))
        say = one_of(draw, values if index else names)
        columns.append(_Column(say, one_of(draw, headings), align, 0.5 if centred_head else align))
    return columns


def _head(columns: Sequence[_Column], rules: Rules, draw: Draw) -> Iterator[Cell]:
    """One row, or two of which the first has headings over several columns."""
    if len(columns) < 3 or draw.random() > _TWO_ROW_HEAD_SHARE:
        is_wrapped = (rules.head or rules.rows) and draw.random() < _WRAPPED_SHARE
        is_corner_empty = draw.random() < 0.15
        for number, column in enumerate(columns):
            text = "" if number == 0 and is_corner_empty else column.say_head(draw)
            yield Cell(GridCell(0, number, is_head=True), _lines(text, is_wrapped), column.head_align)
        return
    while max(groups := [1, *_parts(len(columns) - 1, 3, draw)]) == 1:
        pass
    number = 0
    for size in groups:
        group = columns[number : number + size]
        if size == 1:
            place = GridCell(0, number, rowspan=2, is_head=True)
            yield Cell(place, _lines(group[0].say_head(draw), is_wrapped=True), group[0].head_align)
        else:
            place = GridCell(0, number, colspan=size, is_head=True)
            yield Cell(place, _lines(group[0].say_head(draw)), 0.5)
            for below, column in enumerate(group, start=number):
                yield Cell(GridCell(1, below, is_head=True), _lines(column.say_head(draw)), column.head_align)
        number += size


def _body(columns: Sequence[_Column], rules: Rules, first_row: int, num_rows: int, draw: Draw) -> Iterator[Cell]:
    # Without rules between rows, a label in the middle of three could as well be that of the second alone.
    largest = one_of(draw, (2, 3, 4)) if rules.rows else 2
    groups = _parts(num_rows, largest, draw) if draw.random() < _ROW_GROUPS_SHARE else [1] * num_rows
    has_sections, has_total = draw.random() < _SECTIONS_SHARE, draw.random() < _TOTAL_SHARE
    is_wrapped = rules.rows and draw.random() < _WRAPPED_SHARE
    is_empty = _empty_cells(num_rows, len(columns), draw)
    row, was_section = 0, False
    for index, size in enumerate(groups):
        is_last = index == len(groups) - 1
        was_section = has_sections and size == 1 and not is_last and not was_section and draw.random() < 0.35
        top = first_row + row
        if was_section:
            place = GridCell(top, 0, colspan=len(columns))
            align = columns[0].align if rules.columns else 0.5
            yield Cell(place, _lines(columns[0].say_head(draw)), align, is_section=True)
        else:
            # Only a rule that ends above it shows that the last row's first cell is wider.
            is_total = has_total and is_last and size == 1 and rules.columns and len(columns) > 2
            width = 2 if is_total else 1
            label = _lines(columns[0].say(draw), is_wrapped)
            yield Cell(GridCell(top, 0, rowspan=size, colspan=width), label, columns[0].align)
            for below in range(size):
                for number in range(width, len(columns)):
                    text = "" if is_empty[row + below, number] else columns[number].say(draw)
                    yield Cell(GridCell(top + below, number), _lines(text, is_wrapped), columns[number].align)
        row += size


def _empty_cells(num_rows: int, num_columns: int, draw: Draw) -> NDArray[np.bool_]:
    """``[rows, columns]``: which cells of the body stay empty, never a whole row or column."""
    is_empty = draw.random((num_rows, num_columns)) < one_of(draw, _EMPTY_SHARES)
    is_empty[:, 0] = False
    is_empty[is_empty[:, 1:].all(axis=1), -1] = False
    is_empty[-1] = False
    return is_empty


def _parts(total: int, largest: int, draw: Draw) -> list[int]:
    """Random numbers from 1 to ``largest`` that add up to ``total``."""
    parts: list[int] = []
    while left := total - sum(parts):
        parts.append(int(draw.integers(1, min(largest, left) + 1)))
    return parts


def _lines(text: str, is_wrapped: bool = False) -> tuple[str, ...]:
    """``text`` in lines: none if it is empty, two if it has a blank to break at."""
    if is_wrapped and " " in text:
        first, _, second = text.partition(" ")
        return first, second
    return (text,) if text else ()
