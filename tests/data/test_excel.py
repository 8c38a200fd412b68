"""Sheets of Excel, as a grid."""

import zipfile
from pathlib import Path

import pytest

from paddock.data.excel import ExcelGrid, read_grid

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = f"""<worksheet xmlns="{MAIN}"><dimension ref="A1:C2"/><sheetData>
<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c><c r="B1"/></row>
<row r="2"><c r="A2"><v>7</v></c><c r="B2" t="inlineStr"><is><t> </t></is></c></row>
</sheetData><mergeCells count="1"><mergeCell ref="B1:C1"/></mergeCells></worksheet>"""


def _workbook(path: Path, sheet: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", sheet)
    return path


def test_a_merged_area_is_one_cell_and_a_blank_no_text(tmp_path: Path) -> None:
    grid = read_grid(_workbook(tmp_path / "a.xlsx", SHEET))

    assert grid == ExcelGrid(num_rows=2, num_columns=3, num_merged=1, num_cells=5, num_filled=2)
    assert str(grid) == "2 rows x 3 columns with 1 merged areas: 5 cells, 2 of them with text"


@pytest.mark.parametrize(
    ("sheet", "message"),
    [
        ("<worksheet", "is no sheet of Excel"),
        ('<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>', "declares entities"),
        (SHEET.replace("A1:C2", "A1:ZZ9999999"), "more than any table"),
        (SHEET.replace("B1:C1", "A1:C9999999"), "more than any table"),
        (" " * (16 << 20) + SHEET, "larger than 16 MiB"),
    ],
)
def test_what_is_damaged_or_hostile_is_refused(tmp_path: Path, sheet: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_grid(_workbook(tmp_path / "a.xlsx", sheet))


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"PK nonsense")

    with pytest.raises(ValueError, match="is no sheet of Excel"):
        read_grid(tmp_path / "a.xlsx")
    with pytest.raises(FileNotFoundError):
        read_grid(tmp_path / "gone.xlsx")
