"""The words in which a table's structure is written: PubTabNet's tokens, in PaddleOCR's order."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

MIN_SPAN, MAX_SPAN = 2, 20

STRUCTURE_TOKENS = (
    *("<thead>", "</thead>", "<tbody>", "</tbody>", "<tr>", "</tr>", "<td>", "<td", ">", "</td>"),
    *(f' {name}="{span}"' for name in ("colspan", "rowspan") for span in range(MIN_SPAN, MAX_SPAN + 1)),
)
"""PaddleOCR's table_structure_dict_ch.txt: its order is the order of the network's classes."""

WHOLE_CELL = "<td></td>"
"""``<td>`` and ``</td>`` as one token, as PaddleOCR's ``merge_no_span_structure`` has it."""

CELL_TOKENS = frozenset({"<td>", "<td", WHOLE_CELL})
"""Tokens that open a cell; PaddleOCR gives each a box."""

_SPAN = re.compile(r' (colspan|rowspan)="(\d{1,9})"')


@dataclass(frozen=True)
class GridCell:
    """Where a cell lies, counted from 0."""

    row: int
    column: int
    rowspan: int = 1
    colspan: int = 1
    is_head: bool = False


def dictionary_text(tokens: Sequence[str]) -> str:
    """Content of a dictionary file: a token a line, blanks kept."""
    return "".join(f"{token}\n" for token in tokens)


def normalised(tokens: Sequence[str]) -> tuple[str, ...]:
    """One way of writing each structure: no empty tokens, spans with a blank before them, ``<td`` only with a span."""
    kept = [f" {word}" if word.startswith(("colspan", "rowspan")) else word for word in tokens if word]
    plain: list[str] = []
    for word in kept:
        if word == ">" and plain and plain[-1] == "<td":
            plain[-1] = "<td>"
        else:
            plain.append(word)
    return tuple(plain)


def merged(tokens: Sequence[str]) -> tuple[str, ...]:
    """Write ``<td>``, ``</td>`` as `WHOLE_CELL`; a sequence of merged tokens stays what it is."""
    result: list[str] = []
    for word in tokens:
        if word == "</td>" and result and result[-1] == "<td>":
            result[-1] = WHOLE_CELL
        else:
            result.append(word)
    return tuple(result)


def num_cells(tokens: Sequence[str]) -> int:
    """Cells of a structure, merged or not."""
    return sum(word in CELL_TOKENS for word in tokens)


def span_of(token: str) -> tuple[str, int] | None:
    """``("colspan", 3)`` of ``' colspan="3"'``; None of any other token."""
    match = _SPAN.fullmatch(token)
    return (match[1], int(match[2])) if match else None


def grid_of(tokens: Sequence[str]) -> list[GridCell]:
    """Place each cell as a browser does: in its row, at the first column that no cell above reaches down to.

    Works on any sequence, since a network may write whatever it likes; tokens that make no sense are passed over.
    """
    cells: list[GridCell] = []
    taken: set[tuple[int, int]] = set()
    row, column, is_head = -1, 0, False
    for number, word in enumerate(tokens):
        if word in ("<thead>", "</thead>"):
            is_head = word == "<thead>"
        elif word == "<tr>":
            row, column = row + 1, 0
        elif word in CELL_TOKENS:
            row = max(row, 0)
            while (row, column) in taken:
                column += 1
            spans = _spans_after(tokens, number) if word == "<td" else {}
            cell = GridCell(row, column, spans.get("rowspan", 1), spans.get("colspan", 1), is_head)
            taken |= {(row + down, column + right) for down in range(cell.rowspan) for right in range(cell.colspan)}
            column += cell.colspan
            cells.append(cell)
    return cells


def structure_of(cells: Sequence[GridCell]) -> tuple[str, ...]:
    """The unmerged tokens of a grid without holes; what `grid_of` turns back into ``cells``.

    Args:
        cells: row by row, each row from the left; those of the head first.
    """
    num_rows = max((cell.row + cell.rowspan for cell in cells), default=0)
    num_head_rows = max((cell.row + cell.rowspan for cell in cells if cell.is_head), default=0)
    tokens: list[str] = []
    for part, first, end in (("head", 0, num_head_rows), ("body", num_head_rows, num_rows)):
        rows = [word for row in range(first, end) for word in _row_tokens(cells, row)]
        tokens += [f"<t{part}>", *rows, f"</t{part}>"] if rows else []
    return tuple(tokens)


def _row_tokens(cells: Sequence[GridCell], row: int) -> list[str]:
    tokens = ["<tr>"]
    for cell in cells:
        if cell.row == row:
            spans = {"colspan": cell.colspan, "rowspan": cell.rowspan}
            attributes = [f' {name}="{span}"' for name, span in spans.items() if span > 1]
            tokens += ["<td", *attributes, ">", "</td>"] if attributes else ["<td>", "</td>"]
    return [*tokens, "</tr>"]


def _spans_after(tokens: Sequence[str], number: int) -> dict[str, int]:
    """Spans up to ``>``; a span that is none counts as 1, a huge one as the largest."""
    spans: dict[str, int] = {}
    for word in tokens[number + 1 :]:
        span = span_of(word)
        if span is None:
            break
        spans[span[0]] = min(max(span[1], 1), MAX_SPAN)
    return spans


_INSIDE = {
    "": ("<thead>", "<tbody>", "<tr>"),
    "<thead>": ("<tr>",),
    "<tbody>": ("<tr>",),
    "<tr>": ("<td>", "<td"),
    "<td>": (),
}
"""What may stand within what; the empty string is the table."""


def first_misplaced(tokens: Sequence[str]) -> tuple[int, str] | None:
    """The first token that no table has there, by number from 0, and what could stand there instead.

    Unmerged tokens, all of them known. The number is ``len(tokens)`` where the end comes too early.
    """
    open_tokens = [""]
    for number, word in enumerate(tokens):
        inner = open_tokens[-1]
        if inner == "<td":
            if word == ">":
                open_tokens[-1] = "<td>"
            elif span_of(word) is None:
                return number, "a span or '>'"
        elif inner and word == f"</{inner[1:]}":
            open_tokens.pop()
        elif word in _INSIDE[inner]:
            open_tokens.append(word)
        else:
            return number, " or ".join([*map(repr, _INSIDE[inner]), *([repr(f"</{inner[1:]}")] if inner else [])])
    return None if open_tokens == [""] else (len(tokens), repr(f"</{open_tokens[-1][1:]}"))
