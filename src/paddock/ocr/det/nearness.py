"""How near each pixel of a page is to the outlines of its texts, for all texts at once.

The surroundings of each text are cut into tiles, and an edge or a corner is held against the tiles in its reach only,
so the cost follows the length of the outlines and not the size of the page or of the texts. Shapes: H rows, W columns
of the page; B borders; K edges and corners of all borders together; N pairs of a tile and one of these; T pixels of a
tile.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paddock.ocr.det.page import Polygon

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

_TILE_WH = (48, 24)
_PAIRS_AT_ONCE = 52
"""Their pixels stay in a core's cache."""
_FAR = 2.0**40
"""Beyond any distance squared; a power of two, so that multiplying by it rounds nothing."""

_SLIPPED = -1e-10
"""Far above what PaddleOCR's rounding does, far below what ours does here to a pixel that is a corner."""

_Y, _X = (numbers.ravel() for numbers in np.indices(_TILE_WH[::-1]))
_POWERS = np.stack([np.ones_like(_X), _X, _Y, _X**2 + _Y**2]).astype(np.float32)
"""``[4, T]`` 1, x, y and x squared + y squared of a tile's pixels."""


@dataclass(frozen=True)
class Border:
    """What surrounds a text's outline."""

    polygon: Polygon
    width_px: float
    outer: NDArray[np.int32]
    """``[P, 2]`` the outline moved outwards by ``width_px``; pixels beyond its bounding box do not count."""


@dataclass(frozen=True)
class _Shapes:
    """Edges and corners, first all edges. Each has a value at any pixel, ``max(line * line + slip * circle, circle)``.

    ``line`` is the distance to an edge's line, and 0 for a corner. ``circle`` is the distance squared to a corner; for
    an edge it is below 0 within the circle about the edge, from where it is seen under an obtuse angle, and far beyond
    1 outside. Distances are shares of the border's width.
    """

    owner: Numbers
    """``[K]`` number of the border."""
    low: Floats
    """``[K, 2]`` least x and y in reach."""
    high: Floats
    """``[K, 2]`` largest."""
    centre: Floats
    """``[K, 2]`` of the circle; the line goes through it."""
    normal: Floats
    """``[K, 2]`` growth of ``line`` with x and y."""
    weight: Floats
    """``[K, 1]`` growth of ``circle`` with the square of the distance from the centre."""
    radius_squared: Floats
    """``[K, 1]``"""
    slip: Floats
    """``[K, 1]`` what PaddleOCR's rounding of an edge's length does to the square of the distance to its line."""


def squared_nearness(borders: Sequence[Border], image_hw: tuple[int, int]) -> NDArray[np.float32]:
    """Square of each pixel's distance to the nearest outline, as a share of that border's width; 1 at most.

    The distance to an edge is PaddleOCR's: to the edge's line where the edge is seen under an obtuse angle, else to its
    nearer end. PaddleOCR gets it from the law of cosines with the edge's length in float32, and where that makes the
    square negative, the pixel does not count as near that outline.

    Shape:
        out ``[H, W]``
    """
    nearest = np.ones(image_hw, dtype=np.float32)
    if not borders:
        return nearest
    start = np.maximum([border.outer.min(axis=0) for border in borders], 0)
    stop = np.minimum([border.outer.max(axis=0) + 1 for border in borders], image_hw[::-1])
    shapes = _shapes(borders)
    shape, tile = _pairs(shapes, start, stop)
    if not len(shape):
        return nearest
    owner = shapes.owner[shape]
    order, counts = _in_chunks(owner, tile)
    shape, tile, owner = shape[order], tile[order], owner[order]
    corner = start[owner] + tile * _TILE_WH
    boxes = np.concatenate([corner, np.minimum(corner + _TILE_WH, stop[owner])], axis=1)
    _merge(nearest, _terms(shapes, shape, corner), counts, boxes)
    return nearest


def _shapes(borders: Sequence[Border]) -> _Shapes:
    counts = [len(border.polygon) for border in borders]
    owner = np.repeat(np.arange(len(borders)), counts)
    origin = np.array([border.outer.min(axis=0) for border in borders])[owner]
    reach = np.array([border.width_px for border in borders])[owner, None]
    after = np.arange(len(owner)) + 1
    after[np.cumsum(counts) - 1] -= counts
    local = (np.concatenate([border.polygon for border in borders]) - origin).astype(np.float32)  # as PaddleOCR does,
    rounded = (
        np.square(local - local[after]).sum(axis=1, keepdims=True, dtype=np.float32).astype(np.float64)
    )  # here, too
    start = local + origin.astype(np.float64)
    end = start[after]
    along = end - start
    squared = np.square(along).sum(axis=1, keepdims=True)
    no_edge = squared == 0  # a corner given twice
    across = np.stack([along[:, 1], -along[:, 0]], axis=1)
    slip = (rounded - squared) / np.where(no_edge, np.inf, rounded * np.square(reach) * _FAR)
    nothing = np.zeros_like(squared)
    return _Shapes(
        owner=np.tile(owner, 2),
        low=np.concatenate([np.minimum(start, end) - reach, start - reach]),
        high=np.concatenate([np.maximum(start, end) + reach, start + reach]),
        centre=np.concatenate([(start + end) / 2, start]),
        normal=np.concatenate([across / np.where(no_edge, np.inf, np.sqrt(squared) * reach), np.zeros_like(across)]),
        weight=np.concatenate([np.full_like(squared, _FAR), 1 / np.square(reach)]),
        radius_squared=np.concatenate([squared / 4, nothing]),
        slip=np.concatenate([slip, nothing]),
    )


