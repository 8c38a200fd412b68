"""TEDS against the definition of the tree edit distance, computed the slow way."""

import random
import time
from functools import cache

import pytest
from rapidfuzz.distance import Levenshtein

from paddock.ocr.table import teds as teds_module
from paddock.ocr.table.html_tree import Node, TableTree, parse_table
from paddock.ocr.table.teds import Teds, teds, teds_of_all

Tree = tuple[tuple[object, ...], tuple[str, ...], tuple["Tree", ...]]


def _document(rows: str) -> str:
    return f"<html><body><table>{rows}</table></body></html>"


def _parsed(html: str) -> TableTree:
    table = parse_table(html)
    assert table is not None
    return table


def _frozen(node: Node) -> Tree:
    return (
        (node.tag, node.colspan, node.rowspan),
        tuple(node.content),
        tuple(_frozen(child) for child in node.children),
    )


def _size(forest: tuple[Tree, ...]) -> int:
    return sum(1 + _size(children) for _, _, children in forest)


@cache
def _distance(first: tuple[Tree, ...], second: tuple[Tree, ...], with_text: bool) -> float:
    """Zhang and Shasha's recurrence on the last tree of each forest, word for word."""
    if not first or not second:
        return float(_size(first) + _size(second))
    (kind, text, children), (other_kind, other_text, other_children) = first[-1], second[-1]
    renaming = 1.0 if kind != other_kind else Levenshtein.normalized_distance(text, other_text) if with_text else 0.0
    return min(
        _distance(first[:-1] + children, second, with_text) + 1,
        _distance(first, second[:-1] + other_children, with_text) + 1,
        _distance(children, other_children, with_text) + _distance(first[:-1], second[:-1], with_text) + renaming,
    )


def _random_table(rng: random.Random) -> str:
    def row() -> str:
        spans, texts = ["", "", ' colspan="2"', ' rowspan="3"'], ["", "a", "ab", "<b>a</b>b", "xyz"]
        cells = (f"<td{rng.choice(spans)}>{rng.choice(texts)}</td>" for _ in range(rng.randint(0, 3)))
        return f"<tr>{''.join(cells)}</tr>"

    rows = [row() for _ in range(rng.randint(1, 3))]
    if rng.random() < 0.4:
        return _document("".join(rows))
    split = rng.randint(0, len(rows))
    return _document(f"<thead>{''.join(rows[:split])}</thead><tbody>{''.join(rows[split:])}</tbody>")


def test_it_is_one_less_the_tree_edit_distance_a_node() -> None:
    rng = random.Random(0)
    for _ in range(60):
        reading, truth = _random_table(rng), _random_table(rng)
        first, second = _parsed(reading), _parsed(truth)
        trees = (_frozen(first.root),), (_frozen(second.root),)
        nodes = max(first.num_nodes, second.num_nodes)

        found = teds(reading, truth)

        assert found.teds == pytest.approx(1 - _distance(*trees, True) / nodes, abs=1e-9)
        assert found.teds_struct == pytest.approx(1 - _distance(*trees, False) / nodes, abs=1e-9)


def test_text_counts_by_its_letters_and_inline_tags_as_one_each() -> None:
    truth = _document("<tr><td>ab<b>c</b></td></tr>")  # 3 elements; the cell holds a, b, <b>, c, </b>

    found = teds(_document("<tr><td>ab</td></tr>"), truth)

    assert (found.teds, found.teds_struct) == (pytest.approx(1 - (3 / 5) / 3), 1.0)


@pytest.mark.parametrize("html", ["", "no table", "<table><tr></tr></table>", "<html><body><p></p></body></html>"])
def test_a_document_without_a_table_in_its_body_scores_0(html: str) -> None:
    assert teds(html, _document("<tr><td></td></tr>")) == Teds(0.0, 0.0)
    assert teds(html, html) == Teds(0.0, 0.0)


def test_two_empty_tables_are_equal() -> None:
    assert teds(_document(""), _document("")) == Teds(1.0, 1.0)


def _large_table(seed: int, gaps: float) -> str:
    rng = random.Random(seed)
    rows = ("".join(f"<td>{rng.randint(0, 10**6)}</td>" for _ in range(10) if rng.random() >= gaps) for _ in range(60))
    return _document(f"<tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody>")


def test_tables_of_600_cells_take_a_few_seconds_at_most() -> None:
    start = time.process_time()

    found = teds(_large_table(0, 0.0), _large_table(1, 0.05))

    assert time.process_time() - start < 5
    assert 0.1 < found.teds < 0.4 < 0.9 < found.teds_struct < 1


@pytest.mark.slow
def test_processes_give_what_one_gives_in_the_same_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teds_module, "LEAST_WORK", 0)
    rng = random.Random(3)
    pairs = [(_random_table(rng), _random_table(rng)) for _ in range(20)]

    assert teds_of_all(pairs, 2) == teds_of_all(pairs, 1)
    assert teds_of_all([], 2) == []
