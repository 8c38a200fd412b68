"""Boxes that cover nearly the same. Shapes: N boxes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from shapely import Polygon

from paddock.data.samples import Points


def overlaps(boxes: Sequence[Points], above: float) -> list[tuple[int, int, float]]:
    """Every two boxes whose intersection through their union is more than ``above``: the two places, the smaller one
    first, and that share.
    """
    if len(boxes) < 2:
        return []
    found = []
    for first, second in zip(*np.nonzero(_touching(_bounds(boxes))), strict=True):
        share = _share(Polygon(boxes[first]), Polygon(boxes[second]))
        if share > above:
            found.append((int(first), int(second), share))
    return found


def _bounds(boxes: Sequence[Points]) -> NDArray[np.float64]:
    """Left, top, right and bottom of each box: ``[N, 4]``."""
    if len({len(box) for box in boxes}) == 1:
        corners = np.array(boxes)
        return np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)
    sides = [(*zip(*box, strict=True),) for box in boxes]
    return np.array([(min(xs), min(ys), max(xs), max(ys)) for xs, ys in sides])


def _touching(bounds: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which upright rectangles have an area in common: ``[N, N]``, above the diagonal only."""
    low, high = bounds[:, :2], bounds[:, 2:]
    common = np.minimum(high[:, None], high[None]) - np.maximum(low[:, None], low[None])
    return np.triu((common > 0).all(axis=2), k=1)


def _share(first: Polygon, second: Polygon) -> float:
    # Sides that touch each other make a polygon invalid, and GEOS then refuses to cut it.
    one, other = (shape if shape.is_valid else shape.convex_hull for shape in (first, second))
    smaller, larger = sorted((one.area, other.area))
    if smaller <= 0:
        return 0.0
    common = one.intersection(other).area
    return float(common / (smaller + larger - common))
