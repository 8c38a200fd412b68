"""A table as a file for Excel, merged cells and all.

An .xlsx file is a zip of XML (ECMA-376, part 1, section 18). What is written here is the least of it that Excel,
LibreOffice and openpyxl open: one sheet whose cells hold their text in place. All of them are text: a number would lose
its zeros, and what begins with ``=`` is no formula.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from paddock.data.table_tokens import GridCell

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FORMAT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_WRITTEN_AT = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip can say: equal tables are equal files."""
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BODY_STYLE, _HEAD_STYLE = 1, 2
_WIDEST = 60
"""Characters of a column."""
_SIDES = "".join(f'<{side} style="thin"/>' for side in ("left", "right", "top", "bottom"))
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_FORMAT}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_FORMAT}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_FORMAT}.styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">'
        '<sheets><sheet name="table" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}">'
        '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        f'<borders count="2"><border><left/><right/><top/><bottom/></border><border>{_SIDES}</border></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/>'
        + "".join(
            f'<xf numFmtId="49" fontId="{font}" borderId="1" applyNumberFormat="1" applyFont="1" applyBorder="1" '
            'applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>'
            for font in (0, 1)
        )
        + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
}
"""What is the same in every file; format 49 is text, the second font is for heads."""


@dataclass(frozen=True)
class _Area:
    """Where a cell lies in the sheet, counted from 0."""

    cell: GridCell
    text: str
    rows: int
    columns: int

    @property
    def places(self) -> list[tuple[int, int]]:
        row, column = self.cell.row, self.cell.column
        return [(row + down, column + right) for down in range(self.rows) for right in range(self.columns)]


def workbook(cells: Iterable[tuple[GridCell, str]]) -> bytes:
    """An .xlsx file with the text of each cell where the table has it.

    Excel refuses a file in which merged areas overlap, and a network may write such spans: where another cell lies, and
    below the last row of the table, a span ends.
    """
    areas = _areas(list(cells))
    parts = {**_PARTS, "xl/worksheets/sheet1.xml": _sheet(areas)}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, _WRITTEN_AT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, _HEAD + content)
    return file.getvalue()


def _areas(cells: Sequence[tuple[GridCell, str]]) -> list[_Area]:
    num_rows = max((cell.row + 1 for cell, _ in cells), default=0)
    taken = {(cell.row, cell.column) for cell, _ in cells}
    areas = []
    for cell, text in cells:
        area = _Area(cell, text, min(cell.rowspan, num_rows - cell.row), cell.colspan)
        own = (cell.row, cell.column)
        while (area.rows, area.columns) != (1, 1) and any(place in taken for place in area.places if place != own):
            is_broad = area.columns > 1
            area = _Area(cell, text, area.rows - (not is_broad), area.columns - is_broad)
        taken.update(area.places)
        areas.append(area)
    return areas


def _sheet(areas: Sequence[_Area]) -> str:
    styled = {place: _HEAD_STYLE if area.cell.is_head else _BODY_STYLE for area in areas for place in area.places}
    texts = {(area.cell.row, area.cell.column): area.text for area in areas}
    rows: dict[int, list[str]] = {}
    for row, column in sorted(styled):
        rows.setdefault(row, []).append(_cell(row, column, styled[row, column], texts.get((row, column), "")))
    merged = [
        f'<mergeCell ref="{_name(*area.places[0])}:{_name(*area.places[-1])}"/>'
        for area in areas
        if len(area.places) > 1
    ]
    data = "".join(f'<row r="{row + 1}">{"".join(written)}</row>' for row, written in rows.items())
    merges = f'<mergeCells count="{len(merged)}">{"".join(merged)}</mergeCells>' if merged else ""
    return f'<worksheet xmlns="{_MAIN}">{_columns(areas)}<sheetData>{data}</sheetData>{merges}</worksheet>'


def _columns(areas: Sequence[_Area]) -> str:
    """As wide as the longest text of a cell in one column needs."""
    widths: dict[int, int] = {}
    for area in areas:
        if area.columns == 1:
            widths[area.cell.column] = max(widths.get(area.cell.column, 8), min(len(area.text) + 2, _WIDEST))
    columns = "".join(
        f'<col min="{column + 1}" max="{column + 1}" width="{width}" customWidth="1"/>'
        for column, width in sorted(widths.items())
    )
    return f"<cols>{columns}</cols>" if columns else ""


def _cell(row: int, column: int, style: int, text: str) -> str:
    place = f'<c r="{_name(row, column)}" s="{style}"'
    if not text:
        return f"{place}/>"
    written = escape(_NO_XML.sub("\ufffd", text), quote=False)
    return f'{place} t="inlineStr"><is><t xml:space="preserve">{written}</t></is></c>'


def _name(row: int, column: int) -> str:
    """``C2`` of row 1, column 2."""
    letters = ""
    number = column + 1
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"
