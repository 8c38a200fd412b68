"""What `paddock predict --task table` says of tables: a document, a file for Excel, a picture, JSON, a few lines."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2

from paddock.core.files import write_bytes, write_json, write_text
from paddock.data.page_picture import FALSE, MATCHED, MISSED, Colour, Mark, jpeg, with_boxes
from paddock.data.workbook import workbook
from paddock.serving.ocr import Extras
from paddock.serving.pictures import KEPT_QUALITY, load_picture, result_stem
from paddock.serving.table_ocr import Table, TableOCR

FILLED: Colour = MATCHED
EMPTY: Colour = (60, 110, 220)
"""A cell in which no text was found."""
TEXT: Colour = FALSE
OUTSIDE: Colour = MISSED
"""A text that is in no cell."""

_WIDEST = 24
"""Columns of a terminal that a column of the table may take."""


@dataclass(frozen=True)
class ReadTable:
    """One picture and the table on it."""

    path: Path
    table: Table

    def __str__(self) -> str:
        """What was found, then the table as a terminal can show it: a text that spans stands in its first place."""
        table = self.table
        num_texts = sum(len(cell.lines) for cell in table.cells)
        num_filled = sum(bool(cell.lines) for cell in table.cells)
        said = (
            f"{self.path}: {table.num_rows} rows x {table.num_columns} columns, {len(table.cells)} cells, {num_texts} "
            f"texts in {num_filled} of them, {len(table.outside)} outside, confidence {table.confidence:.3f}"
        )
        grid = [[""] * table.num_columns for _ in range(table.num_rows)]
        for cell in table.cells:
            grid[cell.place.row][cell.place.column] = _shortened(cell.text)
        widths = [max(map(_width, column)) for column in zip(*grid, strict=True)]
        rows = ["  " + " | ".join(map(_padded, row, widths)).rstrip() for row in grid]
        return "\n".join([said, *rows])

    def row(self) -> dict[str, object]:
        """For JSON: the fields of PaddleOCR's table results, and where in the table each cell is."""
        lines = [line for cell in self.table.cells for line in cell.lines]
        return {
            "image": str(self.path),
            "html": self.table.html(self.path.name),
            "structure": list(self.table.structure),
            "confidence": round(self.table.confidence, 6),
            "cells": [
                {
                    "row": cell.place.row,
                    "column": cell.place.column,
                    "rowspan": cell.place.rowspan,
                    "colspan": cell.place.colspan,
                    "box": cell.polygon.tolist(),
                    "text": cell.text,
                }
                for cell in self.table.cells
            ],
            "rec_res": [[line.box, [line.text, round(line.confidence, 6)]] for line in lines],
            "outside": [[line.box, [line.text, round(line.confidence, 6)]] for line in self.table.outside],
        }


class TableReader:
    """Reads tables with a table model, a detector and a recogniser."""

    def __init__(self, table: Path, detector: Path, recognizer: Path, extras: Extras) -> None:
        self._ocr = TableOCR(table, detector, recognizer, extras)

    def read(self, paths: Sequence[Path]) -> list[ReadTable]:
        """Read picture files, in their order.

        Raises:
            DatasetError: a file is missing or is no picture.
        """
        return [ReadTable(path, self._ocr(path)) for path in paths]

    @staticmethod
    def save(tables: Sequence[ReadTable], folder: Path) -> None:
        """Write ``result.json``, and for each table a document, a file for Excel and a picture with its cells.

        They are called ``result.html``, ``.xlsx`` and ``.jpg``, of several tables ``<name>_result``.

        Raises:
            PaddockError: the folder cannot be written.
        """
        write_json(folder / "result.json", [table.row() for table in tables])
        for number, read in enumerate(tables, start=1):
            stem = result_stem(read.path, number, len(tables))
            write_text(folder / f"{stem}.html", read.table.html(read.path.name))
            write_bytes(folder / f"{stem}.xlsx", workbook((cell.place, cell.text) for cell in read.table.cells))
            write_bytes(folder / f"{stem}.jpg", drawn(read))


def drawn(read: ReadTable) -> bytes:
    """The picture with its cells, green where text was found, and with the texts, as a JPEG file."""
    cells = [Mark(cell.polygon, FILLED if cell.lines else EMPTY) for cell in read.table.cells]
    texts = [Mark(line.polygon, TEXT) for cell in read.table.cells for line in cell.lines]
    outside = [Mark(line.polygon, OUTSIDE) for line in read.table.outside]
    rgb = cv2.cvtColor(load_picture(read.path), cv2.COLOR_BGR2RGB)
    return jpeg(with_boxes(rgb, [*texts, *outside, *cells]), KEPT_QUALITY)


def _shortened(text: str) -> str:
    shown = " ".join(text.split())
    if _width(shown) <= _WIDEST:
        return shown
    while _width(shown) >= _WIDEST:
        shown = shown[:-1]
    return f"{shown}…"


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """Columns of a terminal; characters of East Asia take two."""
    return sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in text)
