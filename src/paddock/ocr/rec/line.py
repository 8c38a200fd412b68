"""One text line on its way from a label file to the network."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class TextLine:
    """A labelled picture; each transform returns a new one with more of it filled in."""

    image: Path
    text: str
    origin: str
    """Where the label stands, as ``file:line``."""
    bgr: NDArray[np.uint8] | None = None
    """``[H, W, 3]``, after DecodeImage."""
    tensor: NDArray[np.float32] | None = None
    """``[3, 32, W]``, normalised, after RecResizeImg."""
    label: tuple[int, ...] = ()
    """Class numbers, after CTCLabelEncode."""
    share: float = 1.0
    """How much of its label file an epoch takes."""

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """The decoded picture; a ValueError before DecodeImage."""
        if self.bgr is None:
            raise ValueError(f"{self.image} is not decoded yet: put DecodeImage first in the transforms.")
        return self.bgr

    def with_pixels(self, bgr: NDArray[np.uint8]) -> "TextLine":
        """The same sample showing another picture."""
        return replace(self, bgr=bgr)
