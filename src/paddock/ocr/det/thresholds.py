"""Which settings of DB's post-processing find most on the validation split; no training is needed for that."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from paddock.ocr.det.decode import Box, DBPostProcess
from paddock.ocr.det.metric import DetMetric, scores
from paddock.ocr.det.page import Page
from paddock.ocr.task import Prediction

THRESH = (0.2, 0.3, 0.4, 0.5)
BOX_THRESH = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
UNCLIP_RATIO = (1.2, 1.5, 1.8, 2.1)
"""What is tried, beside the values of the config."""


@dataclass(frozen=True)
class Setting:
    """One triple and what it is worth on the validation split."""

    thresh: float
    box_thresh: float
    unclip_ratio: float
    precision: float
    recall: float
    hmean: float


@dataclass(frozen=True)
class Candidates:
    """All boxes that count and that one ``thresh`` and one ``unclip_ratio`` give, the surest first."""

    scores: NDArray[np.float64]
    is_text: NDArray[np.bool_]
    """Whether a box matches a labelled one."""
    num_labels: int

    def at(self, box_thresh: float) -> dict[str, float]:
        """Precision, recall and hmean of the boxes that are at least so sure."""
        kept = self.scores >= box_thresh
        return scores(int(self.is_text[kept].sum()), self.num_labels, int(kept.sum()))


@dataclass(frozen=True)
class Sweep:
    """Every triple that was tried."""

    best: DBPostProcess
    settings: Sequence[Setting]
    """The best first; among equals the nearest to the config's."""
    candidates: Candidates
    """Of the best ``thresh`` and ``unclip_ratio``: lowering ``box_thresh`` trades precision for recall."""


def sweep(predictions: Iterator[Prediction], base: DBPostProcess, metric: DetMetric) -> Sweep:
    """Try all triples on the same probability maps.

    A box is matched with the labelled ones from the surest to the least sure, so the matches of a higher ``box_thresh``
    are among those of a lower one, and one matching serves them all.
    """
    pairs = list(product(_with(THRESH, base.thresh), _with(UNCLIP_RATIO, base.unclip_ratio)))
    lowest = min(_with(BOX_THRESH, base.box_thresh))
    found: defaultdict[tuple[float, float], list[Candidates]] = defaultdict(list)
    for outputs, batch in predictions:
        for page, probabilities in zip(batch.samples, outputs[0][:, 0] if outputs else (), strict=True):
            for thresh in _with(THRESH, base.thresh):
                spots = replace(base, thresh=thresh).candidates(probabilities)
                for unclip_ratio in _with(UNCLIP_RATIO, base.unclip_ratio):
                    decode = replace(base, unclip_ratio=unclip_ratio, box_thresh=lowest)
                    boxes = decode.boxes(spots, probabilities.shape, page.source_size)
                    found[thresh, unclip_ratio].append(_matched(page, boxes, metric))
        for page, _ in batch.unreadable:
            for pair in pairs:
                found[pair].append(_matched(page, [], metric))
    together = {pair: _joined(found[pair]) for pair in pairs}
    settings = [
        Setting(thresh, box_thresh, unclip_ratio, **together[thresh, unclip_ratio].at(box_thresh))
        for thresh, unclip_ratio in pairs
        for box_thresh in _with(BOX_THRESH, base.box_thresh)
    ]
    settings.sort(key=lambda setting: (-setting.hmean, _distance(setting, base)))
    best = settings[0]
    chosen = replace(base, thresh=best.thresh, box_thresh=best.box_thresh, unclip_ratio=best.unclip_ratio)
    return Sweep(chosen, settings, together[best.thresh, best.unclip_ratio])


def _matched(page: Page, boxes: Sequence[Box], metric: DetMetric) -> Candidates:
    surest = sorted(boxes, key=lambda box: -box.score)
    match = metric.match(page.polygons, page.ignored, [box.points for box in surest])
    matched = {pair.box for pair in match.pairs}
    counted = sorted([*matched, *match.false])
    return Candidates(
        scores=np.array([surest[number].score for number in counted], dtype=np.float64),
        is_text=np.array([number in matched for number in counted], dtype=np.bool_),
        num_labels=match.num_labels,
    )


def _joined(parts: Sequence[Candidates]) -> Candidates:
    return Candidates(
        scores=np.concatenate([part.scores for part in parts]),
        is_text=np.concatenate([part.is_text for part in parts]),
        num_labels=sum(part.num_labels for part in parts),
    )


def _with(values: Sequence[float], own: float) -> list[float]:
    return sorted({*values, own})


def _distance(setting: Setting, base: DBPostProcess) -> float:
    return (
        abs(setting.thresh - base.thresh)
        + abs(setting.box_thresh - base.box_thresh)
        + abs(setting.unclip_ratio - base.unclip_ratio)
    )
