"""TEDS: how similar two tables are, as trees (Zhong et al., arXiv:1911.10683, section 5).

The tree edit distance is that of Zhang and Shasha, "Simple fast algorithms for the editing distance between trees and
related problems", SIAM J. Comput. 18 (1989), so equal to APTED's, which is another way to the same number. A table is
a broad tree: nearly all of its nodes are cells, the others nearly all rows. Cells are compared all at once, and so are
rows, so a pair of tables with hundreds of cells takes a fraction of a second.
"""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from paddock.ocr.table.html_tree import Node, TableTree, parse_table

Costs = NDArray[np.float64]

LEAST_WORK = 5e8
"""Products of lengths, a few seconds' worth; to start processes takes one or two."""
_PAIRS_A_TASK = 8
_MOST_VALUES = 4_000_000
"""Computed at once, so that memory stays below a few hundred MB whatever a network has written."""


@dataclass(frozen=True)
class Teds:
    """Similarity of two tables, 0 to 1."""

    teds: float
    """Structure and text."""
    teds_struct: float
    """Structure alone."""


def teds(reading: str, truth: str) -> Teds:
    """Compare two HTML documents by the first table in the body of each.

    The distance counts a node that is to be inserted, deleted, or turned into another kind as 1, and cells of equal
    span by the edit distance of their texts; it is divided by the number of elements of the larger table. 0 where a
    document has no table; two tables without any element are equal.
    """
    trees = parse_table(reading), parse_table(truth)
    if trees[0] is None or trees[1] is None:
        return Teds(0.0, 0.0)
    return Teds(1.0, 1.0) if reading == truth else _compare(trees[0], trees[1])


def teds_of_all(pairs: Sequence[tuple[str, str]], num_processes: int) -> list[Teds]:
    """`teds` of each pair of reading and truth, in their order, computed by ``num_processes`` processes if it pays."""
    work = sum(len(reading) * len(truth) for reading, truth in pairs if reading != truth)
    if num_processes <= 1 or work < LEAST_WORK:
        return [teds(*pair) for pair in pairs]
    # A fork of a process that has loaded Paddle may hang in its thread pools.
    with ProcessPoolExecutor(num_processes, get_context("spawn")) as pool:
        return list(pool.map(teds, *zip(*pairs, strict=True), chunksize=_PAIRS_A_TASK))


def _compare(reading: TableTree, truth: TableTree) -> Teds:
    num_nodes = max(reading.num_nodes, truth.num_nodes)
    if num_nodes == 0:
        return Teds(1.0, 1.0)
    first, second = _Ordered.of(reading.root), _Ordered.of(truth.root)
    kinds = _kind_costs(first, second)
    costs = np.maximum(kinds, _text_costs(first, second))
    of_structure = 1 - _distance(first, second, kinds) / num_nodes
    texts_differ = bool((costs != kinds).any())
    return Teds(1 - _distance(first, second, costs) / num_nodes if texts_differ else of_structure, of_structure)


@dataclass(frozen=True)
class _Ordered:
    """A tree's nodes in postorder, numbered from 0."""

    nodes: list[Node]
    leftmost: NDArray[np.int64]
    """The first leaf below each node, or the node itself."""

    @classmethod
    def of(cls, root: Node) -> "_Ordered":
        """Without recursion: a tree may be as deep as its author likes."""
        nodes: list[Node] = []
        leftmost: list[int] = []
        stack: list[tuple[Node, int]] = [(root, -1)]
        while stack:
            node, first = stack.pop()
            if first < 0 and node.children:
                stack.append((node, len(nodes)))
                stack += [(child, -1) for child in reversed(node.children)]
            else:
                leftmost.append(len(nodes) if first < 0 else first)
                nodes.append(node)
        return cls(nodes, np.array(leftmost))

    def sizes(self) -> NDArray[np.int64]:
        """Nodes of the tree below each node, itself included."""
        return np.arange(len(self.nodes)) - self.leftmost + 1

    def keyroots_by_level(self) -> list[NDArray[np.int64]]:
        """Where the algorithm begins anew: the root, and nodes with children that are no first child.

        Those of a level have only keyroots of lower levels below them; in a table, that is rows, sections, the table.
        """
        last_with = {int(leftmost): number for number, leftmost in enumerate(self.leftmost)}
        level_of: dict[int, int] = {}
        for keyroot in sorted(number for leftmost, number in last_with.items() if number != leftmost):
            below = (level for inner, level in level_of.items() if inner >= self.leftmost[keyroot])
            level_of[keyroot] = max(below, default=-1) + 1
        levels = range(max(level_of.values(), default=-1) + 1)
        return [np.array([keyroot for keyroot in level_of if level_of[keyroot] == level]) for level in levels]


def _kind_costs(first: _Ordered, second: _Ordered) -> Costs:
    """1 where tags or spans differ, else 0."""
    numbers: dict[tuple[object, ...], int] = {}
    kinds = [
        np.array([numbers.setdefault((node.tag, node.colspan, node.rowspan), len(numbers)) for node in tree.nodes])
        for tree in (first, second)
    ]
    return (kinds[0][:, None] != kinds[1]).astype(np.float64)


