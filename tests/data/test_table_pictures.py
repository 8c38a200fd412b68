"""Pictures of tables are decoded, held against their boxes, and stored as they are seen."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from paddock.data.table_pictures import check_pictures
from paddock.data.tables import TableCell, TableSample


@pytest.fixture
def sample(tmp_path: Path, page_png: Callable[[int], bytes]) -> TableSample:
    """A table on a picture of 60 x 40 pixels."""
    (tmp_path / "a.png").write_bytes(page_png(0))
    box = (1.0, 1.0, 58.0, 1.0, 58.0, 39.0, 1.0, 39.0)
    structure = ("<tr>", "<td>", "</td>", "</tr>")
    return TableSample(tmp_path / "a.png", structure, (TableCell(("A",), box),), "a", "train.jsonl:1")


def test_a_picture_that_holds_its_boxes_stays_where_it_is(sample: TableSample, tmp_path: Path) -> None:
    (table,), problems = check_pictures([sample], tmp_path / "drafts")

    assert problems == []
    assert (table.sample, table.file, table.is_turned) == (sample, sample.image, False)
    assert (table.width, table.height) == (60, 40)


def test_broken_pictures_and_boxes_outside_are_problems(sample: TableSample, tmp_path: Path) -> None:
    (tmp_path / "b.png").write_bytes(b"broken")
    outside = replace(sample, cells=(TableCell(("A",), (70.0,) * 8),))

    tables, problems = check_pictures([replace(sample, image=tmp_path / "b.png"), outside], tmp_path / "drafts")

    assert tables == []
    assert [problem.code for problem in problems] == ["image_corrupt", "box_outside"]


def test_a_picture_turned_by_exif_is_held_against_its_boxes_as_it_is_seen(sample: TableSample, tmp_path: Path) -> None:
    lying = Image.fromarray(np.zeros((60, 40, 3), np.uint8))
    lying.getexif()[0x0112] = 6  # to be turned clockwise
    lying.save(tmp_path / "lying.jpg", exif=lying.getexif())

    (table,), _ = check_pictures([replace(sample, image=tmp_path / "lying.jpg")], tmp_path / "drafts")

    assert table.is_turned
    assert (table.width, table.height) == (60, 40)
    with Image.open(table.file) as stored:
        assert (stored.size, stored.getexif().get(0x0112)) == ((60, 40), None)


def test_cells_that_cover_the_same_are_told_and_the_table_stays(sample: TableSample, tmp_path: Path) -> None:
    twice = replace(sample, cells=(*sample.cells, TableCell(("B",), sample.cells[0].box), TableCell()))
    (table,), (problem,) = check_pictures([twice], None)
    assert table.sample == twice
    assert (problem.code, problem.origin) == ("cells_overlap", "train.jsonl:1")
    assert problem.message == "the boxes of cells 1 and 2 of a.png share 100% of what they cover. Draw them apart."
