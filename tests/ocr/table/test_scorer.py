"""Scores, tables and pictures of an evaluation; the readings are the labels, with faults that a test puts in."""

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from paddock.core.files import read_json
from paddock.data.loader import Batch
from paddock.data.page_picture import FALSE, MATCHED, MISSED
from paddock.data.panels import MARGIN_PX
from paddock.ocr.image import read_bgr
from paddock.ocr.table import gallery, report
from paddock.ocr.table.decode import TableLabelDecode
from paddock.ocr.table.metric import TableMetric
from paddock.ocr.table.picture import TablePicture
from paddock.ocr.table.scorer import TableScorer
from paddock.ocr.table.tokens import TableClasses
from tests.tiny_table import TABLE_WH, drawn_table

CLASSES = TableClasses()


@pytest.fixture
def scorer() -> TableScorer:
    return TableScorer(TableLabelDecode(CLASSES), TableMetric(), num_processes=1)


def picture_of(image: Path, rows: int, columns: int) -> TablePicture:
    table = drawn_table(image, rows, columns)
    return TablePicture(image, table.structure, table.cells, table.origin, source_size=TABLE_WH[::-1])


def outputs_of(picture: TablePicture, shift_px: float = 0.0) -> list[NDArray[np.float32]]:
    """What a network would give that reads ``picture`` as it is labelled.

    Args:
        shift_px: how far to the right all boxes lie.
    """
    label = CLASSES.encode(picture.structure, 500)
    assert label is not None
    boxes = np.zeros((1, len(label) - 1, 8), np.float32)
    cells = iter(picture.cells)
    width, height = TABLE_WH
    for step, number in enumerate(label[1:]):
        if number in CLASSES.cell_numbers and (box := next(cells).box):
            boxes[0, step] = (np.array(box) + [shift_px, 0] * 4) / ([width, height] * 4)
    return [boxes, np.eye(len(CLASSES), dtype=np.float32)[None, label[1:]]]


def add(scorer: TableScorer, outputs: list[NDArray[np.float32]], picture: TablePicture) -> None:
    scorer.add(outputs, Batch(np.zeros((1, 3, 8, 8), np.float32), (), (picture,)))


def test_a_perfect_reading_has_perfect_scores(scorer: TableScorer, tmp_path: Path) -> None:
    picture = picture_of(tmp_path / "a.png", 2, 2)

    add(scorer, outputs_of(picture), picture)

    assert scorer.metrics() == pytest.approx(
        {"acc": 1, "teds_structure": 1, "cell_iou": 1, "n_eval": 1, "n_unreadable": 0}, abs=1e-5
    )


def test_structure_and_boxes_are_scored_apart(scorer: TableScorer, tmp_path: Path) -> None:
    picture, other = picture_of(tmp_path / "a.png", 2, 2), picture_of(tmp_path / "b.png", 1, 1)

    add(scorer, outputs_of(picture, shift_px=20), picture)
    add(scorer, outputs_of(picture), other)

    right, wrong = scorer.tables()
    assert (right.is_correct, right.teds_structure) == (True, 1)
    assert 0 < right.cell_iou < 1
    # A row with one cell has 2 elements. Before its cell another was read, and before it a row with a spanned cell: 3
    # too many, of 5.
    assert (wrong.is_correct, wrong.teds_structure) == (False, pytest.approx(1 - 3 / 5))
    assert scorer.metrics()["acc"] == pytest.approx(0.5, abs=1e-5)
    assert scorer.metrics()["teds_structure"] == pytest.approx(0.7)


def test_what_cannot_be_read_counts_as_read_empty(scorer: TableScorer, tmp_path: Path) -> None:
    picture = picture_of(tmp_path / "a.png", 2, 2)

    scorer.add([], Batch(np.zeros((0, 3, 0, 0), np.float32), (), (), ((picture, "it is gone"),)))

    assert scorer.metrics() == {"acc": 0, "teds_structure": 0, "cell_iou": 0, "n_eval": 1, "n_unreadable": 1}
    assert scorer.tables()[0].unreadable == "it is gone"


