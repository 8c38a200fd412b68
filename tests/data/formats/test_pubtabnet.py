"""PubTabNet's lines, with boxes as four tools write them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from paddock.config.schema import DatasetConfig
from paddock.core.errors import DatasetError
from paddock.data.formats.pubtabnet import eight_numbers, parse_record, read_pubtabnet
from paddock.data.samples import Problem
from paddock.data.tables import TableCell, TableSample, table_line

MakeDataset = Callable[..., DatasetConfig]

CORNERS = (1.0, 2.0, 9.0, 2.0, 9.0, 8.0, 1.0, 8.0)


def _record(**cell: Any) -> dict[str, Any]:
    tokens = ["<tr>", "<td", ">", "</td>", "</tr>"]
    return {"filename": "a.png", "html": {"structure": {"tokens": tokens}, "cells": [{"tokens": ["A"], **cell}]}}


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    (tmp_path / "train").mkdir()
    (tmp_path / "train" / "a.png").touch()
    (tmp_path / "b.png").touch()
    lines = [_record(bbox=[1, 2, 9, 8]), _record() | {"filename": "b.png"}, _record() | {"filename": "gone.png"}]
    text = "\ufeff" + "".join(json.dumps(line) + "\r\n" for line in lines) + "{\n"
    (tmp_path / "train.jsonl").write_text(text, encoding="utf-8")
    return tmp_path


def test_tables_come_with_cells_group_and_line_and_problems_by_line(raw: Path, make_dataset: MakeDataset) -> None:
    found = read_pubtabnet(raw, make_dataset()).tables

    structure, origin = ("<tr>", "<td>", "</td>", "</tr>"), f"{raw / 'train.jsonl'}"
    assert found.samples == [
        TableSample(raw / "train/a.png", structure, (TableCell(("A",), CORNERS),), "train/a.png", f"{origin}:1"),
        TableSample(raw / "b.png", structure, (TableCell(("A",)),), "b.png", f"{origin}:2"),
    ]
    assert [(problem.code, problem.origin) for problem in found.problems] == [
        ("image_missing", f"{origin}:3"),
        ("bad_json", f"{origin}:4"),
    ]


def test_a_folder_without_label_files_is_refused(tmp_path: Path, make_dataset: MakeDataset) -> None:
    with pytest.raises(DatasetError, match=r"no label file \*\.jsonl in .*dataset\.label_files"):
        read_pubtabnet(tmp_path, make_dataset())


@pytest.mark.parametrize(
    "box",
    [
        [1, 2, 9, 8],
        [9, 8, 1, 2],
        [1, 2, 9, 2, 9, 8, 1, 8],
        [[1, 2], [9, 2], [9, 8], [1, 8]],
        [[[1, 2], [9, 2], [9, 8], [1, 8]]],
    ],
)
def test_boxes_of_every_tool_are_four_corners(box: list[Any]) -> None:
    assert eight_numbers(box) == CORNERS


@pytest.mark.parametrize(
    "box",
    [
        *([], {}, "1,2,3,4", [1, 2, 3], [1, 2, 3, "4"], [1, 2, 3, True], [1, 2, 3, float("inf")], [1, 2, 3, 10**400]),
        *([[1, 2], [3, 4], [5, 6]], [[[[1, 2], [9, 2], [9, 8], [1, 8]]]], [[1, 2, 9, 8], 3]),
    ],
)
def test_anything_else_is_no_box(box: Any) -> None:
    assert eight_numbers(box) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[" * 100_000, "bad_json"),
        ("[]", "bad_record"),
        ('{"filename": 1, "html": {}}', "bad_record"),
        ('{"filename": "a", "html": {"structure": {"tokens": [1]}, "cells": []}}', "bad_record"),
        (json.dumps(_record(tokens="A")), "bad_record"),
        (json.dumps(_record(bbox=[1, 2])), "bad_box"),
    ],
)
def test_a_line_that_is_no_record_is_a_problem(text: str, code: str) -> None:
    found = parse_record(text, "a.jsonl:1")

    assert isinstance(found, Problem)
    assert (found.code, found.origin) == (code, "a.jsonl:1")


def test_what_is_written_is_read_again(raw: Path, make_dataset: MakeDataset) -> None:
    sample = read_pubtabnet(raw, make_dataset()).tables.samples[0]

    again = parse_record(table_line(sample, "train/a.png", "train"), sample.origin)

    assert isinstance(again, TableSample)
    assert (again.structure, again.cells) == (sample.structure, sample.cells)
