"""From class probabilities and boxes to a table, as paddleocr 3.x decodes a model called SLANet."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paddock.ocr.table.tokens import EOS, SOS, TableClasses


@dataclass(frozen=True)
class TableReading:
    """What a network says of a picture."""

    structure: tuple[str, ...]
    boxes: NDArray[np.float32]
    """``[cells, 8]`` in pixels of the file's picture, in the order in which ``structure`` opens the cells."""
    confidence: float
    """Mean probability of the tokens, 0 for none."""


@dataclass(frozen=True)
class TableLabelDecode:
    """The likeliest token of each step up to the end; tokens that open a cell come with the box of their step."""

    classes: TableClasses

    def __call__(
        self, boxes: NDArray[np.float32], probabilities: NDArray[np.float32], sizes: Sequence[tuple[int, int]]
    ) -> list[TableReading]:
        """Read a batch.

        Args:
            sizes: height and width in pixels of each file's picture.

        Shape:
            boxes ``[B, S, 8]``, probabilities ``[B, S, N]``
        """
        best, certainty = probabilities.argmax(axis=2), probabilities.max(axis=2)
        return [
            self._reading(numbers, values, places, size)
            for numbers, values, places, size in zip(best, certainty, boxes, sizes, strict=True)
        ]

    def _reading(
        self,
        numbers: NDArray[np.int64],
        certainty: NDArray[np.float32],
        boxes: NDArray[np.float32],
        size: tuple[int, int],
    ) -> TableReading:
        start, end = self.classes.characters.index(SOS), self.classes.characters.index(EOS)
        ends = np.flatnonzero(numbers[1:] == end)  # an end at the very first step is passed over, as paddleocr does
        length = ends[0] + 1 if ends.size else len(numbers)
        kept = np.flatnonzero((numbers[:length] != start) & (numbers[:length] != end))
        cells = [step for step in kept if numbers[step] in self.classes.cell_numbers]
        height, width = size
        return TableReading(
            tuple(self.classes.characters[number] for number in numbers[kept]),
            boxes[cells] * np.array([width, height] * 4, np.float32),
            float(certainty[kept].mean()) if kept.size else 0.0,
        )
