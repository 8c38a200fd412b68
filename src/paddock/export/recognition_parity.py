"""Is the exported model the trained one? Both read the same pictures. Shapes: B batch, T steps, N classes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from paddle import nn

from paddock.core.errors import ExportError
from paddock.export.differences import Difference, Differences, input_difference, outputs_of
from paddock.export.recognizer import DeployedLine
from paddock.ocr.rec.decode import CTCLabelDecode
from paddock.ocr.rec.line import TextLine
from paddock.ocr.rec.metric import strict_scores


@dataclass(frozen=True)
class RecognitionParity:
    """How far a deployed recogniser is from the trained network, over all compared pictures."""

    differences: Differences
    max_confidence_difference: float
    """Of one reading's confidence."""
    num_texts_differ: int
    """Readings with another text; within the tolerance, only a near tie can do that."""
    exact_trained: float
    exact_deployed: float
    """Strict exact match of both with the labels."""

    def metrics(self) -> dict[str, float]:
        """Values for metrics files and the tracking store."""
        return {
            **self.differences.metrics(),
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
    difference: Difference


def compare(
    network: nn.Layer, decode: CTCLabelDecode, lines: Sequence[TextLine], deployed: Sequence[DeployedLine]
) -> RecognitionParity:
    """Hold what PaddleOCR made of each picture against what the trained network makes of it.

    Args:
        network: in evaluation mode.
        lines: one at least, with ``tensor`` filled in by the transforms of validation.
        deployed: PaddleOCR's result for the file of each line.

    Raises:
        ExportError: PaddleOCR prepared a picture to another shape, or decodes its own probabilities to another text.
    """
    pairs = [_pair(network, decode, line, theirs) for line, theirs in zip(lines, deployed, strict=True)]
    return RecognitionParity(
        differences=Differences.over([pair.difference for pair in pairs]),
        max_confidence_difference=max(abs(pair.confidence - pair.deployed.confidence) for pair in pairs),
        num_texts_differ=sum(pair.text != pair.deployed.text for pair in pairs),
        exact_trained=strict_scores([(pair.text, pair.line.text) for pair in pairs])["exact"],
        exact_deployed=strict_scores([(pair.deployed.text, pair.line.text) for pair in pairs])["exact"],
    )


def gate(parity: RecognitionParity, tolerance: float) -> None:
    """Refuse an export that reads differently from the trained model.

    Args:
        tolerance: largest allowed difference of a probability (``export.tolerance``).

    Raises:
        ExportError: a probability differs by more, or is not a number.
    """
    found = parity.differences
    if not found.max_output <= tolerance:  # written so that NaN fails
        raise ExportError(
            f"the exported model differs from the trained one by {found.max_output:.2e} in a probability of "
            f"{found.worst.name}, above export.tolerance={tolerance:g} (input differs by "
            f"{found.max_input:.2e}, exact match is {parity.exact_trained:.4f} trained and "
            f"{parity.exact_deployed:.4f} exported, over {found.num_samples} pictures). Nothing was exported or "
            "registered. Raise export.tolerance only if the difference is rounding."
        )


def _pair(network: nn.Layer, decode: CTCLabelDecode, line: TextLine, theirs: DeployedLine) -> _Pair:
    if line.tensor is None:
        raise ValueError(f"{line.image} has no tensor: put RecResizeImg into the transforms.")
    of_input = input_difference(line.image, line.tensor, theirs.pixels, "RecResizeImg.image_shape")
    ours = outputs_of(network, line.tensor)[0]
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
        difference=Difference(line.image, of_input, float(np.abs(ours - theirs.probabilities).max())),
    )
