"""Pictures of tables through paddleocr, on packages of three tiny networks."""

from pathlib import Path

import cv2
import numpy as np
import pytest

import paddock
from paddock.core.errors import ConfigError, DatasetError, ExportError, TrackingError
from paddock.data.table_tokens import GridCell, merged
from paddock.ocr.table.html_tree import parse_table
from paddock.ocr.table.teds import teds
from paddock.serving.ocr import OCR, Extras, Line
from paddock.serving.table_ocr import TableOCR, enlargement, filled
from tests.tiny_slanet import BARS, STRUCTURE, TEXTLESS, corners, drawn_table

PICTURE = drawn_table(3)
BOXES = np.array([corners(bar) for bar in (*BARS, TEXTLESS)], np.float32)


def line(left: float, top: float, text: str) -> Line:
    """80 px long, 10 px high."""
    return Line(np.array([[left, top], [left + 80, top], [left + 80, top + 10], [left, top + 10]], np.float32), text, 1)


@pytest.mark.slow
def test_each_cell_has_the_text_that_ocr_reads_in_its_place(table_ocr: TableOCR, ocr: OCR) -> None:
    table = table_ocr(PICTURE)

    read = {tuple(line.box[0]): line.text for line in ocr(PICTURE)}
    assert table.structure == merged(STRUCTURE)
    assert [cell.place for cell in table.cells] == [
        GridCell(0, 0, colspan=2, is_head=True),
        GridCell(1, 0),
        GridCell(1, 1),
        GridCell(2, 0),
        GridCell(2, 1),
    ]
    for cell, bar in zip(table.cells, BARS, strict=False):
        (found,) = cell.lines
        assert found.box[0] == pytest.approx(bar[:2], abs=10)
        assert cell.text == read[tuple(found.box[0])]
    assert len({cell.text for cell in table.cells}) == len(BARS) + 1, "bars must read differently for this to say much"
    assert (table.cells[-1].text, table.outside) == ("", ())
    assert (table.num_rows, table.num_columns) == (3, 2)
    assert table.confidence > 0.99


@pytest.mark.slow
def test_a_name_a_path_and_pixels_are_read_alike(table_ocr: TableOCR, tmp_path: Path) -> None:
    path = tmp_path / "Tabelle 表.png"
    path.write_bytes(cv2.imencode(".png", PICTURE)[1].tobytes())

    first, *others = (table_ocr(given).html() for given in (PICTURE, path, str(path)))

    assert all(other == first for other in others)


@pytest.mark.slow
def test_a_file_that_is_no_picture_is_named(table_ocr: TableOCR, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no picture")

    with pytest.raises(DatasetError, match=r"notes\.txt is not a picture or is damaged"):
        table_ocr(tmp_path / "notes.txt")


@pytest.mark.slow
def test_packages_in_the_wrong_order_are_refused(table_package: Path, det_package: Path, package: Path) -> None:
    with pytest.raises(ExportError, match=r"det_tiny is a model for det, not for the structure of tables"):
        TableOCR(det_package, table_package, package)
    with pytest.raises(ExportError, match=r"table_tiny is a model for table, not for text detection"):
        TableOCR(table_package, table_package, package)


@pytest.mark.parametrize("extras", [Extras(use_doc_unwarping=True), Extras(use_doc_orientation_classify=True)])
def test_what_would_move_the_texts_away_from_their_cells_is_refused(extras: Extras, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"--orientation, --unwarping\) are for pages.*Straighten it first"):
        TableOCR(tmp_path, tmp_path, tmp_path, extras)


@pytest.mark.slow
def test_a_registry_without_models_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(TrackingError, match=r"holds no model 'paddock-table'\. Train and register one"):
        TableOCR.from_registry()


@pytest.mark.slow
def test_small_print_is_enlarged_before_it_is_read_and_lies_where_it_is(table_ocr: TableOCR) -> None:
    table = table_ocr(drawn_table(3, (80, 128)))  # bars of 11 pixels

    for cell, bar in zip(table.cells, BARS, strict=False):
        (found,) = cell.lines
        assert found.box[0] == pytest.approx([0.4 * side for side in bar[:2]], abs=5)


@pytest.mark.parametrize(
    ("height", "size_hw", "ratio"),
    [(9, (300, 400), 3), (13.5, (300, 400), 2), (15, (300, 400), 1), (90, (300, 400), 1), (9, (300, 2000), 2)],
)
def test_texts_below_15_pixels_are_enlarged_to_27_three_times_at_most(
    height: float, size_hw: tuple[int, int], ratio: float
) -> None:
    bottoms = (5 + part for part in (height, height, 3 * height, 90))
    boxes = np.array([[5, 5, 65, 5, 65, bottom, 5, bottom] for bottom in bottoms], np.float32)

    assert enlargement(boxes, size_hw) == pytest.approx(ratio)
    assert enlargement(boxes[:0], size_hw) == 1


def test_lines_become_the_text_of_their_cell_and_others_stay_outside() -> None:
    lines = [line(22, 98, "below"), line(22, 85, "above"), line(75, 25, "head"), line(0, 190, "page 7")]

    table = filled(merged(STRUCTURE), BOXES, 0.5, lines)

    assert [cell.text for cell in table.cells] == ["head", "above below", "", "", ""]
    assert [line.text for line in table.outside] == ["page 7"]


def test_the_document_says_what_the_cells_say_and_runs_nothing() -> None:
    texts = ["<script>alert(1)</script>", "a & b", "<b>", '"', ""]
    lines = [line(bar[0] + 5, bar[1] + 5, text) for bar, text in zip((*BARS, TEXTLESS), texts, strict=True)]
    table = filled(merged(STRUCTURE), BOXES, 0.5, lines)

    document = table.html("<title>")

    tree = parse_table(document)
    assert tree is not None
    cells = [cell for section in tree.root.children for row in section.children for cell in row.children]
    assert ["".join(cell.content) for cell in cells] == texts
    assert (cells[0].tag, cells[0].colspan) == ("td", 2)
    assert "<script>" not in document and "<title>&lt;title&gt;</title>" in document
    assert teds(document, document) == teds(document, table.html("other"))


def test_a_structure_that_makes_no_sense_is_a_table_all_the_same() -> None:
    structure = ("</td>", "<td", ' rowspan="20"', ' colspan="20"', ">", "<tr>", "<td></td>", "<tr>", "<td", "</tr>")
    lines = [line(bar[0] + 5, bar[1] + 5, text) for bar, text in zip(BARS, "ABCD", strict=True)]

    table = filled(structure, BOXES[:3], 0.5, lines)

    assert [cell.text for cell in table.cells] == ["A", "B", "C"]
    assert "A" in table.html() and "B" in table.html()
    assert [line.text for line in table.outside] == ["D"]


def test_a_picture_without_a_table_has_no_cells() -> None:
    table = filled((), BOXES[:0], 0.0, [line(0, 0, "text")])

    assert (table.num_rows, table.num_columns, table.cells) == (0, 0, ())
    assert [line.text for line in table.outside] == ["text"]
    assert "<table></table>" in table.html()


def test_table_ocr_is_imported_from_paddock_itself() -> None:
    assert paddock.TableOCR is TableOCR
