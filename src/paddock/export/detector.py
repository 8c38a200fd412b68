"""A text detector as PaddleOCR 3.x runs it. Shapes: C channels, H height, W width, P points of a polygon."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from paddock.export.runtime import Runtime


@dataclass(frozen=True)
class DeployedPage:
    """What PaddleOCR found on one page.

    Shape:
        polygons ``[P, 2]`` each, x, y in pixels of the page
        pixels ``[C, H, W]``: the network's input
        probabilities ``[H, W]``: the network's output
    """

    polygons: list[NDArray[np.float32]]
    scores: list[float]
    pixels: NDArray[np.float32]
    probabilities: NDArray[np.float32]


class Detector:
    """``TextDetection`` of paddleocr on a package.

    Raises:
        ExportError: a file is missing, or paddleocr refuses the package.
    """

    def __init__(self, package: Path, model_name: str) -> None:
        self._runtime = Runtime("TextDetection", package, model_name)
        self._runtime.operator("DetResizeForTest")

    def find(self, pictures: Sequence[Path | NDArray[np.uint8]]) -> list[DeployedPage]:
        """Look for text in pictures, given as files or as BGR arrays, in their order.

        Shape:
            pictures ``[height, width, 3]``
        """
        return [
            DeployedPage(
                polygons=[np.asarray(polygon, dtype=np.float32) for polygon in one.result["dt_polys"]],
                scores=[float(score) for score in one.result["dt_scores"]],
                pixels=one.pixels,
                probabilities=one.outputs[0][0],
            )
            for one in self._runtime.answers(pictures)
        ]
