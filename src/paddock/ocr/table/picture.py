"""One picture of a table on its way from a label file to the network. Shapes: H rows, W columns, L classes."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from paddock.data.tables import TableCell


def _no_boxes() -> NDArray[np.float32]:
    return np.zeros((0, 8), np.float32)


def _no_mask() -> NDArray[np.float32]:
    return np.zeros((0, 1), np.float32)


@dataclass(frozen=True)
class TablePicture:
    """A labelled picture; each transform returns a new one with more of it filled in."""

    image: Path
    structure: tuple[str, ...]
    cells: tuple[TableCell, ...]
    origin: str
    """Where the label stands, as ``file:line``."""
    bgr: NDArray[np.uint8] | None = None
    """``[H, W, 3]``, after DecodeImage."""
    tensor: NDArray[np.float32] | None = None
    """Normalised, after NormalizeImage ``[H, W, 3]``, after ToCHWImage ``[3, H, W]``."""
    source_size: tuple[int, int] = (0, 0)
    """Height and width in pixels of the file's picture, before any resizing."""
    label: tuple[int, ...] = ()
    """Class numbers from start to end, after TableLabelEncode."""
    boxes: NDArray[np.float32] = field(default_factory=_no_boxes)
    """``[L, 8]``; in pixels of the file's picture after TableLabelEncode, shares of its size after TableBoxEncode."""
    box_mask: NDArray[np.float32] = field(default_factory=_no_mask)
    """``[L, 1]``: 1 where there is a box to learn."""
    share: float = 1.0
    """How much of its label file an epoch takes."""

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """The decoded picture; a ValueError before DecodeImage."""
        if self.bgr is None:
            raise ValueError(f"{self.image} is not decoded yet: put DecodeImage first in the transforms.")
        return self.bgr

    @property
    def values(self) -> NDArray[np.float32]:
        """The normalised picture; a ValueError before NormalizeImage."""
        if self.tensor is None:
            raise ValueError(f"{self.image} is not normalised yet: put NormalizeImage first in the transforms.")
        return self.tensor

    def with_pixels(self, bgr: NDArray[np.uint8]) -> "TablePicture":
        """The same sample with the file's picture, decoded."""
        return replace(self, bgr=bgr, source_size=bgr.shape[:2])

    def with_values(self, values: NDArray[np.float32]) -> "TablePicture":
        """The same sample with another normalised picture."""
        return replace(self, tensor=values)
