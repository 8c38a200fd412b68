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

AS_GOOD = 0.005
"""Triples whose hmean is so close to the highest find the same texts, but for chance. Of these the one is taken whose
boxes fit best: any box that covers half of a text has found it, and a recogniser cannot read the other half."""


@dataclass(frozen=True)
class Setting:
    """One triple and what it is worth on the validation split."""

    thresh: float
    box_thresh: float
    unclip_ratio: float
    precision: float
    recall: float
    hmean: float
    iou: float
    """How well boxes fit: intersection over union with the label that each has found, mean of these."""


@dataclass(frozen=True)
class Candidates:
    """All boxes that count and that one ``thresh`` and one ``unclip_ratio`` give, the surest first."""

    scores: NDArray[np.float64]
    ious: NDArray[np.float64]
    """With the label that a box has found; 0 where it has found none."""
    num_labels: int

    @property
    def is_text(self) -> NDArray[np.bool_]:
        """Whether a box has found a label."""
        return self.ious > 0

    def at(self, box_thresh: float) -> dict[str, float]:
        """Precision, recall and hmean of the boxes that are at least so sure."""
        kept = self.scores >= box_thresh
        return scores(int(self.is_text[kept].sum()), self.num_labels, int(kept.sum()))

    def fit(self, box_thresh: float) -> float:
        """See `Setting.iou`; 0 where nothing is found."""
        found = self.ious[(self.scores >= box_thresh) & self.is_text]
        return float(found.mean()) if len(found) else 0.0


@dataclass(frozen=True)
class Sweep:
    """Every triple that was tried."""

    best: DBPostProcess
    settings: Sequence[Setting]
    """The best first, see `AS_GOOD`; among equals the nearest to the config's."""
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
        Setting(thresh, box_thresh, unclip_ratio, **candidates.at(box_thresh), iou=candidates.fit(box_thresh))
        for (thresh, unclip_ratio), candidates in together.items()
        for box_thresh in _with(BOX_THRESH, base.box_thresh)
    ]
    good = max(setting.hmean for setting in settings) - AS_GOOD
    settings.sort(key=lambda setting: _rank(setting, good, base))
    best = settings[0]
    chosen = replace(base, thresh=best.thresh, box_thresh=best.box_thresh, unclip_ratio=best.unclip_ratio)
    return Sweep(chosen, settings, together[best.thresh, best.unclip_ratio])


def _matched(page: Page, boxes: Sequence[Box], metric: DetMetric) -> Candidates:
    surest = sorted(boxes, key=lambda box: -box.score)
    match = metric.match(page.polygons, page.ignored, [box.points for box in surest])
    ious = {pair.box: pair.iou for pair in match.pairs} | dict.fromkeys(match.false, 0.0)
    counted = sorted(ious)
    return Candidates(
        scores=np.array([surest[number].score for number in counted], dtype=np.float64),
        ious=np.array([ious[number] for number in counted], dtype=np.float64),
        num_labels=match.num_labels,
    )


def _joined(parts: Sequence[Candidates]) -> Candidates:
    return Candidates(
        scores=np.concatenate([part.scores for part in parts]),
        ious=np.concatenate([part.ious for part in parts]),
        num_labels=sum(part.num_labels for part in parts),
    )


def _with(values: Sequence[float], own: float) -> list[float]:
    return sorted({*values, own})


def _rank(setting: Setting, good: float, base: DBPostProcess) -> tuple[float, ...]:
    """First those with an hmean of ``good`` or more, by how well they fit, then the others by their hmean."""
    is_good = setting.hmean >= good
    return (not is_good, -round(setting.iou, 3) if is_good else -setting.hmean, _distance(setting, base))


def _distance(setting: Setting, base: DBPostProcess) -> float:
    return (
        abs(setting.thresh - base.thresh)
        + abs(setting.box_thresh - base.box_thresh)
        + abs(setting.unclip_ratio - base.unclip_ratio)
    )
