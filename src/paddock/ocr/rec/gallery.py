"""Samples as a person wants to see them: the picture beside its truth, its reading, and how sure the network was."""

from collections.abc import Sequence
from pathlib import Path

from paddock.data.sheet import Cell, contact_sheet
from paddock.ocr.rec.scorer import ScoredLine


def write(lines: Sequence[ScoredLine], folder: Path) -> None:
    """Draw ``worst.png`` into ``folder``."""
    contact_sheet([_cell(line) for line in lines], folder / "worst.png")


def _cell(line: ScoredLine) -> Cell:
    note = line.unreadable or f"{line.confidence:.3f}"
    return Cell(line.image, (f"truth   {line.truth}", f"reading {line.reading}"), note, emphasised=not line.exact)
