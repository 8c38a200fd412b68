"""What drawn tables say: every span and every empty cell can be seen."""

from collections import Counter

import numpy as np
import pytest

from paddock.data.sample.grid import MAX_BODY_ROWS, MAX_COLUMNS, MIN_COLUMNS, Cell, Grid, draw_grid
from paddock.data.sample.text import CHARACTERS
from paddock.data.table_tokens import MAX_SPAN, STRUCTURE_TOKENS, first_misplaced, grid_of, structure_of


@pytest.fixture(scope="module")
def grids() -> list[Grid]:
    return [draw_grid(np.random.default_rng([0, number])) for number in range(400)]


def body_of(grid: Grid) -> list[Cell]:
    return [cell for cell in grid.cells if not cell.place.is_head]


def test_cells_fill_the_grid_and_their_structure_is_one_that_paddleocr_knows(grids: list[Grid]) -> None:
    for grid in grids:
        places = [cell.place for cell in grid.cells]
        taken = Counter(
            (place.row + down, place.column + right)
            for place in places
            for down in range(place.rowspan)
            for right in range(place.colspan)
        )
        assert set(taken.values()) == {1}
        assert len(taken) == grid.num_rows * grid.num_columns
        structure = structure_of(places)
        assert set(structure) <= set(STRUCTURE_TOKENS)
        assert first_misplaced(structure) is None
        assert grid_of(structure) == places
        assert max(max(place.rowspan, place.colspan) for place in places) <= MAX_SPAN


def test_tables_are_of_all_kinds(grids: list[Grid]) -> None:
    assert {grid.num_columns for grid in grids} == set(range(MIN_COLUMNS, MAX_COLUMNS + 1))
    assert max(grid.num_rows for grid in grids) == MAX_BODY_ROWS + 2
    assert {grid.num_head_rows for grid in grids} == {1, 2}
    assert len({grid.rules for grid in grids}) == 7
    kinds = {
        "colspan in the head": lambda cell: cell.place.is_head and cell.place.colspan > 1,
        "rowspan in the head": lambda cell: cell.place.is_head and cell.place.rowspan > 1,
        "rowspan in the body": lambda cell: not cell.place.is_head and cell.place.rowspan > 1,
        "section": lambda cell: cell.is_section,
        "total": lambda cell: not cell.place.is_head and not cell.is_section and cell.place.colspan == 2,
        "empty": lambda cell: not cell.lines,
        "two lines": lambda cell: len(cell.lines) == 2,
    }
    shares = {name: np.mean([any(map(kind, grid.cells)) for grid in grids]) for name, kind in kinds.items()}
    assert min(shares.values()) > 0.02, shares
    assert max(shares.values()) < 0.8, shares


def test_a_span_is_drawn_only_where_rules_or_the_place_of_its_text_show_it(grids: list[Grid]) -> None:
    for grid in grids:
        for cell in body_of(grid):
            assert cell.place.rowspan <= 2 or grid.rules.rows
            assert cell.place.colspan == 1 or grid.rules.columns or (cell.is_section and cell.align == 0.5)
            assert cell.lines or (cell.place.rowspan, cell.place.colspan) == (1, 1)
            assert len(cell.lines) < 2 or grid.rules.rows


def test_no_row_of_the_body_is_empty_and_no_column_that_only_its_texts_show(grids: list[Grid]) -> None:
    for grid in grids:
        filled = {(cell.place.row, cell.place.column) for cell in body_of(grid) if cell.lines}
        assert {row for row, _ in filled} == set(range(grid.num_head_rows, grid.num_rows))
        assert grid.rules.columns or {column for _, column in filled} == set(range(grid.num_columns))


def test_texts_are_in_the_characters_of_the_pages_or_in_given_ones(grids: list[Grid]) -> None:
    shown = {character for grid in grids for cell in grid.cells for line in cell.lines for character in line}
    assert shown <= {*CHARACTERS, " "}
    given = draw_grid(np.random.default_rng(0), "Xy7")
    assert {character for cell in given.cells for line in cell.lines for character in line} <= set("Xy7")
