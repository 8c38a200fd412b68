"""A table model as PaddleOCR 3.x runs it. Shapes: C channels, H height, W width, S steps, N classes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from paddock.export.runtime import Runtime

_AROUND = 3
"""Tokens that PaddleOCR puts before and behind a structure: ``<html>``, ``<body>``, ``<table>``, and their ends."""


@dataclass(frozen=True)
class DeployedTable:
    """What PaddleOCR makes of one picture of a table.

    Shape:
        boxes ``[cells, 8]``: x, y of four corners in whole pixels of the picture as given, rounded down
        pixels ``[C, H, W]``: the network's input
        shares ``[S, 8]``, probabilities ``[S, N]``: the network's outputs
    """

    structure: tuple[str, ...]
    """Merged tokens, without those of the document around them."""
    boxes: NDArray[np.float32]
    confidence: float
    """Mean probability of the tokens, 0 for none."""
    pixels: NDArray[np.float32]
    shares: NDArray[np.float32]
    probabilities: NDArray[np.float32]


class TableRecognizer:
    """``TableStructureRecognition`` of paddleocr on a package.

    Raises:
        ExportError: a file is missing, or paddleocr refuses the package.
    """

    def __init__(self, package: Path, model_name: str) -> None:
        self._runtime = Runtime("TableStructureRecognition", package, model_name)
        self._runtime.operator("ResizeTableImage")

    def read(self, pictures: Sequence[Path | NDArray[np.uint8]]) -> list[DeployedTable]:
        """Read pictures, given as files or as BGR arrays, in their order.

        Shape:
            pictures ``[height, width, 3]``
        """
        return [
            DeployedTable(
                structure=tuple(one.result["structure"][_AROUND:-_AROUND]),
                boxes=np.asarray(one.result["bbox"], dtype=np.float32).reshape(-1, 8),
                confidence=float(one.result["structure_score"]),
                pixels=one.pixels,
                shares=one.outputs[0],
                probabilities=one.outputs[1],
            )
            for one in self._runtime.answers(pictures)
        ]
