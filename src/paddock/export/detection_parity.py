"""Is the exported detector the trained one? Both look at the same pages. Shapes: H rows, W columns of the input."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from paddle import nn

from paddock.core.errors import ExportError
from paddock.export.detector import DeployedPage
from paddock.export.differences import Difference, Differences, input_difference, outputs_of
from paddock.ocr.det.decode import DBPostProcess
from paddock.ocr.det.metric import DetMetric, PageMatch
from paddock.ocr.det.page import Page

CLOSE_IOU = 0.95
"""Boxes of both that overlap so much are the same box."""


@dataclass(frozen=True)
class DetectionParity:
    """How far a deployed detector is from the trained network, over all compared pages."""

    differences: Differences
    num_boxes: int
    """Found by either."""
    same_boxes: float
    """Share of them that both have; see `CLOSE_IOU`."""
    hmean_trained: float
    hmean_deployed: float
    """PaddleOCR's measure of both against the labels."""

    def metrics(self) -> dict[str, float]:
        """Values for metrics files and the tracking store."""
        return {
            **self.differences.metrics(),
            "export/num_boxes": float(self.num_boxes),
            "export/same_boxes": self.same_boxes,
            "export/hmean_trained": self.hmean_trained,
            "export/hmean_deployed": self.hmean_deployed,
        }


@dataclass(frozen=True)
class _Pair:
    """One page, seen by both."""

    difference: Difference
    num_boxes: int
    num_same: int
    trained: PageMatch
    deployed: PageMatch


def compare(
    network: nn.Layer, decode: DBPostProcess, metric: DetMetric, pages: Sequence[Page], deployed: Iterable[DeployedPage]
) -> DetectionParity:
    """Hold what PaddleOCR found on each page against what the trained network finds.

    Args:
        network: in evaluation mode.
        pages: one at least, with ``tensor`` filled in by the transforms of validation.
        deployed: PaddleOCR's result for the file of each page, in their order.

    Raises:
        ExportError: PaddleOCR prepared a page to another size.
    """
    pairs = [_pair(network, decode, metric, page, theirs) for page, theirs in zip(pages, deployed, strict=True)]
    num_boxes = sum(pair.num_boxes for pair in pairs)
    return DetectionParity(
        differences=Differences.over([pair.difference for pair in pairs]),
        num_boxes=num_boxes,
        same_boxes=sum(pair.num_same for pair in pairs) / num_boxes if num_boxes else 1.0,
        hmean_trained=metric([pair.trained for pair in pairs])["hmean"],
        hmean_deployed=metric([pair.deployed for pair in pairs])["hmean"],
    )


def gate(parity: DetectionParity, tolerance: float, min_same_boxes: float) -> None:
    """Refuse an export that finds other texts than the trained model.

    Args:
        tolerance: largest allowed difference of a probability (``export.tolerance``).
        min_same_boxes: share of the boxes that both must have (``export.min_same_boxes``).

    Raises:
        ExportError: a probability differs by more or is not a number, or too many boxes differ.
    """
    found = parity.differences
    if found.max_output <= tolerance and parity.same_boxes >= min_same_boxes:
        return  # a NaN is never below the tolerance
    raise ExportError(
        f"the exported model differs from the trained one by {found.max_output:.2e} in a probability of "
        f"{found.worst.name} (export.tolerance={tolerance:g}), of {parity.num_boxes} boxes {parity.same_boxes:.2%} "
        f"are the same (export.min_same_boxes={min_same_boxes:g}); the input differs by "
        f"{found.max_input:.2e}, hmean is {parity.hmean_trained:.4f} trained and "
        f"{parity.hmean_deployed:.4f} exported, over {found.num_samples} pages. Nothing was exported or registered. "
        "Loosen the gate only if the difference is rounding."
    )


def _pair(network: nn.Layer, decode: DBPostProcess, metric: DetMetric, page: Page, theirs: DeployedPage) -> _Pair:
    if page.tensor is None:
        raise ValueError(f"{page.image} has no tensor: put ToCHWImage into the transforms.")
    of_input = input_difference(page.image, page.tensor, theirs.pixels, "DetResizeForTest")
    ours = outputs_of(network, page.tensor)[0][0]
    boxes = [box.points.astype(np.float32) for box in decode(ours, page.source_size)]
    same = DetMetric(iou_constraint=CLOSE_IOU).match(boxes, [False] * len(boxes), theirs.polygons)
    return _Pair(
        difference=Difference(page.image, of_input, float(np.abs(ours - theirs.probabilities).max())),
        num_boxes=len(boxes) + len(same.false),
        num_same=len(same.pairs),
        trained=metric.match(page.polygons, page.ignored, boxes),
        deployed=metric.match(page.polygons, page.ignored, theirs.polygons),
    )
