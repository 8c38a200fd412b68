"""What `paddock predict --task table` says of tables."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from paddock.core.files import read_json
from paddock.data.excel import read_grid
from paddock.data.table_tokens import merged
from paddock.serving.ocr import Extras, Line
from paddock.serving.table_ocr import filled
from paddock.serving.tables import ReadTable, TableReader
from tests.browser import needs_browser, opened
from tests.tiny_slanet import BARS, PICTURE_HW, STRUCTURE, TEXTLESS, corners, write_pictures

TEXTS = ("wire & <cable>", "中文标签", "a text that is longer than a terminal likes", "=1")
CAPTION = Line(np.array([[0, 0], [50, 0], [50, 9], [0, 9]], np.float32), "Table 1", 0.5)


@pytest.fixture
def read(tmp_path: Path) -> ReadTable:
    """A picture with a table whose last cell is empty, and a caption."""
    (path,) = write_pictures(tmp_path / "pictures", [PICTURE_HW])
    boxes = np.array([corners(bar) for bar in (*BARS, TEXTLESS)], np.float32)
    lines = [Line(box.reshape(4, 2), text, 0.87654321) for box, text in zip(boxes[: len(TEXTS)], TEXTS, strict=True)]
    return ReadTable(path, filled(merged(STRUCTURE), boxes, 0.98765, [*lines, CAPTION]))


def test_the_terminal_is_told_what_was_found_and_shown_the_table(read: ReadTable) -> None:
    assert str(read).splitlines() == [
        f"{read.path}: 3 rows x 2 columns, 5 cells, 4 texts in 4 of them, 1 outside, confidence 0.988",
        "  wire & <cable> |",
        "  中文标签       | a text that is longer t…",
        "  =1             |",
    ]


def test_a_row_for_json_holds_paddleocrs_fields_and_every_cells_place(read: ReadTable) -> None:
    row = json.loads(json.dumps(read.row()))

    assert row["html"].startswith("<!DOCTYPE html>")
    assert row["structure"] == list(merged(STRUCTURE))
    assert row["cells"][0] == {
        "row": 0,
        "column": 0,
        "rowspan": 1,
        "colspan": 2,
        "box": [[70, 20], [250, 20], [250, 48], [70, 48]],
        "text": "wire & <cable>",
    }
    assert row["rec_res"][1] == [[[20, 84], [130, 84], [130, 112], [20, 112]], ["中文标签", 0.876543]]
    assert [entry[1][0] for entry in row["outside"]] == ["Table 1"]


def test_one_table_becomes_a_document_a_workbook_and_a_picture(read: ReadTable, tmp_path: Path) -> None:
    TableReader.save([read], tmp_path / "out")

    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"result.json", "result.html", "result.xlsx", "result.jpg"}
    assert read_grid(tmp_path / "out/result.xlsx").num_filled == 4
    with Image.open(tmp_path / "out/result.jpg") as picture:
        assert picture.size == PICTURE_HW[::-1]
        assert picture.getpixel((180, 160)) != picture.getpixel((310, 190)), "the empty cell is drawn, too"
    assert read_json(tmp_path / "out/result.json")[0]["image"] == str(read.path)


def test_several_tables_are_numbered_and_named(read: ReadTable, tmp_path: Path) -> None:
    TableReader.save([read, read], tmp_path / "out")

    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "result.json",
        *(f"{number:03}_table_0_result.{kind}" for number in (1, 2) for kind in ("html", "xlsx", "jpg")),
    }


@pytest.mark.slow
@needs_browser
def test_a_browser_shows_the_document_as_the_table_it_is(read: ReadTable, tmp_path: Path) -> None:
    TableReader.save([read], tmp_path / "out")

    shown = opened(tmp_path / "out/result.html", tmp_path / "profile")

    assert '<td colspan="2">wire &amp; &lt;cable&gt;</td>' in shown
    assert "<td>中文标签</td>" in shown
    assert shown.count("<tr>") == 3
    assert shown.count("<td") == 5


@pytest.mark.slow
def test_files_are_read_in_their_order(
    table_package: Path, det_package: Path, package: Path, table_pictures: list[Path]
) -> None:
    reader = TableReader(table_package, det_package, package, Extras())

    readings = reader.read(table_pictures)

    assert [reading.path for reading in readings] == table_pictures
    assert all(len(reading.table.cells) == 5 for reading in readings)
