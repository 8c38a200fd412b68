"""Is the exported table model the trained one? Both read the same pictures. Shapes: S steps, N classes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from paddle import nn

from paddock.core.errors import ExportError
from paddock.export.differences import Difference, Differences, input_difference, outputs_of
from paddock.export.table_recognizer import DeployedTable
from paddock.ocr.table.decode import TableLabelDecode, TableReading
from paddock.ocr.table.metric import TableMetric, cell_ious
from paddock.ocr.table.picture import TablePicture

CLOSE_PX = 1.5
"""Corners of both that are nearer in x and in y are the same corner; paddleocr rounds down to whole pixels."""
_MOST_SHOWN = 80
"""Characters of a structure in a message."""


@dataclass(frozen=True)
class TableParity:
    """How far a deployed table model is from the trained network, over all compared pictures."""

    differences: Differences
    """Of probabilities, and of boxes as shares of the picture."""
    num_structures_differ: int
    """Tables with another structure; within the tolerance, only a near tie can do that."""
    num_cells: int
    """Read by both."""
    same_boxes: float
    """Share of them whose boxes lie in the same place of the picture; see `CLOSE_PX`."""
    acc_trained: float
    acc_deployed: float
    """PaddleOCR's measure of both against the labels, as its SLANet_ch.yml has it."""
    iou_trained: float
    iou_deployed: float
    """Mean overlap of both with the labelled boxes, in pixels of the picture; see `cell_ious`."""

    def metrics(self) -> dict[str, float]:
        """Values for metrics files and the tracking store."""
        return {
            **self.differences.metrics(),
            "export/num_structures_differ": float(self.num_structures_differ),
            "export/num_cells": float(self.num_cells),
            "export/same_boxes": self.same_boxes,
            "export/acc_trained": self.acc_trained,
            "export/acc_deployed": self.acc_deployed,
            "export/iou_trained": self.iou_trained,
            "export/iou_deployed": self.iou_deployed,
        }


@dataclass(frozen=True)
class _Pair:
    """One picture, read by both."""

    picture: TablePicture
    trained: TableReading
    deployed: DeployedTable
    difference: Difference
    num_cells: int
    num_same: int


def compare(
    network: nn.Layer, decode: TableLabelDecode, pictures: Sequence[TablePicture], deployed: Sequence[DeployedTable]
) -> TableParity:
    """Hold what PaddleOCR made of each picture against what the trained network makes of it.

    Args:
        network: in evaluation mode.
        pictures: one at least, with ``tensor`` filled in by the transforms of validation.
        deployed: PaddleOCR's result for the file of each picture.

    Raises:
        ExportError: PaddleOCR prepared a picture to another size, the outputs have other shapes, or PaddleOCR decodes
            its own probabilities to another structure.
    """
    pairs = [_pair(network, decode, picture, theirs) for picture, theirs in zip(pictures, deployed, strict=True)]
    num_cells = sum(pair.num_cells for pair in pairs)
    return TableParity(
        differences=Differences.over([pair.difference for pair in pairs]),
        num_structures_differ=sum(pair.trained.structure != pair.deployed.structure for pair in pairs),
        num_cells=num_cells,
        same_boxes=sum(pair.num_same for pair in pairs) / num_cells if num_cells else 1.0,
        acc_trained=_accuracy([(pair.trained.structure, pair.picture) for pair in pairs]),
        acc_deployed=_accuracy([(pair.deployed.structure, pair.picture) for pair in pairs]),
        iou_trained=_mean_iou([(pair.trained.structure, pair.trained.boxes, pair.picture) for pair in pairs]),
        iou_deployed=_mean_iou([(pair.deployed.structure, pair.deployed.boxes, pair.picture) for pair in pairs]),
    )


