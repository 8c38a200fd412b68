from dataclasses import replace
from pathlib import Path

import pytest

from paddock.config.schema import OnError
from paddock.core.errors import DatasetError
from paddock.ocr.table.picture import TablePicture
from paddock.ocr.table.preflight import Checked, check
from paddock.ocr.table.tokens import TableClasses


def checked(
    pictures: list[TablePicture], on_error: OnError = OnError.stop, max_text_length: int = 500, side_px: int = 150
) -> Checked:
    return check(pictures, TableClasses(), max_text_length, side_px, on_error)


def test_tables_are_counted_with_their_lengths_and_the_heights_of_their_texts(picture: TablePicture) -> None:
    short = replace(picture, structure=("<tr>", "<td>", "</td>", "</tr>"), cells=picture.cells[:1])

    found = checked([picture, short])

    # Two cells are one token each, that with a span is four, and the row adds two. 300 x 90 px become 150 x 45.
    assert found.lengths == [8, 3]
    assert found.report == [
        "tables to learn: 2 of 2 (100.0%), 1 of them with spanned cells",
        "structure tokens: median 6, most 8; cells: median 2, most 3",
        "3 boxes to learn, of 4 cells; their heights where the network sees them: median 18 px, smallest 18 px",
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"structure": ("<tr>", "<th>", "</tr>")}, r"train\.jsonl:1: the table of table\.png has tokens .*: '<th>'"),
        ({"cells": ()}, r"has 3 cells in its structure and 0 with text or box"),
        ({"structure": ("<tr>", "</tr>"), "cells": ()}, "has no cell"),
    ],
)
def test_a_table_that_cannot_be_learnt_stops_the_training_or_is_left_out(
    picture: TablePicture, changes: dict[str, tuple[str, ...]], message: str
) -> None:
    broken = replace(picture, **changes)  # type: ignore[arg-type]

    with pytest.raises(DatasetError, match=message):
        checked([picture, broken])
    found = checked([picture, broken], OnError.drop)

    assert found.pictures == [picture]
    assert found.report[-1].startswith("left out, ")


def test_a_table_longer_than_the_limit_is_named_with_both_lengths(picture: TablePicture) -> None:
    message = r"has 8 structure tokens, longer than Global\.max_text_length=7 \(and 1 more tables.*on_error=drop"

    with pytest.raises(DatasetError, match=message):
        checked([picture, picture], max_text_length=7)
    with pytest.raises(DatasetError, match="no training table can be learnt"):
        checked([picture], OnError.drop, max_text_length=7)


def test_pictures_are_missed_before_the_first_step(picture: TablePicture, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"train\.jsonl:1: image .*none\.png is missing"):
        checked([replace(picture, image=tmp_path / "none.png")])
