"""Milliseconds a page for DB's targets, plain and as paddock makes them: ``python benchmarks/det_targets.py``.

The plain way is the published one (DB's and PaddleOCR's): for each text, the distance of every pixel of the padded
polygon's bounding box to every edge, in NumPy, float64. Both work on the same page in turn, on one core, whose time for
them is counted; in how many pixels they differ is printed. The page is 720 x 720 with 39 words, drawn by chance or
taken from a PaddleOCR label file with ``--labels FILE``. Medians are compared; the last line is ``ratio: X``, plain
over paddock.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil
import pyclipper
from numpy.typing import NDArray
from shapely.geometry import Polygon as Shape

from paddock.ocr.det.page import Page, Polygon
from paddock.ocr.det.targets import MakeBorderMap, MakeShrinkMap

SIDE_PX, NUM_WORDS = 720, 39
SHRINK_RATIO, THRESH_MIN, THRESH_MAX = 0.4, 0.3, 0.7
TOLERANCE = 1e-4
Maps = dict[str, NDArray[Any]]


def drawn_words(rng: np.random.Generator) -> list[Polygon]:
    """Tilted words of two to ten letters on a grid of three columns."""
    words = []
    for place in range(NUM_WORDS):
        height = rng.uniform(14, 40)
        width = height * rng.uniform(1.2, 5)
        centre = np.array([120 + 240 * (place % 3), 30 + 55 * (place // 3)]) + rng.uniform(-15, 15, 2)
        angle = np.deg2rad(rng.uniform(-10, 10))
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (width / 2, height / 2)
        words.append((corners @ turn.T + centre).astype(np.float32))
    return words


def labelled_words(path: Path) -> list[Polygon]:
    """The first words of a label file that lie within the page, learnt or not."""
    words: list[Polygon] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        for region in json.loads(line.split("\t", 1)[1]):
            points = np.array(region["points"], dtype=np.float32)
            if points.min() >= 0 and points.max() < SIDE_PX:
                words.append(points)
    return words[:NUM_WORDS]


def plain_distance(
    xs: NDArray[np.float64], ys: NDArray[np.float64], start: Polygon, end: Polygon
) -> NDArray[np.float64]:
    """Of each pixel to an edge, by the law of cosines; to the nearer end where the edge is seen at an acute angle."""
    to_start = np.square(xs - start[0]) + np.square(ys - start[1])
    to_end = np.square(xs - end[0]) + np.square(ys - end[1])
    length = np.square(start[0] - end[0]) + np.square(start[1] - end[1])
    cosine = (length - to_start - to_end) / (2 * np.sqrt(to_start * to_end))
    sine = np.nan_to_num(1 - np.square(cosine))
    distance = np.sqrt(to_start * to_end * sine / length)
    distance[cosine < 0] = np.sqrt(np.fmin(to_start, to_end))[cosine < 0]
    return distance


def plain_offset(polygon: Polygon, distance: float) -> list[NDArray[np.int32]]:
    """Outline moved by ``distance``."""
    clipper = pyclipper.PyclipperOffset()
    clipper.AddPath([tuple(corner) for corner in polygon], pyclipper.JT_ROUND, pyclipper.ET_CLOSEDPOLYGON)
    return [np.array(path) for path in clipper.Execute(distance)]


def plain_border(polygon: Polygon, canvas: NDArray[np.float32], mask: NDArray[np.float32]) -> None:
    """One text's part of the threshold map."""
    shape = Shape(polygon)
    border = shape.area * (1 - SHRINK_RATIO**2) / shape.length
    padded = plain_offset(polygon, border)[0]
    cv2.fillPoly(mask, [padded.astype(np.int32)], 1.0)
    left, top = padded.min(axis=0)
    right, bottom = padded.max(axis=0)
    width, height = right - left + 1, bottom - top + 1
    corners = polygon - np.array([left, top], dtype=np.float32)
    xs = np.broadcast_to(np.linspace(0, width - 1, num=width).reshape(1, width), (height, width))
    ys = np.broadcast_to(np.linspace(0, height - 1, num=height).reshape(height, 1), (height, width))
    distances = np.zeros((len(corners), height, width), dtype=np.float32)
    for number in range(len(corners)):
        distance = plain_distance(xs, ys, corners[number], corners[(number + 1) % len(corners)])
        distances[number] = np.clip(distance / border, 0, 1)
    nearest = distances.min(axis=0)
    x0, x1 = (min(max(0, value), canvas.shape[1] - 1) for value in (left, right))
    y0, y1 = (min(max(0, value), canvas.shape[0] - 1) for value in (top, bottom))
    inside = nearest[y0 - top : y1 - bottom + height, x0 - left : x1 - right + width]
    canvas[y0 : y1 + 1, x0 : x1 + 1] = np.fmax(1 - inside, canvas[y0 : y1 + 1, x0 : x1 + 1])