def _text_costs(first: _Ordered, second: _Ordered) -> Costs:
    """Edit distance of the nodes' contents as a share of the longer one."""
    letters: dict[str, str] = {}  # an inline tag counts as one letter, so each different token becomes a letter
    unique: list[list[str]] = []
    places: list[NDArray[np.int64]] = []
    for tree in (first, second):
        texts: dict[str, int] = {}
        numbers = [
            texts.setdefault(
                "".join(letters.setdefault(token, chr(len(letters) + 1)) for token in node.content), len(texts)
            )
            for node in tree.nodes
        ]
        unique.append(list(texts))
        places.append(np.array(numbers))
    costs = cdist(*unique, scorer=Levenshtein.normalized_distance, dtype=np.float64)
    return costs[np.ix_(*places)]


def _distance(first: _Ordered, second: _Ordered, renaming: Costs) -> float:
    """Edit distance of the trees, where inserting and deleting cost 1."""
    distances = _leaf_distances(first, second, renaming)
    others = second.keyroots_by_level()
    for keyroots in first.keyroots_by_level():
        for other in others:
            largest = int(first.sizes()[keyroots].max() + 1) * int(second.sizes()[other].max() + 1)
            num_parts = -(-len(keyroots) * len(other) * largest // _MOST_VALUES)
            for part in np.array_split(keyroots, min(num_parts, len(keyroots))):
                _forest_distances(_Forests.of(first, part), _Forests.of(second, other), renaming, distances)
    return float(distances[-1, -1])


def _leaf_distances(first: _Ordered, second: _Ordered, renaming: Costs) -> Costs:
    """Distances of all pairs of trees of which one is a single node: that becomes the node it is most like."""
    distances = renaming.copy()  # of two single nodes it is the distance
    sizes = first.sizes(), second.sizes()
    rows, columns = np.flatnonzero(sizes[0] == 1), np.flatnonzero(sizes[1] == 1)
    for column in np.flatnonzero(sizes[1] > 1):
        nearest = renaming[rows, second.leftmost[column] : column + 1].min(axis=1)
        distances[rows, column] = sizes[1][column] - 1 + nearest
    for row in np.flatnonzero(sizes[0] > 1):
        nearest = renaming[first.leftmost[row] : row + 1, columns].min(axis=0)
        distances[row, columns] = sizes[0][row] - 1 + nearest
    return distances


@dataclass(frozen=True)
class _Forests:
    """The trees below some keyroots, each a row of nodes in postorder, padded to the largest.

    Shape: K keyroots, L nodes of the largest tree; each array ``[K, L]``
    """

    nodes: NDArray[np.int64]
    before: NDArray[np.int64]
    """Nodes of the same row to the left of the tree below each."""
    is_path: NDArray[np.bool_]
    """On the way from the keyroot to its first leaf; false in the padding."""

    @classmethod
    def of(cls, tree: _Ordered, keyroots: NDArray[np.int64]) -> "_Forests":
        starts = tree.leftmost[keyroots]
        places = np.arange((keyroots - starts).max() + 1)
        nodes = np.minimum(starts[:, None] + places, keyroots[:, None])
        before = tree.leftmost[nodes] - starts[:, None]
        is_padding = places > (keyroots - starts)[:, None]
        return cls(nodes, before, (before == 0) & ~is_padding)


def _forest_distances(first: _Forests, second: _Forests, renaming: Costs, distances: Costs) -> None:
    """Fill ``distances`` for the trees on the leftmost paths of all pairs of keyroots.

    ``forest[a, b, i, j]`` is the distance of the first i nodes below keyroot a to the first j below b. Within a row,
    only insertion looks back, at steps of 1; without it, and less j, the row's running minimum is what insertion makes
    of it.
    """
    (num_first, num_rows), (num_second, num_columns) = first.nodes.shape, second.nodes.shape
    steps = np.arange(num_columns + 1, dtype=np.float64)
    forest = np.empty((num_first, num_second, num_rows + 1, num_columns + 1))
    forest[:, :, 0] = steps
    of_first, of_second = np.arange(num_first)[:, None, None], np.arange(num_second)[:, None]
    for row in range(num_rows):
        pairs = first.nodes[:, row, None, None], second.nodes
        above, line = forest[:, :, row], forest[:, :, row + 1]
        matched = forest[of_first, of_second, first.before[:, row, None, None], second.before] + distances[pairs]
        has_path = first.is_path[:, row].any()
        if has_path:
            both_paths = first.is_path[:, row, None, None] & second.is_path
            matched = np.where(both_paths, above[..., :-1] + renaming[pairs], matched)
        line[..., 0] = row + 1
        np.minimum(above[..., 1:] + 1, matched, out=line[..., 1:])
        line -= steps
        np.minimum.accumulate(line, axis=-1, out=line)
        line += steps
        if has_path:
            at = np.nonzero(both_paths)
            distances[first.nodes[at[0], row], second.nodes[at[1], at[2]]] = line[..., 1:][at]
