"""Tables as files for Excel."""

import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from paddock.data.excel import ExcelGrid, read_grid
from paddock.data.table_tokens import GridCell, grid_of
from paddock.data.workbook import workbook

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheet_of(content: bytes) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return ElementTree.fromstring(parts.read("xl/worksheets/sheet1.xml"))


def texts_of(content: bytes) -> dict[str, str]:
    cells = sheet_of(content).iter(f"{MAIN}c")
    return {cell.get("r", ""): text for cell in cells if (text := "".join(cell.itertext()))}


def merged_in(content: bytes) -> list[str]:
    return [cell.get("ref", "") for cell in sheet_of(content).iter(f"{MAIN}mergeCell")]


def test_cells_stand_where_the_table_has_them_and_spans_are_merged(tmp_path: Path) -> None:
    structure = (
        *("<thead>", "<tr>", "<td", ' colspan="2"', ">", "</td>", "<td", ' rowspan="2"', ">", "</td>", "</tr>"),
        *("</thead>", "<tr>", "<td></td>", "<td></td>", "</tr>"),
    )
    content = workbook(zip(grid_of(structure), ["head", "side", "a", ""], strict=True))

    (tmp_path / "table.xlsx").write_bytes(content)
    assert read_grid(tmp_path / "table.xlsx") == ExcelGrid(2, 3, num_merged=2, num_cells=4, num_filled=3)
    assert texts_of(content) == {"A1": "head", "C1": "side", "A2": "a"}
    assert merged_in(content) == ["A1:B1", "C1:C2"]


def test_texts_stay_as_they_were_read() -> None:
    texts = ["007", "=1+1", "a < b & c", " x\n", "表", "\x00\x1b", ""]

    written = texts_of(workbook((GridCell(0, column), text) for column, text in enumerate(texts)))

    assert list(written.values()) == ["007", "=1+1", "a < b & c", " x\n", "表", "\ufffd\ufffd"]


@pytest.mark.parametrize(
    ("cells", "merged"),
    [
        ([GridCell(0, 0, 1, 3), GridCell(1, 0)], ["A1:C1"]),
        ([GridCell(0, 0, 9, 1), GridCell(1, 1)], ["A1:A2"]),  # below the last row
        ([GridCell(0, 1, 2, 1), GridCell(0, 0, 2, 3), GridCell(1, 2)], ["B1:B2", "A1:A2"]),  # into another cell
        ([GridCell(0, 1, 3, 1), GridCell(1, 0, 1, 2), GridCell(2, 0)], ["B1:B3"]),  # into another's span
        ([GridCell(0, 0, 2, 2), GridCell(1, 1)], ["A1:A2"]),
        ([GridCell(0, 0, 3, 1), GridCell(1, 0), GridCell(2, 0)], []),
    ],
)
def test_merged_areas_never_overlap(cells: list[GridCell], merged: list[str]) -> None:
    assert merged_in(workbook((cell, "x") for cell in cells)) == merged


def test_columns_behind_the_26th_have_two_letters() -> None:
    written = texts_of(workbook((GridCell(0, column), str(column)) for column in (25, 26, 701, 702)))

    assert written == {"Z1": "25", "AA1": "26", "ZZ1": "701", "AAA1": "702"}


def test_a_table_without_cells_is_an_empty_sheet_and_equal_tables_are_equal_files(tmp_path: Path) -> None:
    (tmp_path / "empty.xlsx").write_bytes(workbook([]))

    assert read_grid(tmp_path / "empty.xlsx").num_cells == 0
    assert workbook([(GridCell(0, 0), "x")]) == workbook([(GridCell(0, 0), "x")])


def test_every_part_is_xml_and_is_declared() -> None:
    with zipfile.ZipFile(io.BytesIO(workbook([(GridCell(0, 0), "x")]))) as parts:
        names = set(parts.namelist())
        types = ElementTree.fromstring(parts.read("[Content_Types].xml"))
        for name in names:
            ElementTree.fromstring(parts.read(name))

    assert {entry.get("PartName", "")[1:] for entry in types if entry.get("PartName")} == {
        "xl/workbook.xml",
        "xl/worksheets/sheet1.xml",
        "xl/styles.xml",
    }
    assert {"_rels/.rels", "xl/_rels/workbook.xml.rels"} <= names