def _pairs(shapes: _Shapes, start: Numbers, stop: Numbers) -> tuple[Numbers, Numbers]:
    """Number of the edge or corner, and column and row of the tile, for all that are in reach of each other.

    Args:
        start, stop: corners of the part of the page that is cut into a border's tiles, ``[B, 2]``.

    Shape:
        out ``[N]``, ``[N, 2]``
    """
    start, stop = start[shapes.owner], stop[shapes.owner]
    low = (np.ceil(np.maximum(shapes.low, start)).astype(np.int64) - start) // _TILE_WH
    high = (np.floor(np.minimum(shapes.high, stop - 1)).astype(np.int64) - start) // _TILE_WH
    across, down = np.maximum(high - low + 1, 0).T
    counts = across * down
    shape = np.repeat(np.arange(len(counts)), counts)
    place = np.arange(len(shape)) - np.repeat(np.cumsum(counts) - counts, counts)
    tile = low[shape] + np.stack([place % across[shape], place // across[shape]], axis=1)
    half = (np.array(_TILE_WH) - 1) / 2
    normal = shapes.normal[shape]
    middle = start[shape] + tile * _TILE_WH + half - shapes.centre[shape]
    reached = np.abs((middle * normal).sum(axis=1)) <= 1 + (half * np.abs(normal)).sum(axis=1)
    return shape[reached], tile[reached]


@dataclass(frozen=True)
class _Terms:
    """Factors of `_POWERS` for each pair, counted from the tile's first pixel; see `_Shapes`."""

    line: NDArray[np.float32]
    """``[N, 3]``"""
    circle: NDArray[np.float32]
    """``[N, 4]``"""
    slip: NDArray[np.float32]
    """``[N, 1]``"""

    def values(self, pairs: slice, scratch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Of some pairs.

        Shape:
            out ``[N, T]``, the first of the three ``[N, T]`` of ``scratch``
        """
        value, circle, slipped = scratch
        np.matmul(self.line[pairs], _POWERS[:3], out=value)
        np.matmul(self.circle[pairs], _POWERS, out=circle)
        np.multiply(circle, self.slip[pairs], out=slipped)
        value *= value
        value += slipped
        return np.maximum(value, circle, out=value)


def _terms(shapes: _Shapes, shape: Numbers, corner: Numbers) -> _Terms:
    offset, normal = corner - shapes.centre[shape], shapes.normal[shape]
    line = np.concatenate([(offset * normal).sum(axis=1, keepdims=True), normal], axis=1)
    constant = np.square(offset).sum(axis=1, keepdims=True) - shapes.radius_squared[shape]
    circle = np.concatenate([constant, 2 * offset, np.ones_like(constant)], axis=1) * shapes.weight[shape]
    return _Terms(line.astype(np.float32), circle.astype(np.float32), shapes.slip[shape].astype(np.float32))


def _in_chunks(owner: Numbers, tile: Numbers) -> tuple[Numbers, list[list[int]]]:
    """Order pairs so that all of a tile are in one chunk, where first comes one of each tile, then a second one, ...

    Tiles with many pairs come first, so that the second ones are those of the chunk's first tiles.

    Returns:
        The order ``[N]``, and for each chunk how many first ones it has, how many second ones, ...
    """
    order = np.lexsort((tile[:, 0], tile[:, 1], owner))
    keys = np.concatenate([owner[:, None], tile], axis=1)[order]
    begins = np.flatnonzero(np.diff(keys, axis=0, prepend=-1).any(axis=1))
    sizes = np.diff(begins, append=len(order))
    by_size = np.argsort(-sizes, kind="stable")
    position = np.empty_like(by_size)
    position[by_size] = np.arange(len(by_size))
    chunk = (np.cumsum(sizes[by_size]) // _PAIRS_AT_ONCE)[position]
    rank = np.arange(len(order)) - np.repeat(begins, sizes)
    chunk, position = np.repeat(chunk, sizes), np.repeat(position, sizes)
    counts = np.zeros((chunk.max() + 1, sizes.max()), dtype=np.int64)
    np.add.at(counts, (chunk, rank), 1)
    return order[np.lexsort((position, rank, chunk))], counts.tolist()


def _merge(nearest: NDArray[np.float32], terms: _Terms, counts: list[list[int]], boxes: Numbers) -> None:
    """Lower ``nearest`` to the values of each border's tiles.

    Args:
        counts: see `_in_chunks`.
        boxes: left, top, right, bottom of each pair's tile, which ends where its border does.
    """
    width, height = _TILE_WH
    sizes = [sum(chunk) for chunk in counts]
    scratch = np.empty((3, max(sizes), width * height), dtype=np.float32)
    start = 0
    for (first, *others), size in zip(counts, sizes, strict=True):
        values = terms.values(slice(start, start + size), scratch[:, :size])
        least, done = values[:first], first
        for count in others:
            np.minimum(least[:count], values[done : done + count], out=least[:count])
            done += count
        least[least < _SLIPPED] = 1
        np.maximum(least, 0, out=least)
        tiles = boxes[start : start + first].tolist()
        for (left, top, right, bottom), value in zip(tiles, least.reshape(-1, height, width), strict=True):
            window = nearest[top:bottom, left:right]
            np.minimum(window, value[: bottom - top, : right - left], out=window)
        start += size
