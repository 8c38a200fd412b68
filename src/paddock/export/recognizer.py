"""A recogniser as PaddleOCR 3.x runs it. Shapes: C channels, H height, W width, T steps, N classes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from paddock.export.runtime import Runtime


@dataclass(frozen=True)
class DeployedLine:
    """What PaddleOCR read in one picture.

    Shape:
        pixels ``[C, H, W]``: the network's input
        probabilities ``[T, N]``: the network's output
    """

    text: str
    confidence: float
    pixels: NDArray[np.float32]
    probabilities: NDArray[np.float32]


class Recognizer:
    """``TextRecognition`` of paddleocr on a package.

    Raises:
        ExportError: a file is missing, or paddleocr refuses the package.
    """

    def __init__(self, package: Path, model_name: str) -> None:
        self._runtime = Runtime("TextRecognition", package, model_name)
        channels, height, width = self._runtime.operator("RecResizeImg")["image_shape"]
        self.image_shape = (int(channels), int(height), int(width))
        """``(C, H, W)`` that pictures are prepared to; wider ones stay wider than W."""

    def read(self, pictures: Sequence[Path | NDArray[np.uint8]], batch_size: int = 1) -> list[DeployedLine]:
        """Read pictures, given as files or as BGR arrays, in their order.

        A batch is padded to its widest picture, which changes what an LSTM makes of the others: with a
        ``batch_size`` above 1 (PaddleOCR's default) a picture's reading depends on its neighbours.

        Shape:
            pictures ``[height, width, 3]``
        """
        return [
            DeployedLine(str(one.result["rec_text"]), float(one.result["rec_score"]), one.pixels, one.outputs[0])
            for one in self._runtime.answers(pictures, batch_size)
        ]
