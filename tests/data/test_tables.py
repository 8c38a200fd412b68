"""The gate: what contradicts itself is refused, with a reason that helps."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from paddock.core.errors import DatasetError
from paddock.data.samples import Problem
from paddock.data.tables import (
    TableCell,
    TableSample,
    check_boxes,
    check_tables,
    refusals_csv,
    refuse_above,
    table_html,
    table_line,
)

BOX = (1.0, 2.0, 9.0, 2.0, 9.0, 8.0, 1.0, 8.0)
SAMPLE = TableSample(
    image=Path("data/a.png"),
    structure=("<tr>", "<td>", "</td>", "<td", ' colspan="2"', ">", "</td>", "</tr>"),
    cells=(TableCell(("A", "<b>", "<", "</b>"), BOX), TableCell()),
    group="a",
    origin="gt.txt:3",
)


def test_a_table_that_agrees_with_itself_passes() -> None:
    assert check_tables([SAMPLE], 7) == ([SAMPLE], [])


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        ({"cells": SAMPLE.cells[:1]}, "cell_count", "a.png has 2 cells in its structure and 1 cells"),
        ({"structure": ("<tr>", "</tr>"), "cells": ()}, "no_cells", "has no cell"),
        (
            {"structure": ("<tr>", "<td", ' rowspan="1"', ">", "</td>", "<td>", "</td>", "</tr>")},
            "span_range",
            r'has rowspan="1", and the spans of a cell reach from 2 to 20\. Leave it out',
        ),
        (
            {"structure": ("<tr>", "<td", ' colspan="21"', ">", "</td>", "<td>", "</td>", "</tr>")},
            "span_range",
            "Split the cell",
        ),
        ({"structure": (*SAMPLE.structure, "<tfoot>")}, "unknown_token", "'<tfoot>', which SLANet does not know"),
        (
            {"structure": ("<tr>", "<td>", "<td>", "</td>", "</tr>")},
            "broken_structure",
            "structure token 3, '<td>', where '</td>' belongs",
        ),
        ({"structure": SAMPLE.structure[:-1]}, "broken_structure", "has the end where '</tr>' belongs"),
    ],
)
def test_a_contradiction_is_refused_by_name_and_line(change: dict[str, object], code: str, message: str) -> None:
    kept, problems = check_tables([replace(SAMPLE, **change)], 500)  # type: ignore[arg-type]

    assert kept == []
    assert [problem.code for problem in problems] == [code]
    assert problems[0].origin == "gt.txt:3"
    with pytest.raises(AssertionError, match=message):
        raise AssertionError(problems[0].message)


def test_the_length_counts_a_cell_without_span_once() -> None:
    (problem,) = check_tables([SAMPLE], 6)[1]

    assert problem.code == "too_long"
    assert "has 7 structure tokens" in problem.message
    assert "dataset.max_table_tokens=6" in problem.message


def test_all_reasons_of_a_table_are_told_with_what_the_reader_knows() -> None:
    structure = ("<tr>", "<td", ' rowspan="1"', ">", "</td>", "</tr>")
    problems = check_tables([replace(SAMPLE, structure=structure, hint="See the sheet.")], 500)[1]

    assert [problem.code for problem in problems] == ["cell_count", "span_range"]
    assert all(problem.message.endswith("See the sheet.") for problem in problems)


def test_a_box_may_leave_the_picture_by_rounding_only() -> None:
    assert check_boxes(SAMPLE, 8, 8) is None

    problem = check_boxes(SAMPLE, 5, 8)

    assert problem is not None
    assert (problem.code, problem.origin) == ("box_outside", "gt.txt:3")
    assert "cell 1 leaves a.png (5 x 8 px) by 4 px" in problem.message


def test_more_refusals_than_the_limit_stop_with_all_reasons_counted() -> None:
    problems = [Problem("cell_count", "gt.txt:1", "no."), Problem("span_range", "gt.txt:1", "no.")]
    problems.append(Problem("cell_count", "gt.txt:2", "no."))

    refuse_above(problems, 10, 0.2, Path("refusals.csv"))
    message = (
        r"gt\.txt:1: no\. Refused are 2 of 10 tables \(20%, and dataset\.max_refused_tables is 10%\): 2 cell_count, "
        r"1 span_range\. All of them are listed in refusals\.csv\."
    )
    with pytest.raises(DatasetError, match=message):
        refuse_above(problems, 10, 0.1, Path("refusals.csv"))


def test_the_report_has_file_line_reason_and_advice_a_row() -> None:
    text = refusals_csv([Problem("bad_box", "C:/x, y/gt.txt:12", 'box "3"'), Problem("image_missing", "a", "b")])

    assert list(csv.reader(text.splitlines())) == [
        ["file", "line", "code", "message"],
        ["C:/x, y/gt.txt", "12", "bad_box", 'box "3"'],
        ["a", "", "image_missing", "b"],
    ]


def test_html_escapes_text_and_keeps_inline_tags() -> None:
    expected = '<html><body><table><tr><td>A<b>&lt;</b></td><td colspan="2"></td></tr></table></body></html>'

    assert table_html(SAMPLE.structure, SAMPLE.cells) == expected
    merged = ("<tr>", "<td></td>", "<td", ' colspan="2"', ">", "</td>", "</tr>")
    assert table_html(merged, SAMPLE.cells) == expected
    assert table_html(merged, ()) == expected.replace("A<b>&lt;</b>", "")


def test_a_line_is_what_paddleocr_reads() -> None:
    record = json.loads(table_line(SAMPLE, "train_imgs/a.png", "train"))

    assert record["filename"] == "train_imgs/a.png"
    assert record["html"]["structure"]["tokens"] == list(SAMPLE.structure)
    assert record["html"]["cells"] == [{"tokens": ["A", "<b>", "<", "</b>"], "bbox": list(BOX)}, {"tokens": []}]
