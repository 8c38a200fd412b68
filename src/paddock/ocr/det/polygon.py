"""Geometry of polygons that DB's targets, its boxes and their scores share. Shapes: P points x, y."""

from collections.abc import Sequence

import cv2
import numpy as np
import pyclipper
import shapely
from numpy.typing import NDArray

Corners = NDArray[np.float32] | NDArray[np.int32]
"""``[P, 2]``, P at least 4."""

_ROW_OF_THREE = np.ones((1, 3), dtype=np.uint8)


def offset(polygon: Corners, distance_px: float) -> list[NDArray[np.int32]]:
    """Move the outline outwards, inwards where ``distance_px`` is negative, with round corners (Vatti 1992).

    Corners are cut to whole pixels first, as they are in PaddleOCR.

    Returns:
        The polygons that are left, ``[P, 2]`` each: none where all is shrunk away, several where a waist was cut.
    """
    clipper = pyclipper.PyclipperOffset()
    clipper.AddPath(polygon.astype(np.int64).tolist(), pyclipper.JT_ROUND, pyclipper.ET_CLOSEDPOLYGON)
    return [np.array(path, dtype=np.int32) for path in clipper.Execute(distance_px)]


def clipped(polygons: Sequence[NDArray[np.float32]], image_hw: tuple[int, int]) -> list[NDArray[np.float32]]:
    """Each corner moved to the nearest pixel of the picture if it lies outside."""
    if not polygons:
        return []
    last = np.array([image_hw[1] - 1, image_hw[0] - 1], dtype=np.float32)
    corners = np.clip(np.concatenate(polygons), 0, last)
    return np.split(corners, np.cumsum([len(polygon) for polygon in polygons[:-1]]))


def outlines(polygons: Sequence[Corners]) -> NDArray[np.object_]:
    """The polygons as shapely's, for arithmetic on all of them at once.

    Shape:
        out ``[len(polygons)]``
    """
    if not polygons:
        return np.empty(0, dtype=np.object_)
    owners = np.repeat(np.arange(len(polygons)), [len(polygon) for polygon in polygons])
    corners = np.concatenate(polygons).astype(np.float64)
    return np.asarray(shapely.polygons(shapely.linearrings(corners, indices=owners)))


def filled(image_hw: tuple[int, int], polygons: Sequence[NDArray[np.int32]]) -> NDArray[np.uint8]:
    """1 in the pixels of the polygons, outlines included.

    OpenCV's own fillPoly goes a pixel beyond some slanted outlines before release 4.11 (opencv/opencv#26187).

    Shape:
        polygons ``[P, 2]`` each, which may reach out of the picture; out ``[H, W]``
    """
    covered = np.zeros(image_hw, dtype=np.uint8)
    if polygons:
        for polygon in polygons:
            cv2.fillPoly(covered, [polygon], 1)
        cv2.erode(covered, _ROW_OF_THREE, dst=covered)  # takes what is beyond, and the outline,
        cv2.polylines(covered, polygons, True, 1)  # which is drawn again
    return covered
