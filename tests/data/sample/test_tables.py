"""Pictures of tables with their labels, held against each other."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from paddock.core.files import sha256_folder
from paddock.data.sample.grid import draw_grid
from paddock.data.sample.paper import MIN_CONTRAST, luma
from paddock.data.sample.tables import MAX_SIDE, DrawnTable, choose_look, draw_tables, table_of
from paddock.data.table_tokens import grid_of, num_cells

NUM_TABLES = 40


@pytest.fixture(scope="module")
def tables() -> list[DrawnTable]:
    return [table_of(index, seed=0) for index in range(NUM_TABLES)]


def pixels_of(table: DrawnTable) -> NDArray[np.uint8]:
    return cv2.imdecode(np.frombuffer(table.jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)


def corners_of(table: DrawnTable) -> NDArray[np.float64]:
    """``[num_boxes, 4, 2]``"""
    return np.array([cell.box for cell in table.cells if cell.box is not None]).reshape(-1, 4, 2)


def test_each_cell_with_text_has_a_box_of_whole_pixels_in_the_picture(tables: list[DrawnTable]) -> None:
    for table in tables:
        height, width = pixels_of(table).shape
        assert max(height, width) <= MAX_SIDE + 2 * 2 * 20  # margins of up to two capitals
        assert num_cells(table.structure) == len(table.cells)
        assert all((cell.box is None) == (not cell.tokens) for cell in table.cells)
        corners = corners_of(table)
        assert (corners == corners.round()).all()
        assert corners.min() >= 0
        assert (corners.max(axis=(0, 1)) < (width, height)).all()


def test_boxes_go_round_clockwise_and_lie_as_the_grid_says(tables: list[DrawnTable]) -> None:
    for table in tables:
        grid = grid_of(table.structure)
        boxes = [cell.box for cell in table.cells]
        for place, box in zip(grid, boxes, strict=True):
            if box is None:
                continue
            x0, y0, x1, y1, x2, y2, x3, y3 = box
            assert x0 < x1 and x3 < x2
            assert y0 < y3 and y1 < y2
            for other, other_box in zip(grid, boxes, strict=True):
                if other_box is None:
                    continue
                if other.column >= place.column + place.colspan:
                    assert max(x1, x2) < min(other_box[0], other_box[6])
                if other.row >= place.row + place.rowspan and abs(place.column - other.column) <= 1:
                    assert (y2 + y3) / 2 < (other_box[1] + other_box[3]) / 2


def test_every_text_stands_out_in_its_box(tables: list[DrawnTable]) -> None:
    for table in tables:
        grey = pixels_of(table)
        for quad in corners_of(table).astype(int):
            (left, top), (right, bottom) = quad.min(axis=0), quad.max(axis=0)
            assert np.subtract(*np.percentile(grey[top:bottom, left:right], (97, 3))) > 40


def test_a_head_is_told_from_the_body_by_its_face_its_ground_or_the_rule_below_it() -> None:
    for number in range(200):
        draw = np.random.default_rng([3, number])
        grid = draw_grid(draw)
        look = choose_look(grid, draw)
        is_set_off = look.head_fill is not None or look.head_face != look.face
        assert is_set_off or (grid.rules.head and not grid.rules.rows)
        assert abs(luma(look.head_ink) - luma(look.head_fill or look.paper)) > 0.7 * MIN_CONTRAST


def test_a_table_follows_from_seed_and_index_alone(tables: list[DrawnTable]) -> None:
    assert table_of(17, seed=0) == tables[17]
    assert len({table.jpeg for table in [*tables, table_of(17, seed=1)]}) == NUM_TABLES + 1


def test_a_folder_of_tables_is_the_beginning_of_a_larger_one(tmp_path: Path, tables: list[DrawnTable]) -> None:
    for name, number in (("one", 3), ("two", 3), ("three", 5)):
        (tmp_path / name).mkdir()
        draw_tables(tmp_path / name, number, seed=0)
    assert sha256_folder(tmp_path / "one") == sha256_folder(tmp_path / "two")
    labels = [(tmp_path / name / "tables.jsonl").read_text() for name in ("one", "three")]
    assert labels[1].startswith(labels[0])
    assert labels[1].count("\n") == 5
    assert (tmp_path / "three/tables/table_0004.jpg").read_bytes() == tables[4].jpeg


def test_given_characters_are_what_the_texts_are_made_of() -> None:
    tables = [table_of(index, 0, "Xyé_7") for index in range(3)]
    shown = {token for table in tables for cell in table.cells for token in cell.tokens}
    assert shown == set("Xyé_7")
