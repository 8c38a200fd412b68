"""Trees of HTML, well-formed and not."""

import pytest

from paddock.ocr.table.html_tree import Node, parse_table


def _document(inner: str) -> str:
    return f"<html><body>{inner}</body></html>"


def _cell(text: str = "", colspan: int = 1, rowspan: int = 1) -> Node:
    return Node("td", colspan, rowspan, list(text))


def test_cells_hold_content_and_everything_else_children() -> None:
    html = _document('<table><thead><tr><td colspan="2">A&amp;<!-- no -->b</td></tr></thead></table>')

    table = parse_table(html)

    assert table is not None
    assert table.root == Node("table", children=[Node("thead", children=[Node("tr", children=[_cell("A&b", 2)])])])
    assert table.num_nodes == 3


def test_inline_tags_are_content_and_are_counted() -> None:
    table = parse_table(_document("<table><tr><td>1<sup>a</sup><br>2</td></tr></table>"))

    assert table is not None
    assert table.root.children[0].children[0].content == ["1", "<sup>", "a", "</sup>", "<br>", "</br>", "2"]
    assert table.num_nodes == 4


@pytest.mark.parametrize(
    "rows", ["<tr><td>a<td>b<tr><td>c", "<tr><td>a</td><td>b</td></tr></p><tr><td>c</td></tr></span></table>tail"]
)
def test_missing_and_stray_end_tags_change_nothing(rows: str) -> None:
    table = parse_table(_document(f"<table>{rows}"))

    assert table is not None
    assert table.root.children == [Node("tr", children=[_cell("a"), _cell("b")]), Node("tr", children=[_cell("c")])]


def test_a_table_in_a_cell_is_content_of_the_cell() -> None:
    table = parse_table(_document("<table><tr><td><table><tr><td>x</td></tr></table></td><td>y</td></tr></table>"))

    assert table is not None
    first, second = table.root.children[0].children
    assert "".join(first.content) == "<table><tr><td>x</td></tr></table>"
    assert second == _cell("y")
    assert table.num_nodes == 6


def test_only_the_first_table_of_the_body_counts() -> None:
    table = parse_table(_document("<div><table><tr></tr></table></div><table></table><table><tr></tr></table>"))

    assert table is not None
    assert (table.root, table.num_nodes) == (Node("table"), 0)


@pytest.mark.parametrize("value", ['""', '"x"', '"-2"', '"1e9"', '"²"', f'"{"9" * 5000}"'])
def test_a_span_that_is_no_number_is_1(value: str) -> None:
    table = parse_table(_document(f"<table><tr><td colspan={value}></td></tr></table>"))

    assert table is not None
    assert table.root.children[0].children == [_cell()]


def test_depth_costs_no_recursion() -> None:
    table = parse_table(_document(f"<table>{'<div>' * 20_000}</table>"))

    assert table is not None
    assert table.num_nodes == 20_000
