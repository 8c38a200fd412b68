"""Table projects of PPOCRLabel, whose records may contradict the sheets that they were made of."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from paddock.config.schema import DatasetConfig
from paddock.core.errors import DatasetError
from paddock.data.formats.ppocrlabel_table import read_ppocrlabel_table
from paddock.data.tables import check_tables

MakeDataset = Callable[..., DatasetConfig]

BOX = [[0, 0], [5, 0], [5, 5], [0, 5]]
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:B1"/><sheetData>'
    '<row r="1"><c r="A1" t="inlineStr"><is><t>A</t></is></c><c r="B1"/></row></sheetData></worksheet>'
)


def _project(folder: Path, name: str, num_boxes: int) -> Path:
    """A project with one picture of two cells, of which ``num_boxes`` were drawn."""
    (folder / "tableRec_excel_output").mkdir(parents=True)
    (folder / f"{name}.jpg").touch()
    cells = [{"tokens": ["A"], "bbox": BOX}] * num_boxes
    tokens = ["<tbody>", "<tr>", *["<td>", "</td>"] * 2, "</tr>", "</tbody>"]
    record = {"filename": f"{name}.jpg", "html": {"structure": {"tokens": tokens}, "cells": cells}, "gt": "<html>"}
    (folder / "gt.txt").write_text(json.dumps(record) + "\n", encoding="utf-8")
    boxes = [{"transcription": "A", "points": BOX, "difficult": False}] * num_boxes
    (folder / "Label.txt").write_text(f"{folder.name}/{name}.jpg\t{json.dumps(boxes)}\n", encoding="utf-8")
    with zipfile.ZipFile(folder / "tableRec_excel_output" / f"{name}.xlsx", "w") as parts:
        parts.writestr("xl/worksheets/sheet1.xml", SHEET)
    return folder


def test_one_project_and_a_folder_of_projects_are_read(tmp_path: Path, make_dataset: MakeDataset) -> None:
    project = _project(tmp_path / "1", "a", 2)
    _project(tmp_path / "2", "b", 2)

    alone, together = (read_ppocrlabel_table(raw, make_dataset()).tables for raw in (project, tmp_path))

    assert [sample.image for sample in alone.samples] == [project / "a.jpg"]
    assert [sample.group for sample in together.samples] == ["1/a.jpg", "2/b.jpg"]
    assert together.problems == []
    assert len(check_tables(together.samples, 500)[0]) == 2


def test_a_contradiction_comes_with_what_sheet_and_picture_have(tmp_path: Path, make_dataset: MakeDataset) -> None:
    project = _project(tmp_path / "1", "a", 1)

    (problem,) = check_tables(read_ppocrlabel_table(project, make_dataset()).tables.samples, 500)[1]

    assert str(problem) == (
        f"{project / 'gt.txt'}:1: a.jpg has 2 cells in its structure and 1 cells with text or box. Make them agree. "
        "tableRec_excel_output/a.xlsx has 1 rows x 2 columns: 2 cells, 1 of them with text; the picture has 1 boxes. "
        "In PPOCRLabel, make the sheet match, draw a box for every cell, and export table label again."
    )


def test_a_sheet_that_is_missing_is_told(tmp_path: Path, make_dataset: MakeDataset) -> None:
    project = _project(tmp_path / "1", "a", 1)
    (project / "tableRec_excel_output" / "a.xlsx").unlink()

    (sample,) = read_ppocrlabel_table(project, make_dataset()).tables.samples

    assert sample.hint.startswith("tableRec_excel_output/a.xlsx is missing or damaged; the picture has 1 boxes.")


def test_boxes_without_a_record_are_a_problem_and_a_new_project_is_none(
    tmp_path: Path, make_dataset: MakeDataset
) -> None:
    project = _project(tmp_path / "1", "a", 2)
    (project / "gt.txt").unlink()
    (tmp_path / "2").mkdir()
    (tmp_path / "2" / "Label.txt").touch()

    found = read_ppocrlabel_table(tmp_path, make_dataset()).tables

    assert found.samples == []
    assert [(problem.code, problem.origin) for problem in found.problems] == [
        ("not_exported", f"{project / 'Label.txt'}:1"),
        ("not_labelled", str(tmp_path / "2")),
    ]


def test_a_folder_without_projects_is_refused(tmp_path: Path, make_dataset: MakeDataset) -> None:
    with pytest.raises(DatasetError, match=r"no gt\.txt in .*Export table label in PPOCRLabel"):
        read_ppocrlabel_table(tmp_path, make_dataset())
    with pytest.raises(DatasetError, match=r"label file .*other\.txt is missing"):
        read_ppocrlabel_table(tmp_path, make_dataset(label_files=["other.txt"]))


def test_pictures_that_nobody_confirmed_are_left_out_and_files_are_found_in_any_case(
    tmp_path: Path, make_dataset: MakeDataset
) -> None:
    for number, state in enumerate(("1", "0")):
        project = _project(tmp_path / str(number), "a", 2)
        (project / "filestate.TXT").write_text(f"C:\\work\\a.jpg\t{state}\n")
        (project / "gt.txt").rename(project / "GT.txt")
        (project / "Label.txt").rename(project / "label.txt")

    tables = read_ppocrlabel_table(tmp_path, make_dataset()).tables

    assert [sample.group for sample in tables.samples] == ["0/a.jpg"]
    assert [(problem.code, problem.origin) for problem in tables.problems] == [
        ("not_confirmed", f"{tmp_path / '1/GT.txt'}:1")
    ]