def test_scores_stand_by_number_of_cells_and_of_spans(scorer: TableScorer, tmp_path: Path) -> None:
    small, large = picture_of(tmp_path / "a.png", 1, 1), picture_of(tmp_path / "b.png", 4, 5)
    add(scorer, outputs_of(small), small)
    add(scorer, outputs_of(small), large)

    report.write(scorer, tmp_path / "report")

    by_cells, by_spans = (read_json(tmp_path / f"report/by_{name}.json") for name in ("cells", "spans"))
    assert [(row["cells"], row["count"], row["acc"]) for row in by_cells] == [("1-10", 1, 1), ("11-20", 1, 0)]
    assert [(row["spans"], row["count"], row["acc"]) for row in by_spans] == [("0", 1, 1), ("1-2", 1, 0)]
    with (tmp_path / "report/samples.csv").open(encoding="utf-8", newline="") as file:
        first, second = csv.DictReader(file)
    assert {name: first[name] for name in ("correct", "teds_structure", "cells", "cells_read", "spans")} == {
        "correct": "True", "teds_structure": "1.0", "cells": "1", "cells_read": "1", "spans": "0",
    }  # fmt: skip
    assert (second["cells"], second["cells_read"], second["spans"]) == ("16", "1", "1")
    for name in ("cells", "spans"):
        with Image.open(tmp_path / f"report/by_{name}.png") as plot:
            assert plot.width > 100


def test_the_worst_tables_come_first_and_are_drawn_with_their_similarity_in_the_name(
    scorer: TableScorer, tmp_path: Path
) -> None:
    good, bad = picture_of(tmp_path / "good.png", 2, 2), picture_of(tmp_path / "bad.png", 3, 3)
    add(scorer, outputs_of(good), good)
    add(scorer, outputs_of(good), bad)
    scorer.add([], Batch(np.zeros((0, 3, 0, 0), np.float32), (), (), ((good, "it is gone"),)))

    gallery.write(scorer.worst(3), tmp_path / "gallery")

    names = sorted(path.name for path in (tmp_path / "gallery").iterdir())
    assert [name.rsplit("_", 1)[-1] for name in names] == ["bad.jpg", "good.jpg"]  # what is gone cannot be drawn
    assert names[1].startswith("03_teds_1.000_")


def test_a_drawing_marks_what_only_one_side_has(scorer: TableScorer, tmp_path: Path) -> None:
    picture = picture_of(tmp_path / "a.png", 2, 2)
    add(scorer, outputs_of(picture_of(tmp_path / "b.png", 1, 2)), picture)

    drawn = gallery.drawn(scorer.tables()[0])

    width = TABLE_WH[0] + 2 * MARGIN_PX
    label, read = np.split(drawn[:, width:], 2, axis=1)
    assert count(label, gallery._tinted((255, 255, 255), MISSED)) > 1000  # the second row
    assert count(label, gallery._tinted((255, 255, 255), FALSE)) == 0
    assert count(read, gallery._tinted((255, 255, 255), MISSED)) == 0
    outlines = drawn[:, :width]
    assert count(outlines, MISSED) > 50
    assert count(outlines, MATCHED) == 0  # a table of one row has its only box across the middle


def count(pixels: NDArray[np.uint8], colour: tuple[int, int, int]) -> int:
    """Pixels of exactly this colour."""
    return int((pixels == np.array(colour)).all(axis=2).sum())


def test_a_reading_of_nothing_and_a_large_picture_can_be_drawn(scorer: TableScorer, tmp_path: Path) -> None:
    picture = picture_of(tmp_path / "a.png", 1, 1)
    large = cv2.resize(read_bgr(picture.image, ""), (2000, 1500))
    cv2.imwrite(str(picture.image), large)
    boxes, probabilities = outputs_of(picture)
    add(scorer, [boxes[:, :0], probabilities[:, :0]], picture)

    drawn = gallery.drawn(scorer.tables()[0])

    assert drawn.shape[1] < 1700


def test_an_evaluation_without_any_table_still_leaves_its_files(scorer: TableScorer, tmp_path: Path) -> None:
    report.write(scorer, tmp_path)

    assert scorer.metrics()["n_eval"] == 0
    assert read_json(tmp_path / "by_cells.json") == []
