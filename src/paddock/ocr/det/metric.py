"""Scores of boxes: PaddleOCR's precision, recall and hmean, which boxes they come from, and by size of text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import cv2
import numpy as np
import shapely
from numpy.typing import NDArray

from paddock.ocr.det.polygon import Corners, outlines

SIZE_LIMITS_PX = (8, 16, 32, 64)
"""Where one class of text heights ends and the next begins."""


@dataclass(frozen=True)
class Pair:
    """A label and the box that found it."""

    label: int
    box: int
    iou: float


@dataclass(frozen=True)
class PageMatch:
    """Which of a page's labels were found by which of its boxes; all are named by their number."""

    pairs: tuple[Pair, ...] = ()
    missed: tuple[int, ...] = ()
    """Labels that no box found."""
    false: tuple[int, ...] = ()
    """Boxes that found nothing."""
    on_ignored: tuple[int, ...] = ()
    """Boxes that lie on an ignored label, which is neither right nor wrong."""
    invalid_labels: tuple[int, ...] = ()
    """Labels whose outline crosses itself; PaddleOCR leaves them out."""
    invalid_boxes: tuple[int, ...] = ()

    @property
    def num_labels(self) -> int:
        """That count."""
        return len(self.pairs) + len(self.missed)

    @property
    def num_boxes(self) -> int:
        """That count."""
        return len(self.pairs) + len(self.false)


@dataclass(frozen=True)
class DetMetric:
    """PaddleOCR's DetMetric: the ICDAR 2015 protocol (Karatzas et al. 2015, challenge 4).

    Args:
        main_indicator: the score by which the best checkpoint is chosen.
        iou_constraint: a box finds a label if they share more than this of their union.
        area_precision_constraint: a box lies on an ignored label if more than this share of it does.
    """

    main_indicator: str = "hmean"
    iou_constraint: float = 0.5
    area_precision_constraint: float = 0.5

    def __call__(self, matches: Iterable[PageMatch]) -> dict[str, float]:
        """``precision``, ``recall`` and ``hmean`` over all labels and boxes of all pages."""
        pages = list(matches)
        num_pairs = sum(len(page.pairs) for page in pages)
        return scores(num_pairs, sum(page.num_labels for page in pages), sum(page.num_boxes for page in pages))

    def match(self, labels: Sequence[Corners], ignored: Sequence[bool], boxes: Sequence[Corners]) -> PageMatch:
        """Each label in turn takes the first box that is still free and overlaps enough.

        Shape:
            labels and boxes ``[P, 2]`` each
        """
        label_shapes, box_shapes = outlines(labels), outlines(boxes)
        invalid_labels, invalid_boxes = ~shapely.is_valid(label_shapes), ~shapely.is_valid(box_shapes)
        shared = _shared_areas(label_shapes, box_shapes, ~invalid_labels, ~invalid_boxes)
        box_areas = shapely.area(box_shapes)
        hidden = np.asarray(ignored, dtype=np.bool_)
        covered = (shared > self.area_precision_constraint * box_areas)[hidden].any(axis=0) & ~invalid_boxes
        union = shapely.area(label_shapes)[:, None] + box_areas - shared
        iou = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
        enough = (iou > self.iou_constraint) & ~hidden[:, None] & ~covered
        pairs: dict[int, Pair] = {}
        taken: set[int] = set()
        for label, box in np.argwhere(enough).tolist():
            if label not in pairs and box not in taken:
                pairs[label] = Pair(label, box, float(iou[label, box]))
                taken.add(box)
        missed = ~(hidden | invalid_labels)
        missed[list(pairs)] = False
        false = ~(covered | invalid_boxes)
        false[list(taken)] = False
        return PageMatch(
            tuple(pairs.values()),
            *(_numbers(flags) for flags in (missed, false, covered, invalid_labels, invalid_boxes)),
        )


def scores(num_pairs: float, num_labels: int, num_boxes: int) -> dict[str, float]:
    """``precision``, ``recall`` and their harmonic mean; 0 where there is nothing to divide by."""
    recall = num_pairs / num_labels if num_labels else 0.0
    precision = num_pairs / num_boxes if num_boxes else 0.0
    hmean = 2 * precision * recall / (precision + recall) if num_pairs else 0.0
    return {"precision": precision, "recall": recall, "hmean": hmean}


@dataclass
class SizeScore:
    """What became of texts of one class of heights."""

    num_labels: int = 0
    num_found: int = 0
    num_boxes: int = 0
    num_true: int = 0
    """Boxes that found a label, of whatever height that label is."""

    @property
    def recall(self) -> float:
        """Share of the labels that were found."""
        return self.num_found / self.num_labels if self.num_labels else 0.0

    @property
    def precision(self) -> float:
        """Share of the boxes that found a label."""
        return self.num_true / self.num_boxes if self.num_boxes else 0.0


@dataclass
class SizeScores:
    """Scores by height of text, in pixels of the source picture; pages are added one by one."""

    classes: list[SizeScore] = field(default_factory=lambda: [SizeScore() for _ in range(len(SIZE_LIMITS_PX) + 1)])

    def add(self, match: PageMatch, labels: Sequence[Corners], boxes: Sequence[Corners]) -> None:
        """Count a page's labels by their own height and its boxes by theirs."""
        for pair in match.pairs:
            self._of(labels[pair.label]).num_found += 1
            self._of(boxes[pair.box]).num_true += 1
        for label in (*(pair.label for pair in match.pairs), *match.missed):
            self._of(labels[label]).num_labels += 1
        for box in (*(pair.box for pair in match.pairs), *match.false):
            self._of(boxes[box]).num_boxes += 1

    def by_name(self) -> dict[str, SizeScore]:
        """Class of heights, such as ``8-16``, -> its score."""
        limits = ["0", *map(str, SIZE_LIMITS_PX)]
        names = [f"{low}-{high}" for low, high in pairwise(limits)] + [f"{limits[-1]}-"]
        return dict(zip(names, self.classes, strict=True))

    def _of(self, points: Corners) -> SizeScore:
        return self.classes[int(np.searchsorted(SIZE_LIMITS_PX, height_px(points), side="right"))]


def height_px(points: Corners) -> float:
    """Shorter side of the smallest rectangle about a text."""
    return float(min(cv2.minAreaRect(np.asarray(points, dtype=np.float32))[1]))


def _shared_areas(
    labels: NDArray[np.object_],
    boxes: NDArray[np.object_],
    valid_labels: NDArray[np.bool_],
    valid_boxes: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Area that each label shares with each box, ``[labels, boxes]``; only those whose bounding boxes meet are cut."""
    low_x, low_y, high_x, high_y = shapely.bounds(labels)[:, :, None].transpose(1, 0, 2)
    left, top, right, bottom = shapely.bounds(boxes).T
    meet = (low_x < right) & (left < high_x) & (low_y < bottom) & (top < high_y)
    meet &= valid_labels[:, None] & valid_boxes
    label, box = np.nonzero(meet)
    shared = np.zeros(meet.shape)
    shared[label, box] = shapely.area(shapely.intersection(labels[label], boxes[box]))
    return shared


def _numbers(flags: NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(np.flatnonzero(flags).tolist())
