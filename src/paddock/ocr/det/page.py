"""One page on its way from a label file to the network. Shapes: H rows, W columns of pixels, P points."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Polygon = NDArray[np.float32]
"""``[P, 2]`` corners x, y, clockwise from the text's top left."""


@dataclass(frozen=True)
class Page:
    """A labelled picture; each transform returns a new one with more of it filled in."""

    image: Path
    polygons: tuple[Polygon, ...]
    texts: tuple[str, ...]
    ignored: tuple[bool, ...]
    """Neither learnt nor scored: ``###``, ``*``, and what a transform has made too small."""
    origin: str
    """Where the label stands, as ``file:line``."""
    bgr: NDArray[np.uint8] | None = None
    """``[H, W, 3]``, after DecodeImage."""
    tensor: NDArray[np.float32] | None = None
    """Normalised; after NormalizeImage ``[H, W, 3]``, after ToCHWImage ``[3, H, W]``."""
    source_size: tuple[int, int] = (0, 0)
    """Height and width in pixels of the file's picture, after DetResizeForTest."""
    maps: dict[str, NDArray[Any]] = field(default_factory=dict)
    """``[H, W]`` each: ``threshold_map`` in float32; ``threshold_mask``, ``shrink_map`` and ``shrink_mask``, 0 or 1, in
    uint8, which takes a quarter of the time to hand from process to process."""
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

    def with_pixels(self, bgr: NDArray[np.uint8], polygons: tuple[Polygon, ...] | None = None) -> "Page":
        """The same page showing another picture, on which its regions lie elsewhere if ``polygons`` are given."""
        return replace(self, bgr=bgr, polygons=self.polygons if polygons is None else polygons)

    def with_values(self, values: NDArray[np.float32]) -> "Page":
        """The same page with another tensor."""
        return replace(self, tensor=values)
