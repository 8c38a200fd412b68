"""The grid of an Excel sheet: how many rows and columns, what is merged, what is written where.

An .xlsx file is a zip of XML (ECMA-376, part 1, section 18). What is read here is the first sheet, as openpyxl and
PPOCRLabel write it.
"""

import re
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

_NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_MOST_BYTES = 16 << 20
"""Of one part, unpacked: a table that a person has labelled takes a hundredth of it."""
_MOST_CELLS = 1_000_000
_AREA = re.compile(r"([A-Z]{1,3})([0-9]{1,7})(?::([A-Z]{1,3})([0-9]{1,7}))?")


@dataclass(frozen=True)
class ExcelGrid:
    """The used part of a sheet; merged areas count as one cell."""

    num_rows: int
    num_columns: int
    num_merged: int
    """Merged areas."""
    num_cells: int
    num_filled: int
    """Cells with text."""

    def __str__(self) -> str:
        merged = f" with {self.num_merged} merged areas" if self.num_merged else ""
        return (
            f"{self.num_rows} rows x {self.num_columns} columns{merged}: {self.num_cells} cells, "
            f"{self.num_filled} of them with text"
        )


def read_grid(path: Path) -> ExcelGrid:
    """Read the first sheet.

    Raises:
        ValueError: it is no .xlsx file, or a damaged or outsized one.
        OSError: it cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as parts:
            sheet = _part(parts, "xl/worksheets/sheet1.xml")
            return _grid(sheet)
    except (zipfile.BadZipFile, zlib.error, KeyError, NotImplementedError, ElementTree.ParseError) as error:
        raise ValueError(f"{path} is no sheet of Excel: {error}") from error


def _part(parts: zipfile.ZipFile, name: str) -> ElementTree.Element:
    with parts.open(name) as file:
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise ValueError(f"{parts.filename}: {name} is larger than {_MOST_BYTES >> 20} MiB unpacked")
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"\0" in content:
        raise ValueError(f"{parts.filename}: {name} declares entities, or is not UTF-8; Excel never writes that")
    return ElementTree.fromstring(content)  # noqa: S314 -- without entities there is nothing to expand


def _grid(sheet: ElementTree.Element) -> ExcelGrid:
    filled = {
        place[:2]
        for cell in sheet.iter(f"{_NAMESPACE}c")
        if (place := _area(cell.get("r", ""))) and any(text.strip() for text in _texts(cell))
    }
    merged = [area for cell in sheet.iter(f"{_NAMESPACE}mergeCell") if (area := _area(cell.get("ref", "")))]
    corners = [(row, column) for row, column in filled] + [area[2:] for area in merged]
    dimension = sheet.find(f"{_NAMESPACE}dimension")
    if dimension is not None and (area := _area(dimension.get("ref", ""))):
        corners.append(area[2:])
    rows = max((row for row, _ in corners), default=0)
    columns = max((column for _, column in corners), default=0)
    if rows * columns > _MOST_CELLS:
        raise ValueError(f"the sheet has {rows} rows and {columns} columns, more than any table")
    covered = {
        (row, column)
        for top, left, bottom, right in merged
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
        if (row, column) != (top, left)
    }
    return ExcelGrid(rows, columns, len(merged), rows * columns - len(covered), len(filled - covered))


def _texts(cell: ElementTree.Element) -> Iterable[str]:
    """What stands in a cell: a number, the index of a shared string, or text in place."""
    return (node.text or "" for node in cell.iter() if node.tag in (f"{_NAMESPACE}v", f"{_NAMESPACE}t"))


def _area(reference: str) -> tuple[int, int, int, int] | None:
    """Top, left, bottom, right of ``B2:C4`` or of ``B2``, from 1; None where it is no reference."""
    match = _AREA.fullmatch(reference)
    if match is None:
        return None
    top, left = int(match[2]), _column(match[1])
    return top, left, int(match[4] or top), _column(match[3] or match[1])


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number
