"""Pictures of the worst of each code: small, with the boxes that are meant. Shapes: H rows, W columns, P points."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from paddock.data.page_picture import MISSED, Mark, jpeg, with_boxes
from paddock.data.picture import read_picture
from paddock.data.problem_codes import CODES, Severity
from paddock.data.samples import Points, Problem
from paddock.data.threads import map_in_threads

_TOLD_BY_WORDS = frozenset(
    {"absolute_path", "bad_json", "name_differs", "non_ascii_name", "not_confirmed", "not_rgb", "point_key"}
    | {"repeated_line", "windows_path"}
)
"""Codes of which a picture shows nothing."""
_MOST_PICTURES = {Severity.error: 6, Severity.warning: 6, Severity.note: 3}
_MOST_BOXES = 100
"""Drawn on one picture."""
_SIZE_WH = (360, 220)
_GAP_PX = 8
_CONTEXT = 1.5
"""How far around a box one must see, in heights of the box."""
_LEAST_CONTEXT_PX = 24
_WORTH_A_CUT = 0.7
"""A cut-out that is smaller than this share of the picture is shown instead of the whole."""
_BEYOND = 0.5
"""How far beyond the picture boxes are followed, in sizes of the picture."""
_LARGEST_ZOOM = 4.0
_GROUND = (225, 225, 225)
_QUALITY = 78

Rgb = NDArray[np.uint8]
"""``[H, W, 3]``"""


@dataclass(frozen=True)
class Shown:
    """One picture of the report."""

    jpeg: bytes
    size_wh: tuple[int, int]
    problem: Problem
    """The first of those that it shows."""
    num_problems: int


def worst_pictures(by_code: Mapping[str, Sequence[Problem]]) -> dict[str, list[Shown]]:
    """For each code the pictures that have most problems of it; those that cannot be read are left out."""
    chosen = [
        (code, problems)
        for code, group in by_code.items()
        if code not in _TOLD_BY_WORDS
        for problems in _worst(group, _MOST_PICTURES[CODES[code].severity])
    ]
    shown: defaultdict[str, list[Shown]] = defaultdict(list)
    for (code, _), picture in zip(chosen, map_in_threads(_draw, chosen, "draw pictures"), strict=True):
        shown[code] += [picture] if picture else []
    return dict(shown)


def _worst(problems: Sequence[Problem], most: int) -> list[list[Problem]]:
    """Problems of the pictures that have most of them, one list a picture."""
    groups: defaultdict[tuple[Path, ...], list[Problem]] = defaultdict(list)
    for problem in problems:
        if problem.images:
            groups[problem.images].append(problem)
    return sorted(groups.values(), key=len, reverse=True)[:most]


def _draw(chosen: tuple[str, Sequence[Problem]]) -> Shown | None:
    _, problems = chosen
    boxes = [problem.points for problem in problems if problem.points][:_MOST_BOXES]
    parts = []
    for image in problems[0].images:
        picture = read_picture(image, "")
        if not isinstance(picture, Problem):
            parts.append(_view(np.ascontiguousarray(picture.bgr[:, :, ::-1]), boxes, len(problems[0].images)))
    if not parts:
        return None
    sheet = _side_by_side(parts)
    return Shown(jpeg(sheet, _QUALITY), (sheet.shape[1], sheet.shape[0]), problems[0], len(problems))


def _view(page: Rgb, boxes: Sequence[Points], num_parts: int) -> Rgb:
    """The part of the page that matters, as large as it may be, with outlines."""
    left, top, right, bottom = _window(page, boxes)
    edges = (max(0, -top), max(0, bottom - page.shape[0]), max(0, -left), max(0, right - page.shape[1]))
    padded = cv2.copyMakeBorder(page, *edges, cv2.BORDER_CONSTANT, value=_GROUND)
    cut = padded[top + edges[0] : bottom + edges[0], left + edges[2] : right + edges[2]]
    height, width = cut.shape[:2]
    room = _SIZE_WH[0] // num_parts
    scale = min(room / width, _SIZE_WH[1] / height, _LARGEST_ZOOM)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(cut, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    marks = [Mark(((_corners(box) - (left, top)) * scale).astype(np.float32), MISSED) for box in boxes]
    return with_boxes(small, marks) if marks else np.asarray(small, np.uint8)


def _window(page: Rgb, boxes: Sequence[Points]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what is shown: around the boxes, or the whole page with them."""
    height, width = page.shape[:2]
    if not boxes:
        return 0, 0, width, height
    corners = np.concatenate([_corners(box) for box in boxes])
    reach = np.clip(corners, (-_BEYOND * width, -_BEYOND * height), ((1 + _BEYOND) * width, (1 + _BEYOND) * height))
    (left, top), (right, bottom) = reach.min(axis=0), reach.max(axis=0)
    around = max(_LEAST_CONTEXT_PX, _CONTEXT * min(right - left, bottom - top))
    inner = (max(0, left - around), max(0, top - around), min(width, right + around), min(height, bottom + around))
    is_small = max((inner[2] - inner[0]) / width, (inner[3] - inner[1]) / height) < _WORTH_A_CUT
    cut = inner if is_small and inner[2] > inner[0] and inner[3] > inner[1] else (0, 0, width, height)
    return (
        int(np.floor(min(cut[0], left))),
        int(np.floor(min(cut[1], top))),
        int(np.ceil(max(cut[2], right))),
        int(np.ceil(max(cut[3], bottom))),
    )


def _corners(box: Points) -> NDArray[np.float64]:
    """``[P, 2]``, near enough for whole numbers of 32 bits."""
    return np.clip(np.array(box, np.float64), -1e6, 1e6)


def _side_by_side(parts: Sequence[Rgb]) -> Rgb:
    height = max(part.shape[0] for part in parts)
    columns: list[Rgb] = []
    for part in parts:
        gap = _GAP_PX if columns else 0
        rest = height - part.shape[0]
        columns.append(cv2.copyMakeBorder(part, 0, rest, gap, 0, cv2.BORDER_CONSTANT, value=_GROUND))
    return np.asarray(np.hstack(columns), np.uint8)
