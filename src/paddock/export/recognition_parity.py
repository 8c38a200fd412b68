"""Is the exported model the trained one? Both read the same pictures. Shapes: B batch, T steps, N classes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import paddle
from numpy.typing import NDArray
from paddle import nn

from paddock.core.errors import ExportError
from paddock.export.recognizer import DeployedLine
from paddock.ocr.rec.decode import CTCLabelDecode
from paddock.ocr.rec.line import TextLine
from paddock.ocr.rec.metric import strict_scores


@dataclass(frozen=True)
class Parity:
    """How far a deployed recogniser is from the trained network, over all compared pictures."""

    num_samples: int
    max_input_difference: float
    """Of one value of the network's input, which lies in -1..1: preparation of the picture."""
    max_difference: float
    """Of one probability: preparation and network."""
    max_confidence_difference: float
    """Of one reading's confidence."""
    num_texts_differ: int
    """Readings with another text; within the tolerance, only a near tie can do that."""
    exact_trained: float
    exact_deployed: float
    """Strict exact match of both with the labels."""
    worst: Path
    """The picture with the largest difference of a probability."""

    def metrics(self) -> dict[str, float]:
        """Values for metrics files and the tracking store."""
        return {
            "export/num_samples": float(self.num_samples),
            "export/max_difference": self.max_difference,
            "export/max_input_difference": self.max_input_difference,
            "export/max_confidence_difference": self.max_confidence_difference,
            "export/num_texts_differ": float(self.num_texts_differ),
            "export/exact_trained": self.exact_trained,
            "export/exact_deployed": self.exact_deployed,
        }


@dataclass(frozen=True)
class _Pair:
    """One picture, read by both."""

    line: TextLine
    text: str
    confidence: float
    deployed: DeployedLine
    input_difference: float
    difference: float


def compare(
    network: nn.Layer, decode: CTCLabelDecode, lines: Sequence[TextLine], deployed: Sequence[DeployedLine]
) -> Parity:
    """Hold what PaddleOCR made of each picture against what the trained network makes of it.

    Args:
        network: in evaluation mode.
        lines: one at least, with ``tensor`` filled in by the transforms of validation.
        deployed: PaddleOCR's result for the file of each line.

    Raises:
        ExportError: PaddleOCR prepared a picture to another shape, or decodes its own probabilities to another text.
    """
    pairs = [_pair(network, decode, line, theirs) for line, theirs in zip(lines, deployed, strict=True)]
    differences = [pair.difference for pair in pairs]
    return Parity(
        num_samples=len(pairs),
        max_input_difference=max(pair.input_difference for pair in pairs),
        max_difference=float(np.max(differences)),  # unlike max(), it keeps a NaN wherever it stands
        max_confidence_difference=max(abs(pair.confidence - pair.deployed.confidence) for pair in pairs),
        num_texts_differ=sum(pair.text != pair.deployed.text for pair in pairs),
        exact_trained=strict_scores([(pair.text, pair.line.text) for pair in pairs])["exact"],
        exact_deployed=strict_scores([(pair.deployed.text, pair.line.text) for pair in pairs])["exact"],
        worst=pairs[int(np.argmax(differences))].line.image,
    )


def gate(parity: Parity, tolerance: float) -> None:
    """Refuse an export that reads differently from the trained model.

    Args:
        tolerance: largest allowed difference of a probability (``export.tolerance``).

    Raises:
        ExportError: a probability differs by more, or is not a number.
    """
    if not parity.max_difference <= tolerance:  # written so that NaN fails
        raise ExportError(
            f"the exported model differs from the trained one by {parity.max_difference:.2e} in a probability of "
            f"{parity.worst.name}, above export.tolerance={tolerance:g} (input differs by "
            f"{parity.max_input_difference:.2e}, exact match is {parity.exact_trained:.4f} trained and "
            f"{parity.exact_deployed:.4f} exported, over {parity.num_samples} pictures). Nothing was exported or "
            "registered. Raise export.tolerance only if the difference is rounding."
        )


def _pair(network: nn.Layer, decode: CTCLabelDecode, line: TextLine, theirs: DeployedLine) -> _Pair:
    if line.tensor is None:
        raise ValueError(f"{line.image} has no tensor: put RecResizeImg into the transforms.")
    if line.tensor.shape != theirs.pixels.shape:
        raise ExportError(
            f"paddleocr prepares {line.image} as {list(theirs.pixels.shape)}, validation as "
            f"{list(line.tensor.shape)}. RecResizeImg.image_shape of Eval must be the one in inference.yml."
        )
    ours = _probabilities(network, line.tensor)
    if ours.shape != theirs.probabilities.shape:
        raise ExportError(
            f"the exported model gives {list(theirs.probabilities.shape)} probabilities for {line.image}, the "
            f"trained one {list(ours.shape)}. Export again from the checkpoint's own config."
        )
    decoded, _ = decode(theirs.probabilities[None])[0]
    if decoded != theirs.text:
        raise ExportError(
            f"paddleocr decodes {line.image} to {theirs.text!r}, the dictionary of the training to {decoded!r}. "
            "The dictionary in inference.yml must be dict.txt, in its order."
        )
    text, confidence = decode(ours[None])[0]
    return _Pair(
        line=line,
        text=text,
        confidence=confidence,
        deployed=theirs,
        input_difference=float(np.abs(line.tensor - theirs.pixels).max()),
        difference=float(np.abs(ours - theirs.probabilities).max()),
    )


def _probabilities(network: nn.Layer, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
    with paddle.no_grad():
        output: Any = network(paddle.to_tensor(tensor[None]))
    return np.asarray(output.numpy()[0], dtype=np.float32)
