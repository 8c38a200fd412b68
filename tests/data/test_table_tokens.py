"""Structures as sequences of tokens and as grids."""

import pytest

from paddock.data.table_tokens import (
    GridCell,
    dictionary_text,
    first_misplaced,
    grid_of,
    merged,
    normalised,
    num_cells,
    structure_of,
)

PLAIN = ["<td>", "</td>"]
SPANNED = ["<td", ' colspan="2"', ' rowspan="2"', ">", "</td>"]


def test_each_structure_is_written_in_one_way() -> None:
    assert normalised(["<td", ">", "</td>", "", "<td", 'colspan="2"', ">", "</td>"]) == (
        *PLAIN,
        *("<td", ' colspan="2"', ">", "</td>"),
    )


def test_only_cells_without_span_are_merged() -> None:
    tokens = merged([*PLAIN, *SPANNED])

    assert tokens == ("<td></td>", *SPANNED)
    assert merged(tokens) == tokens
    assert num_cells(tokens) == num_cells([*PLAIN, *SPANNED]) == 2


def test_cells_are_placed_around_spans_from_above() -> None:
    tokens = ["<thead>", "<tr>", *PLAIN, *SPANNED, "</tr>", "</thead>", "<tbody>", "<tr>", *PLAIN, *PLAIN, "</tr>"]

    assert grid_of(tokens) == [
        GridCell(0, 0, is_head=True),
        GridCell(0, 1, rowspan=2, colspan=2, is_head=True),
        GridCell(1, 0),
        GridCell(1, 3),
    ]
    assert grid_of(merged(tokens)) == grid_of(tokens)


def test_a_grid_is_written_as_the_structure_that_it_was_read_from() -> None:
    head = ["<thead>", "<tr>", *PLAIN, *SPANNED, "</tr>", "<tr>", *PLAIN, "</tr>", "</thead>"]
    structure = (*head, "<tbody>", "<tr>", *PLAIN, *PLAIN, *PLAIN, "</tr>", "</tbody>")

    assert structure_of(grid_of(structure)) == structure
    assert structure_of([GridCell(0, 0)]) == ("<tbody>", "<tr>", *PLAIN, "</tr>", "</tbody>")


def test_a_dictionary_keeps_the_blank_before_a_span() -> None:
    assert dictionary_text(["<td", ' colspan="2"']) == '<td\n colspan="2"\n'


@pytest.mark.parametrize("tokens", [["<td>"], ["</tr>", "<td", "<td", ' colspan="999999999"', ">"], [">", "eos"]])
def test_nonsense_makes_some_grid(tokens: list[str]) -> None:
    assert len(grid_of(tokens)) == num_cells(tokens)


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        (["<tbody>", "<tr>", *PLAIN, *SPANNED, "</tr>", "</tbody>"], None),
        (["<tr>", *PLAIN, "</tr>"], None),
        (["<tr>", "<td>", "<td>"], (2, "'</td>'")),
        (["<tr>", "<td", "</td>"], (2, "a span or '>'")),
        (["<tr>", "</thead>"], (1, "'<td>' or '<td' or '</tr>'")),
        (["<tr>", *PLAIN], (3, "'</tr>'")),
        (["</tr>"], (0, "'<thead>' or '<tbody>' or '<tr>'")),
    ],
)
def test_the_first_token_that_does_not_fit_is_found(tokens: list[str], expected: tuple[int, str] | None) -> None:
    assert first_misplaced(tokens) == expected
