"""Labelled tables: what a reader yields, and the gate that none passes whose label contradicts itself."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from paddock.core.errors import DatasetError
from paddock.data.overlap import overlaps
from paddock.data.samples import Problem
from paddock.data.table_tokens import (
    CELL_TOKENS,
    MAX_SPAN,
    MIN_SPAN,
    STRUCTURE_TOKENS,
    WHOLE_CELL,
    first_misplaced,
    merged,
    num_cells,
    span_of,
)

Box = tuple[float, float, float, float, float, float, float, float]
"""x, y of four corners in pixels of the upright picture, clockwise from the top left."""

INLINE_TAGS = frozenset(f"<{slash}{tag}>" for tag in ("b", "i", "sup", "sub", "u", "s") for slash in ("", "/"))
"""Tokens of a cell's text that are markup; any other is text, even one that looks like a tag."""

_FARTHEST_OUTSIDE_PX = 2.0
"""Boxes are drawn by hand, and cut-outs rounded."""
_MOST_OVERLAP = 0.5
"""Intersection through union of two cells above which one of them may be a mistake."""


@dataclass(frozen=True)
class TableCell:
    """One cell's label."""

    tokens: tuple[str, ...] = ()
    """The text, a character or an inline tag each; none in an empty cell."""
    box: Box | None = None
    """Around the text; None where there is none to draw it around."""


@dataclass(frozen=True)
class TableSample:
    """One labelled picture of one table."""

    image: Path
    structure: tuple[str, ...]
    """Unmerged tokens; see `paddock.data.table_tokens.normalised`."""
    cells: tuple[TableCell, ...]
    """In the order in which ``structure`` opens them."""
    group: str
    """The document; tables of one group stay in one split."""
    origin: str
    """Label file and line, as in ``train.jsonl:12``."""
    hint: str = ""
    """A sentence for whoever has to mend the label, where the reader knows more than the label says."""

    @property
    def words(self) -> frozenset[str]:
        """What the label says is to be read, by which copies are told from pictures that only look alike."""
        return frozenset({"".join(self.structure), *("".join(cell.tokens) for cell in self.cells)})


@dataclass
class RawTables:
    """All tables that a reader found."""

    samples: list[TableSample] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    """Of tables, mended ones among them, and notes on what is left out on purpose."""

    def add(self, other: "RawTables") -> None:
        """Append what another label file holds."""
        self.samples += other.samples
        self.problems += other.problems


def check_tables(samples: Iterable[TableSample], max_tokens: int) -> tuple[list[TableSample], list[Problem]]:
    """Part what can be learnt from what cannot; a table may have several problems, all to be mended.

    Args:
        max_tokens: merged structure tokens at most.
    """
    kept, problems = [], []
    for sample in samples:
        found = [
            Problem(
                code, sample.origin, f"{sample.image.name} {message} {sample.hint}".rstrip(), images=(sample.image,)
            )
            for code, message in _faults(sample, max_tokens)
        ]
        if not found:
            kept.append(sample)
        problems += found
    return kept, problems


def _faults(sample: TableSample, max_tokens: int) -> Iterator[tuple[str, str]]:
    """Code and message of each reason why a table cannot be learnt."""
    structure, expected, found = sample.structure, num_cells(sample.structure), len(sample.cells)
    if expected != found:
        yield (
            "cell_count",
            f"has {expected} cells in its structure and {found} cells with text or box. Make them agree.",
        )
    elif found == 0:
        yield "no_cells", "has no cell at all. Label it or delete the line."
    spans = {word: span for word in structure if (span := span_of(word))}
    for word, (_, width) in spans.items():
        if not MIN_SPAN <= width <= MAX_SPAN:
            wish = "Leave it out." if width < MIN_SPAN else "Split the cell."
            yield "span_range", f"has{word}, and the spans of a cell reach from {MIN_SPAN} to {MAX_SPAN}. {wish}"
    unknown = [word for word in dict.fromkeys(structure) if word not in STRUCTURE_TOKENS and word not in spans]
    for word in unknown:
        yield "unknown_token", f"has the structure token {word[:40]!r}, which SLANet does not know. Correct it."
    misplaced = None if unknown else first_misplaced(structure)
    if misplaced:
        number, instead = misplaced
        what = f"structure token {number + 1}, {structure[number]!r}," if number < len(structure) else "the end"
        yield "broken_structure", f"has {what} where {instead} belongs. Correct it."
    if (length := len(merged(structure))) > max_tokens:
        yield (
            "too_long",
            f"has {length} structure tokens (cells without span count once), above "
            f"dataset.max_table_tokens={max_tokens}. Cut the picture and its label in two, or raise the limit.",
        )