def gate(parity: TableParity, tolerance: float, min_same_boxes: float) -> None:
    """Refuse an export that reads other tables than the trained model.

    Args:
        tolerance: largest allowed difference of a probability (``export.tolerance``).
        min_same_boxes: share of the cells whose boxes must lie in the same place (``export.min_same_boxes``).

    Raises:
        ExportError: a probability differs by more or is not a number, or too many boxes lie elsewhere.
    """
    found = parity.differences
    if found.max_output <= tolerance and parity.same_boxes >= min_same_boxes:
        return  # a NaN is never below the tolerance
    raise ExportError(
        f"the exported model differs from the trained one by {found.max_output:.2e} in a probability of "
        f"{found.worst.name} (export.tolerance={tolerance:g}), of {parity.num_cells} cells {parity.same_boxes:.2%} lie "
        f"in the same place (export.min_same_boxes={min_same_boxes:g}); the input differs by {found.max_input:.2e}, "
        f"{parity.num_structures_differ} structures differ, cells overlap the labelled ones by "
        f"{parity.iou_trained:.4f} trained and {parity.iou_deployed:.4f} exported, over {found.num_samples} pictures. "
        "Nothing was exported or registered. Loosen the gate only if the difference is rounding."
    )


def _pair(network: nn.Layer, decode: TableLabelDecode, picture: TablePicture, theirs: DeployedTable) -> _Pair:
    of_input = input_difference(picture.image, picture.values, theirs.pixels, "ResizeTableImage and PaddingTableImage")
    shares, probabilities = outputs_of(network, picture.values)
    if probabilities.shape[1:] != theirs.probabilities.shape[1:]:
        raise ExportError(
            f"the exported model has {theirs.probabilities.shape[1]} classes, the trained one "
            f"{probabilities.shape[1]}. Export again from the checkpoint's own config."
        )
    sizes = [picture.source_size]
    (again,) = decode(theirs.shares[None], theirs.probabilities[None], sizes)
    if again.structure != theirs.structure:
        raise ExportError(
            f"paddleocr decodes {picture.image} to {_shown(theirs.structure)}, the dictionary of the training to "
            f"{_shown(again.structure)}. The dictionary in inference.yml must be dict.txt, in its order."
        )
    (trained,) = decode(shares[None], probabilities[None], sizes)
    agreed = _agreed_steps(probabilities, theirs.probabilities)
    (common,) = decode(shares[None, :agreed], probabilities[None, :agreed], sizes)
    distances = np.abs(common.boxes - theirs.boxes[: len(common.boxes)])
    compared = slice(agreed + 1)  # with the step at which they part: the tokens before it are the same
    return _Pair(
        picture=picture,
        trained=trained,
        deployed=theirs,
        difference=Difference(
            picture.image,
            of_input,
            _largest(
                (probabilities[compared], theirs.probabilities[compared]), (shares[compared], theirs.shares[compared])
            ),
        ),
        num_cells=len(common.boxes),
        num_same=int((distances < CLOSE_PX).all(axis=1).sum()),
    )


def _agreed_steps(trained: NDArray[np.float32], deployed: NDArray[np.float32]) -> int:
    """Steps in which both write the same token, up to the first in which they do not."""
    shorter = min(len(trained), len(deployed))
    apart = np.flatnonzero(trained[:shorter].argmax(axis=1) != deployed[:shorter].argmax(axis=1))
    return int(apart[0]) if apart.size else shorter


def _largest(*pairs: tuple[NDArray[np.float32], NDArray[np.float32]]) -> float:
    """Largest difference in the steps that both have taken; NaN where there is one."""
    shorter = min(len(values) for pair in pairs for values in pair)
    return float(np.max([np.abs(trained[:shorter] - deployed[:shorter]).max() for trained, deployed in pairs]))


def _shown(structure: Sequence[str]) -> str:
    text = "".join(structure)
    return repr(text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}...")


def _accuracy(readings: Sequence[tuple[Sequence[str], TablePicture]]) -> float:
    return TableMetric(del_thead_tbody=True)((structure, picture.structure) for structure, picture in readings)["acc"]


def _mean_iou(readings: Sequence[tuple[Sequence[str], NDArray[np.float32], TablePicture]]) -> float:
    """0 where no cell is labelled with a box."""
    found = [cell_ious(structure, boxes, picture.structure, picture.cells) for structure, boxes, picture in readings]
    ious = np.concatenate(found)
    return float(ious.mean()) if ious.size else 0.0