def plain(polygons: list[Polygon]) -> Maps:
    """All four maps of a page."""
    canvas, mask, cores = (np.zeros((SIDE_PX, SIDE_PX), dtype=np.float32) for _ in range(3))
    for polygon in polygons:
        plain_border(polygon, canvas, mask)
    shrink_mask = np.ones((SIDE_PX, SIDE_PX), dtype=np.float32)
    for polygon in polygons:
        clipped = np.clip(polygon, 0, SIDE_PX - 1)
        if min(np.ptp(clipped[:, 0]), np.ptp(clipped[:, 1])) < MakeShrinkMap.min_text_size:
            cv2.fillPoly(shrink_mask, [clipped.astype(np.int32)], 0.0)
            continue
        shape = Shape(clipped)
        for part in plain_offset(clipped, -shape.area * (1 - SHRINK_RATIO**2) / shape.length):
            cv2.fillPoly(cores, [part.astype(np.int32)], 1.0)
    return {
        "threshold_map": canvas * (THRESH_MAX - THRESH_MIN) + THRESH_MIN,
        "threshold_mask": mask,
        "shrink_map": cores,
        "shrink_mask": shrink_mask,
    }


def page_of(polygons: list[Polygon]) -> Page:
    """What paddock's transforms work on."""
    count = len(polygons)
    pixels = np.zeros((SIDE_PX, SIDE_PX, 3), dtype=np.uint8)
    return Page(Path("page.png"), tuple(polygons), ("",) * count, (False,) * count, "benchmark", pixels)


def ours(page: Page) -> Maps:
    """The same through paddock's transforms."""
    rng = np.random.default_rng(0)
    return MakeShrinkMap()(MakeBorderMap()(page, rng), rng).maps


def timed(make: Callable[[], Maps], seconds: list[float]) -> Maps:
    """The maps; the core's time that they took goes to ``seconds``."""
    start = time.thread_time()
    maps = make()
    seconds.append(time.thread_time() - start)
    return maps


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labels", type=Path, help="PaddleOCR's detection label file")
    parser.add_argument("--rounds", type=int, default=30)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    np.seterr(invalid="ignore", divide="ignore")  # where the plain way is undefined, on an edge's line
    words = labelled_words(arguments.labels) if arguments.labels else drawn_words(np.random.default_rng(0))
    page = page_of(words)
    seconds: dict[str, list[float]] = {"plain": [], "paddock": []}
    for _ in range(arguments.rounds):
        expected = timed(lambda: plain(words), seconds["plain"])
        found = timed(lambda: ours(page), seconds["paddock"])
    print(f"load {psutil.getloadavg()[0]:.1f} on {psutil.cpu_count()} cores; {len(words)} words")
    for name, values in expected.items():
        num_other = int((np.abs(values - found[name]) > TOLERANCE).sum())
        print(f"{name:15}{num_other:8} of {values.size} pixels differ")  # by fillPoly of OpenCV before 4.11
    medians = {name: statistics.median(values) * 1e3 for name, values in seconds.items()}
    for name, values in seconds.items():
        print(f"{name:15}{medians[name]:8.2f} ms a page, {min(values) * 1e3:.2f} at best")
    print(f"ratio: {medians['plain'] / medians['paddock']:.2f}")


if __name__ == "__main__":
    main()
