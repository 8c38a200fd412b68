"""Readings of a split beside their labels, and what they are worth."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from paddock.data.loader import Batch
from paddock.ocr.rec.decode import CTCLabelDecode
from paddock.ocr.rec.line import TextLine
from paddock.ocr.rec.metric import RecMetric, strict_scores


@dataclass(frozen=True)
class ScoredLine:
    """One sample of an evaluation."""

    image: Path
    origin: str
    truth: str
    reading: str
    confidence: float
    """Mean probability of the characters read, 0 to 1."""
    unreadable: str = ""
    """Why the picture could not be read; such a sample counts as read empty."""

    @property
    def exact(self) -> bool:
        """Read letter by letter, case and blanks kept."""
        return self.reading == self.truth and not self.unreadable

    @property
    def edits(self) -> int:
        """Edit distance between reading and truth."""
        return Levenshtein.distance(self.reading, self.truth)


@dataclass
class RecScorer:
    """Collects readings; see `paddock.ocr.task.Scorer`."""

    decode: CTCLabelDecode
    metric: RecMetric
    lines: list[ScoredLine] = field(default_factory=list)

    def add(self, outputs: Sequence[NDArray[np.float32]], batch: Batch[TextLine]) -> None:
        """Take in a batch.

        Shape:
            outputs: one array ``[B, T, N]``, or none where no sample could be read
        """
        readings = self.decode(outputs[0]) if outputs else []
        for line, (text, confidence) in zip(batch.samples, readings, strict=True):
            self.lines.append(ScoredLine(line.image, line.origin, line.text, text, confidence))
        for line, reason in batch.unreadable:
            self.lines.append(ScoredLine(line.image, line.origin, line.text, "", 0.0, reason))

    def pairs(self) -> list[tuple[str, str]]:
        """Reading and truth of every sample."""
        return [(line.reading, line.truth) for line in self.lines]

    def metrics(self) -> dict[str, float]:
        """PaddleOCR's ``acc`` and ``norm_edit_dis``, strict ``exact`` and ``cer``, and what was counted."""
        pairs = self.pairs()
        return {
            **self.metric(pairs),
            **strict_scores(pairs),
            "n_eval": float(len(pairs)),
            "n_unreadable": float(sum(bool(line.unreadable) for line in self.lines)),
        }

    def worst(self, count: int) -> list[ScoredLine]:
        """The worst samples first: most edits a character, then the surest of the wrong ones."""
        return sorted(
            self.lines, key=lambda line: (line.exact, -line.edits / max(len(line.truth), 1), -line.confidence)
        )[:count]
