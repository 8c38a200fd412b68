"""Boxes found on the pages of a split beside those labelled, and what they are worth."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from paddock.data.loader import Batch
from paddock.ocr.det.decode import Box, DBPostProcess
from paddock.ocr.det.metric import DetMetric, PageMatch
from paddock.ocr.det.page import Page, Polygon


@dataclass(frozen=True)
class ScoredPage:
    """One page of an evaluation."""

    image: Path
    origin: str
    labels: tuple[Polygon, ...]
    ignored: tuple[bool, ...]
    found: tuple[Box, ...]
    match: PageMatch
    unreadable: str = ""
    """Why the picture could not be read; such a page counts as one on which nothing was found."""

    @property
    def num_wrong(self) -> int:
        """Boxes missed and boxes found where nothing is labelled."""
        return len(self.match.missed) + len(self.match.false)


@dataclass
class DetScorer:
    """Collects found boxes; see `paddock.ocr.task.Scorer`."""

    decode: DBPostProcess
    metric: DetMetric
    pages: list[ScoredPage] = field(default_factory=list)

    def add(self, outputs: Sequence[NDArray[np.float32]], batch: Batch[Page]) -> None:
        """Take in a batch.

        Shape:
            outputs: one array ``[B, 1, H, W]``, or none where no page could be read
        """
        for page, probabilities in zip(batch.samples, outputs[0][:, 0] if outputs else (), strict=True):
            self._score(page, self.decode(probabilities, page.source_size))
        for page, reason in batch.unreadable:
            self._score(page, [], reason)

    def metrics(self) -> dict[str, float]:
        """PaddleOCR's ``precision``, ``recall`` and ``hmean`` over all boxes of all pages, and what was counted."""
        return {
            **self.metric([page.match for page in self.pages]),
            "n_eval": float(len(self.pages)),
            "n_unreadable": float(sum(bool(page.unreadable) for page in self.pages)),
        }

    def worst(self, count: int) -> list[ScoredPage]:
        """The pages with most wrong boxes first."""
        return sorted(self.pages, key=lambda page: -page.num_wrong)[:count]

    def _score(self, page: Page, found: Sequence[Box], unreadable: str = "") -> None:
        match = self.metric.match(page.polygons, page.ignored, [box.points for box in found])
        self.pages.append(
            ScoredPage(page.image, page.origin, page.polygons, page.ignored, tuple(found), match, unreadable)
        )
