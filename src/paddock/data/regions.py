"""Whether a labelled box can be on its picture. Shapes: P points of x, y."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from paddock.data.crops import crop_size, quad_of
from paddock.data.samples import Points, Problem, Region

_KEPT_AREA = 0.5
"""Share of a box that must lie on the picture for its outer points to be moved to the edge."""
_THIN_PX = 1.0
"""Length of a side, and what two sides span, up to which rounding decides whether a box is one."""
_FARTHEST_PX = 1e6
"""No picture is that large; beyond it products of coordinates lose their meaning."""

Corners = NDArray[np.float64]


def fit_region(
    region: Region, size_wh: tuple[int, int], name: str, origin: str, *, repair: bool = False
) -> tuple[Region, list[Problem]] | Problem:
    """Hold one region against the picture it was drawn on.

    Args:
        size_wh: of the upright picture in pixels.
        name: what a message calls the region.
        repair: put four corners that cross each other in order.

    Returns:
        The region, clockwise and inside the picture, and what was mended: ``clipped``, ``made_clockwise``,
        ``self_crossing``; or the problem ``self_crossing``, ``no_area`` or ``outside_image``.
    """
    corners, mended = np.array(region.points), []
    if np.abs(corners).max() > _FARTHEST_PX:
        return _outside(corners, size_wh, name, origin)
    if crosses_itself(corners):
        untangled = _untangled(corners)
        way = "" if untangled is None else "read with its corners in clockwise order"
        message = f"{name} crosses itself. List its corners clockwise, or draw it again."
        problem = Problem("self_crossing", origin, message, way)
        if untangled is None or not repair:
            return problem
        corners, mended = untangled, [problem]
    area = _area(corners)
    if abs(area) < 1:
        return _without_area(name, origin)
    inside = np.clip(corners, 0, size_wh)
    if abs(_area(inside)) < _KEPT_AREA * abs(area):
        return _outside(corners, size_wh, name, origin)
    if not np.array_equal(inside, corners):
        message = f"{name} reaches over the edge of the picture ({size_wh[0]} x {size_wh[1]} px)."
        mended.append(Problem("clipped", origin, message, "read up to the edge"))
    if area < 0:
        # The first point stays first: it is where the text begins.
        inside = np.roll(inside[::-1], 1, axis=0)
        message = f"{name} runs against the clock: its crop would be a mirror image."
        mended.append(Problem("made_clockwise", origin, message, "read clockwise from the same first corner"))
    if min(crop_size(quad_of(inside.astype(np.float32)))) < 1:
        return _without_area(name, origin)
    points = tuple((x, y) for x, y in inside.tolist())
    return replace(region, points=points), mended


def are_sound(boxes: Sequence[Points], size_wh: tuple[int, int]) -> list[bool]:
    """Which are convex quadrangles on the picture, clockwise and by no means thin, as most are.

    `fit_region` says nothing of them, and need not be asked: all boxes of a page take as long here as one does there.
    """
    sound = [False] * len(boxes)
    four = [place for place, points in enumerate(boxes) if len(points) == 4]
    quads = np.array([boxes[place] for place in four]).reshape(-1, 4, 2)
    is_inside = np.asarray(((quads >= 0) & (quads <= size_wh)).all(axis=(1, 2)))
    quads = np.where(is_inside[:, None, None], quads, 0)  # products of what lies far outside may have no number
    edges = np.roll(quads, -1, axis=1) - quads
    following = np.roll(edges, -1, axis=1)
    turns = edges[..., 0] * following[..., 1] - edges[..., 1] * following[..., 0]  # [N, 4]
    is_thick = (turns > _THIN_PX).all(axis=1) & (np.abs(edges).sum(axis=2) > 2 * _THIN_PX).all(axis=1)
    for place, is_sound in zip(four, is_thick.tolist(), strict=True):
        sound[place] = is_sound
    return sound


def crosses_itself(corners: Corners) -> bool:
    """Whether two sides of a closed polygon cut each other; points that are repeated or touch do not count."""
    starts, ends = corners, np.roll(corners, -1, axis=0)
    # sides_of[i, j]: on which side of edge i the point j lies.
    starts_at = np.sign(_cross(ends - starts, starts[None] - starts[:, None]))
    ends_at = np.roll(starts_at, -1, axis=1)
    separates = starts_at * ends_at < 0
    return bool((separates & separates.T).any())


def _untangled(corners: Corners) -> Corners | None:
    """Four corners in clockwise order from the same first one: the only order in which their sides do not cross.

    None of other numbers of corners, and of corners on one line.
    """
    if len(corners) != 4:
        return None
    x, y = (corners - corners.mean(axis=0)).T
    order = np.argsort(np.arctan2(y, x))
    ordered = corners[np.roll(order, -int(np.nonzero(order == 0)[0][0]))]
    edges = np.roll(ordered, -1, axis=0) - ordered
    turns = edges[:, 0] * np.roll(edges, -1, axis=0)[:, 1] - edges[:, 1] * np.roll(edges, -1, axis=0)[:, 0]
    return ordered if (turns > 0).all() else None


def _cross(edges: Corners, vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cross products of ``edges[i]`` with ``vectors[i, j]``: ``[P, P]``."""
    product: NDArray[np.float64] = edges[:, None, 0] * vectors[..., 1] - edges[:, None, 1] * vectors[..., 0]
    return product


def _area(corners: Corners) -> float:
    """In square pixels; negative where the points run against the clock."""
    x, y = corners[:, 0], corners[:, 1]
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2


def _without_area(name: str, origin: str) -> Problem:
    return Problem("no_area", origin, f"{name} is thinner than a pixel. Delete it, or draw it again.")


def _outside(corners: Corners, size_wh: tuple[int, int], name: str, origin: str) -> Problem:
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    reach = f"{name} reaches from {left:g}, {top:g} to {right:g}, {bottom:g}"
    message = (
        f"{reach} but the picture is {size_wh[0]} x {size_wh[1]} px. Was it resized after labelling? Draw it again."
    )
    return Problem("outside_image", origin, message)
