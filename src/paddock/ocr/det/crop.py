"""A random part of a page that cuts through no text. Shapes: H rows, W columns."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from paddock.core.errors import ConfigError
from paddock.ocr.det.page import Page

Boxes = NDArray[np.float32]
"""``[N, 4]`` left, top, right, bottom."""


@dataclass(frozen=True)
class EastRandomCropData:
    """Crop between texts, and scale the crop to ``size`` pixels.

    A crop begins and ends where no text that is to be learnt stands above, below or beside it, and holds at least one;
    ignored texts may be cut. After ``max_tries`` the whole page is taken. From EAST (Zhou et al., arXiv:1704.03155), as
    DB and PaddleOCR use it.

    Args:
        size: width and height of the result.
        min_crop_side_ratio: least share of the page's width and of its height.
        keep_ratio: scale both sides alike and fill the right or the bottom with black.
    """

    size: Sequence[int] = (640, 640)
    max_tries: int = 10
    min_crop_side_ratio: float = 0.1
    keep_ratio: bool = True

    def __post_init__(self) -> None:
        if len(self.size) != 2 or min(self.size) < 32 or any(side % 32 for side in self.size):
            raise ConfigError(f"EastRandomCropData.size is {list(self.size)}: both sides must be multiples of 32.")

    def __call__(self, page: Page, rng: Generator) -> Page:
        boxes = _bounds(page)
        left, top, right, bottom = self._part(page, boxes, rng)
        target = np.array(self.size)
        scale = target / (right - left, bottom - top)
        if self.keep_ratio:
            scale = np.full(2, scale.min())
        used = np.maximum((scale * (right - left, bottom - top)).astype(int), 1)
        picture = np.zeros((target[1], target[0], 3), dtype=np.uint8)
        picture[: used[1], : used[0]] = cv2.resize(page.pixels[top:bottom, left:right], used.tolist())
        kept = np.flatnonzero(_meet(boxes, (left, top, right, bottom))).tolist()
        return replace(
            page,
            bgr=picture,
            polygons=tuple(((page.polygons[i] - (left, top)) * scale).astype(np.float32) for i in kept),
            texts=tuple(page.texts[i] for i in kept),
            ignored=tuple(page.ignored[i] for i in kept),
        )

    def _part(self, page: Page, boxes: Boxes, rng: Generator) -> tuple[int, int, int, int]:
        """Left, top, right, bottom in pixels, the last two excluded."""
        height, width = page.pixels.shape[:2]
        whole = (0, 0, width, height)
        learnt = boxes[~np.array(page.ignored, dtype=np.bool_)]
        columns = _free_runs(learnt[:, 0::2], width)
        rows = _free_runs(learnt[:, 1::2], height)
        if not columns or not rows:
            return whole
        for _ in range(self.max_tries):
            left, right = _two_of(columns, rng)
            top, bottom = _two_of(rows, rng)
            least = self.min_crop_side_ratio
            if right - left < max(least * width, 1) or bottom - top < max(least * height, 1):
                continue
            if _meet(learnt, (left, top, right, bottom)).any():
                return left, top, right, bottom
        return whole


def _bounds(page: Page) -> Boxes:
    if not page.polygons:
        return np.zeros((0, 4), dtype=np.float32)
    return np.stack([np.concatenate([polygon.min(axis=0), polygon.max(axis=0)]) for polygon in page.polygons])


def _meet(boxes: Boxes, part: tuple[int, int, int, int]) -> NDArray[np.bool_]:
    """Which boxes reach into ``part``."""
    left, top, right, bottom = part
    return (boxes[:, 0] < right) & (boxes[:, 2] > left) & (boxes[:, 1] < bottom) & (boxes[:, 3] > top)


def _free_runs(spans: Boxes, length: int) -> list[tuple[int, int]]:
    """First and last place of each stretch of 0 to ``length - 1`` that no span covers.

    Shape:
        spans ``[N, 2]``; a span's end is free
    """
    covered = np.zeros(length + 2, dtype=np.bool_)
    covered[[0, -1]] = True
    for start, stop in np.clip(np.round(spans), 0, length).astype(int).tolist():
        covered[start + 1 : stop + 1] = True
    changes = np.flatnonzero(np.diff(covered))
    return [(int(first), int(last) - 1) for first, last in zip(changes[0::2], changes[1::2], strict=True)]


def _two_of(runs: Sequence[tuple[int, int]], rng: Generator) -> tuple[int, int]:
    """A place of one stretch and a place of another, or of the same, in order."""
    low, high = sorted(
        int(rng.integers(first, last + 1))
        for first, last in (runs[number] for number in rng.integers(len(runs), size=2))
    )
    return low, high