def check_boxes(sample: TableSample, width_px: int, height_px: int) -> Problem | None:
    """The problem ``box_outside`` where a cell's box leaves the decoded picture."""
    for number, cell in enumerate(sample.cells, start=1):
        if cell.box is None:
            continue
        beyond = max(max(cell.box[0::2]) - width_px, max(cell.box[1::2]) - height_px, -min(cell.box))
        if beyond > _FARTHEST_OUTSIDE_PX:
            message = (
                f"the box of cell {number} leaves {sample.image.name} ({width_px} x {height_px} px) by {beyond:.0f} "
                "px. Draw it again, or check that the picture is the one that was labelled."
            )
            points = tuple(zip(cell.box[0::2], cell.box[1::2], strict=True))
            return Problem("box_outside", sample.origin, message, images=(sample.image,), points=points)
    return None


def check_overlaps(sample: TableSample) -> list[Problem]:
    """A problem ``cells_overlap`` for every two cells whose boxes cover nearly the same."""
    drawn = [
        (number, tuple(zip(cell.box[0::2], cell.box[1::2], strict=True)))
        for number, cell in enumerate(sample.cells, start=1)
        if cell.box is not None
    ]
    problems = []
    for first, second, share in overlaps([points for _, points in drawn], _MOST_OVERLAP):
        (one, _), (other, points) = drawn[first], drawn[second]
        message = (
            f"the boxes of cells {one} and {other} of {sample.image.name} share {share:.0%} of what they cover. "
            "Draw them apart."
        )
        problems.append(Problem("cells_overlap", sample.origin, message, images=(sample.image,), points=points))
    return problems


def refuse_above(problems: Sequence[Problem], num_tables: int, limit: float, listed_in: Path) -> None:
    """Stop where more is refused than can be an accident.

    Args:
        num_tables: refused ones included.
        limit: ``dataset.max_refused_tables``.
        listed_in: where whoever mends the labels finds all problems.

    Raises:
        DatasetError: the share is above ``limit``; names the first refusal and counts all, by reason.
    """
    refused = num_refused(problems)
    if refused <= limit * num_tables:
        return
    counts = ", ".join(f"{count} {code}" for code, count in Counter(one.code for one in problems).most_common())
    raise DatasetError(
        f"{problems[0]} Refused are {refused} of {num_tables} tables ({refused / max(num_tables, 1):.0%}, and "
        f"dataset.max_refused_tables is {limit:.0%}): {counts}. All of them are listed in {listed_in}."
    )


def num_refused(problems: Iterable[Problem]) -> int:
    """Tables with problems; one may have several."""
    return len({problem.origin for problem in problems})


def refusals_csv(problems: Sequence[Problem]) -> str:
    """What an annotator works through: label file, line, reason and what to do, a refusal a row, after a heading."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["file", "line", "code", "message"])
    for problem in problems:
        file, _, line = problem.origin.rpartition(":")
        place = (file, line) if line.isdecimal() else (problem.origin, "")
        writer.writerow([*place, problem.code, problem.message])
    return text.getvalue()


def table_html(structure: Sequence[str], cells: Sequence[TableCell] = ()) -> str:
    """A whole document with nothing but the table; see `table_element`."""
    return f"<html><body>{table_element(structure, cells)}</body></html>"


def table_element(structure: Sequence[str], cells: Sequence[TableCell] = ()) -> str:
    """The HTML of a table, merged structure or not; a cell that ``cells`` does not reach stays empty."""
    parts, texts = [], iter(cells)
    text = ""
    for word in structure:
        if word in CELL_TOKENS:
            text = "".join(_markup(part) for part in next(texts, TableCell()).tokens)
        if word == WHOLE_CELL:
            parts.append(f"<td>{text}</td>")
        elif word in ("<td>", ">"):  # not at </td>, which a network may leave out
            parts.append(f"{word}{text}")
            text = ""
        else:
            parts.append(word)
    return f"<table>{''.join(parts)}</table>"


def _markup(token: str) -> str:
    return token if token in INLINE_TAGS else escape(token, quote=False)


def table_line(sample: TableSample, image: str, split: str) -> str:
    """The line of a PubTabNet label file that PaddleOCR's PubTabDataSet reads, with its end; boxes as 8 numbers.

    Args:
        image: path of the picture as the file names it.
    """
    cells = [
        {"tokens": list(cell.tokens)} | ({"bbox": list(cell.box)} if cell.box is not None else {})
        for cell in sample.cells
    ]
    record = {
        "filename": image,
        "split": split,
        "html": {"structure": {"tokens": list(sample.structure)}, "cells": cells},
    }
    return json.dumps(record, ensure_ascii=False) + "\n"
