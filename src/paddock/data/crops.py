"""Recognition crops as PPOCRLabel cuts them. Shapes: P points of x, y; H rows, W columns of pixels.

PPOCRLabel, PPOCRLabel.py saveRecResult and libs/utils.py get_rotate_crop_image; paddleocr's pipeline cuts the boxes
that it found in the same way, so that training and deployment see the same crops.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from paddock.data.picture import Bgr
from paddock.data.samples import Points

Corners = NDArray[np.float32]
"""``[P, 2]`` in pixels."""

UPRIGHT_ASPECT_RATIO = 1.5
"""Height through width from which a crop is taken for text that runs downwards or was turned."""
_LOOSE_ENDS = (-0.05, 0.35)
_LOOSE_EDGES = (-0.1, 0.1)
"""How far outside a label a detector puts the ends of a text, and its upper and lower edge, in heights of the text:
from the 5th to the 95th percentile of DB on the sample's pages."""


def quad_of(corners: Corners) -> Corners:
    """The four corners to cut along: ``corners`` itself if it is a convex quadrangle, else its minimum-area rectangle.

    The rectangle begins at the corner that lies nearest to where the polygon begins, as PPOCRLabel chooses it.

    Shape:
        in  ``[P, 2]``, P >= 4, clockwise from the text's top left
        out ``[4, 2]``, in the same order
    """
    if len(corners) == 4 and _is_convex(corners):
        return corners
    rectangle = cv2.boxPoints(cv2.minAreaRect(corners))  # clockwise, as y points downwards
    half = len(corners) // 2
    ends = corners[[0, half - 1, half, -1]]
    return min((np.roll(rectangle, -start, axis=0) for start in range(4)), key=lambda quad: _distance(quad, ends))


def crop_size(quad: Corners) -> tuple[int, int]:
    """Width and height in pixels of what lies in ``quad``, before a crop is turned; 0 where thinner than a pixel."""
    top, right, bottom, left = np.linalg.norm(quad - quad[[1, 2, 3, 0]], axis=1)
    return int(max(top, bottom)), int(max(left, right))


def box_sizes(boxes: Sequence[Points]) -> list[tuple[int, int]]:
    """The `crop_size` of each box, of any number of corners."""
    return [size_wh for _, size_wh in sized_quads(boxes)]


def sized_quads(boxes: Sequence[Points]) -> list[tuple[Corners, tuple[int, int]]]:
    """The `quad_of` each box, of any number of corners, and its `crop_size`; ten times faster than one by one."""
    found: list[tuple[Corners, tuple[int, int]] | None] = [None] * len(boxes)
    four = [place for place, points in enumerate(boxes) if len(points) == 4]
    quads = np.array([boxes[place] for place in four], np.float32).reshape(-1, 4, 2)
    edges = np.roll(quads, -1, axis=1) - quads
    following = np.roll(edges, -1, axis=1)
    turns = edges[..., 0] * following[..., 1] > edges[..., 1] * following[..., 0]  # [N, 4]
    convex = np.all(turns, axis=1)
    top, right, bottom, left = np.linalg.norm(quads - np.roll(quads, -1, axis=1), axis=2).T
    flat = zip(np.maximum(top, bottom).tolist(), np.maximum(left, right).tolist(), strict=True)
    for place, quad, is_convex, (width, height) in zip(four, quads, convex.tolist(), flat, strict=True):
        if is_convex:
            found[place] = quad, (int(width), int(height))
    return [entry or _sized(quad_of(np.array(box, np.float32))) for entry, box in zip(found, boxes, strict=True)]


def _sized(quad: Corners) -> tuple[Corners, tuple[int, int]]:
    return quad, crop_size(quad)


def cut(bgr: Bgr, quad: Corners, size_wh: tuple[int, int] | None = None) -> Bgr:
    """What lies in ``quad``, laid flat, and turned by a quarter against the clock where it is high and narrow.

    Args:
        size_wh: the quad's `crop_size`, if it is known.

    Shape:
        bgr ``[H, W, 3]``, quad ``[4, 2]`` with a `crop_size` above 0
    """
    if box := _upright_box(bgr, quad):
        left, top, right, bottom = box
        width, height = right - left, bottom - top
        crop = bgr[top:bottom, left:right]
    else:
        width, height = size_wh or crop_size(quad)
        crop = _flattened(bgr, quad, width, height)
    return np.rot90(crop) if height / width >= UPRIGHT_ASPECT_RATIO else crop


def _upright_box(bgr: Bgr, quad: Corners) -> tuple[int, int, int, int] | None:
    """Left, top, right and bottom of a rectangle of whole pixels, which warping would not change; None of others."""
    (left, top), (right, top_too), (right_too, bottom), (left_too, bottom_too) = quad.tolist()
    if (left, top, right, bottom) != (left_too, top_too, right_too, bottom_too):
        return None
    box = int(left), int(top), int(right), int(bottom)
    is_inside = 0 <= left < right <= bgr.shape[1] and 0 <= top < bottom <= bgr.shape[0]
    return box if is_inside and box == (left, top, right, bottom) else None


def _flattened(bgr: Bgr, quad: Corners, width: int, height: int) -> Bgr:
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    warp = cv2.getPerspectiveTransform(np.ascontiguousarray(quad, np.float32), flat)
    crop = cv2.warpPerspective(bgr, warp, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(crop, np.uint8)


def loosened(quad: Corners, draw: np.random.Generator) -> Corners:
    """``quad`` as a detector might have drawn it: wider at the ends, a little higher or lower, never quite the same.

    Shape:
        in and out ``[4, 2]``
    """
    width, height = crop_size(quad)
    is_upright = height >= UPRIGHT_ASPECT_RATIO * width
    beside, above = (_LOOSE_EDGES, _LOOSE_ENDS) if is_upright else (_LOOSE_ENDS, _LOOSE_EDGES)
    unit = min(width, height) / np.array([width, height])
    left, right = draw.uniform(*beside, 2) * unit[0]
    top, bottom = draw.uniform(*above, 2) * unit[1]
    across = np.array([-left, 1 + right, 1 + right, -left])[:, None]
    down = np.array([-top, -top, 1 + bottom, 1 + bottom])[:, None]
    upper = (1 - across) * quad[0] + across * quad[1]
    lower = (1 - across) * quad[3] + across * quad[2]
    return np.asarray((1 - down) * upper + down * lower, dtype=np.float32)


def _is_convex(quad: Corners) -> bool:
    edges = quad[[1, 2, 3, 0]] - quad
    following = edges[[1, 2, 3, 0]]
    return bool((edges[:, 0] * following[:, 1] > edges[:, 1] * following[:, 0]).all())


def _distance(quad: Corners, ends: Corners) -> float:
    return float(np.linalg.norm(quad - ends, axis=1).sum())
