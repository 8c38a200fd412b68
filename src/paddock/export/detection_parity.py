"""Is the exported detector the trained one? Both look at the same pages. Shapes: H rows, W columns of the input."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import paddle
from numpy.typing import NDArray
from paddle import nn

from paddock.core.errors import ExportError
from paddock.export.detector import DeployedPage
from paddock.ocr.det.decode import DBPostProcess
from paddock.ocr.det.metric import DetMetric, PageMatch
from paddock.ocr.det.page import Page

CLOSE_IOU = 0.95
"""Boxes of both that overlap so much are the same box."""


@dataclass(frozen=True)
class DetectionParity:
    """How far a deployed detector is from the trained network, over all compared pages."""

    num_samples: int
    max_input_difference: float
    """Of one value of the network's input: preparation of the page."""
    max_difference: float
    """Of one probability of the map: preparation and network."""
    num_boxes: int
    """Found by either."""
    same_boxes: float
    """Share of them that both have; see `CLOSE_IOU`."""
    hmean_trained: float
    hmean_deployed: float
    """PaddleOCR's measure of both against the labels."""
    worst: Path
    """The page with the largest difference of a probability."""

    def metrics(self) -> dict[str, float]:
        """Values for metrics files and the tracking store."""
        return {
            "export/num_samples": float(self.num_samples),
            "export/max_difference": self.max_difference,
            "export/max_input_difference": self.max_input_difference,
            "export/num_boxes": float(self.num_boxes),
            "export/same_boxes": self.same_boxes,
            "export/hmean_trained": self.hmean_trained,
            "export/hmean_deployed": self.hmean_deployed,
        }


@dataclass(frozen=True)
class _Pair:
    """One page, seen by both."""

    page: Page
    input_difference: float
    difference: float
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
    differences = [pair.difference for pair in pairs]
    num_boxes = sum(pair.num_boxes for pair in pairs)
    return DetectionParity(
        num_samples=len(pairs),
        max_input_difference=max(pair.input_difference for pair in pairs),
        max_difference=float(np.max(differences)),  # unlike max(), it keeps a NaN wherever it stands
        num_boxes=num_boxes,
        same_boxes=sum(pair.num_same for pair in pairs) / num_boxes if num_boxes else 1.0,
        hmean_trained=metric([pair.trained for pair in pairs])["hmean"],
        hmean_deployed=metric([pair.deployed for pair in pairs])["hmean"],
        worst=pairs[int(np.argmax(differences))].page.image,
    )


def gate(parity: DetectionParity, tolerance: float, min_same_boxes: float) -> None:
    """Refuse an export that finds other texts than the trained model.

    Args:
        tolerance: largest allowed difference of a probability (``export.tolerance``).
        min_same_boxes: share of the boxes that both must have (``export.min_same_boxes``).

    Raises:
        ExportError: a probability differs by more or is not a number, or too many boxes differ.
    """
    if parity.max_difference <= tolerance and parity.same_boxes >= min_same_boxes:
        return  # a NaN is never below the tolerance
    raise ExportError(
        f"the exported model differs from the trained one by {parity.max_difference:.2e} in a probability of "
        f"{parity.worst.name} (export.tolerance={tolerance:g}), of {parity.num_boxes} boxes {parity.same_boxes:.2%} "
        f"are the same (export.min_same_boxes={min_same_boxes:g}); the input differs by "
        f"{parity.max_input_difference:.2e}, hmean is {parity.hmean_trained:.4f} trained and "
        f"{parity.hmean_deployed:.4f} exported, over {parity.num_samples} pages. Nothing was exported or registered. "
        "Loosen the gate only if the difference is rounding."
    )


def _pair(network: nn.Layer, decode: DBPostProcess, metric: DetMetric, page: Page, theirs: DeployedPage) -> _Pair:
    if page.tensor is None:
        raise ValueError(f"{page.image} has no tensor: put ToCHWImage into the transforms.")
    if page.tensor.shape != theirs.pixels.shape:
        raise ExportError(
            f"paddleocr prepares {page.image} as {list(theirs.pixels.shape)}, validation as "
            f"{list(page.tensor.shape)}. DetResizeForTest of Eval must be the one in inference.yml."
        )
    ours = _probabilities(network, page.tensor)
    boxes = [box.points.astype(np.float32) for box in decode(ours, page.source_size)]
    same = DetMetric(iou_constraint=CLOSE_IOU).match(boxes, [False] * len(boxes), theirs.polygons)
    return _Pair(
        page=page,
        input_difference=float(np.abs(page.tensor - theirs.pixels).max()),
        difference=float(np.abs(ours - theirs.probabilities).max()),
        num_boxes=len(boxes) + len(same.false),
        num_same=len(same.pairs),
        trained=metric.match(page.polygons, page.ignored, boxes),
        deployed=metric.match(page.polygons, page.ignored, theirs.polygons),
    )


def _probabilities(network: nn.Layer, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
    with paddle.no_grad():
        return np.asarray(network(paddle.to_tensor(tensor[None])).numpy()[0, 0], dtype=np.float32)
