"""PaddleOCR's transforms for detection: a page in, a new page out. Shapes: H rows, W columns."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from paddock.core.errors import ConfigError
from paddock.data.samples import IGNORED_TEXTS
from paddock.ocr.det.augment import ColorJitter, IaaAugment
from paddock.ocr.det.crop import EastRandomCropData
from paddock.ocr.det.page import Page
from paddock.ocr.det.targets import MakeBorderMap, MakeShrinkMap
from paddock.ocr.transforms import (
    DecodeImage,
    KeepKeys,
    NormalizeImage,
    Pipeline,
    ToCHWImage,
    Transform,
)
from paddock.ocr.transforms import build_pipeline as build_from

STRIDE_PX = 32
"""The network halves a page five times."""


@dataclass(frozen=True)
class DetLabelEncode:
    """Ignore what is labelled ``###`` or ``*``, beside what is ignored already.

    Polygons keep the corners they have; PaddleOCR repeats the last one until all polygons have as many.
    """

    def __call__(self, page: Page, rng: Generator) -> Page:
        ignored = zip(page.texts, page.ignored, strict=True)
        return replace(page, ignored=tuple(was or text in IGNORED_TEXTS for text, was in ignored))


@dataclass(frozen=True)
class DetResizeForTest:
    """Scale a page for the network as paddleocr 3.x does it, so that test and deployment see the same picture.

    Regions stay in pixels of the file's picture, where boxes are scored; its size goes to ``source_size``. Of the
    settings the first that is given counts: ``input_shape``, ``image_shape``, ``limit_side_len``, ``resize_long``;
    without any the shorter side is enlarged to 736.

    Args:
        input_shape: channels, height and width of the result.
        image_shape: height and width of the result; with ``keep_ratio`` the width follows from the aspect.
        limit_side_len: pixels that the longer side is reduced to (``limit_type`` max), the shorter side is enlarged to
            (min), or the longer side is scaled to (resize_long).
        resize_long: pixels that the longer side is scaled to; both sides are then multiples of 128.
        max_side_limit: pixels that no side exceeds, for ``limit_side_len``.

    Raises:
        ConfigError: a setting is out of range or unknown.
    """

    image_shape: Sequence[int] | None = None
    keep_ratio: bool = False
    limit_side_len: int | None = None
    limit_type: str = "min"
    resize_long: int | None = None
    max_side_limit: int = 4000
    input_shape: Sequence[int] | None = None

    def __post_init__(self) -> None:
        for name, sides in (("image_shape", self.image_shape), ("input_shape", (self.input_shape or (3,))[1:])):
            if sides and (len(sides) != 2 or any(side < 1 or side % STRIDE_PX for side in sides)):
                raise ConfigError(f"DetResizeForTest.{name}: height and width must be two multiples of {STRIDE_PX}.")
        if self.limit_type not in ("min", "max", "resize_long"):
            raise ConfigError(
                f"DetResizeForTest.limit_type is {self.limit_type!r}. Choose one of ['max', 'min', 'resize_long']."
            )
        for name in ("limit_side_len", "resize_long", "max_side_limit"):
            value = getattr(self, name)
            if value is not None and value < STRIDE_PX:
                raise ConfigError(f"DetResizeForTest.{name} is {value}: it must be {STRIDE_PX} or more.")

    def __call__(self, page: Page, rng: Generator) -> Page:
        height, width = page.pixels.shape[:2]
        padded = _padded(page.pixels)
        rows, columns = self.size((height, width))
        resized = padded if padded.shape[:2] == (rows, columns) else cv2.resize(padded, (columns, rows))
        return replace(page, bgr=resized, source_size=(height, width))

    def size(self, image_hw: tuple[int, int]) -> tuple[int, int]:
        """Height and width of the network's input for a picture of ``image_hw``."""
        height, width = _padded_hw(image_hw)
        if self.input_shape is not None:
            return int(self.input_shape[1]), int(self.input_shape[2])
        if self.image_shape is not None:
            rows, columns = self.image_shape
            if self.keep_ratio:
                columns = math.ceil(width * rows / height / STRIDE_PX) * STRIDE_PX
            return int(rows), int(columns)
        if self.limit_side_len is None and self.resize_long is not None:
            ratio = self.resize_long / max(height, width)
            return _up_to_multiple(int(height * ratio), 128), _up_to_multiple(int(width * ratio), 128)
        return self._limited(height, width)

    def _limited(self, height: int, width: int) -> tuple[int, int]:
        limit, kind = (736, "min") if self.limit_side_len is None else (self.limit_side_len, self.limit_type)
        side = min(height, width) if kind == "min" else max(height, width)
        fits = side >= limit if kind == "min" else side <= limit
        ratio = 1.0 if fits and kind != "resize_long" else limit / side
        rows, columns = int(height * ratio), int(width * ratio)
        if max(rows, columns) > self.max_side_limit:
            ratio = self.max_side_limit / max(rows, columns)
            rows, columns = int(rows * ratio), int(columns * ratio)
        return _to_multiple(rows), _to_multiple(columns)


def _padded_hw(image_hw: tuple[int, int]) -> tuple[int, int]:
    """A tiny picture is padded to the least that the network takes."""
    height, width = image_hw
    return (max(STRIDE_PX, height), max(STRIDE_PX, width)) if height + width < 2 * STRIDE_PX else image_hw


def _padded(bgr: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = bgr.shape[:2]
    rows, columns = _padded_hw((height, width))
    if (rows, columns) == (height, width):
        return bgr
    return np.pad(bgr, ((0, rows - height), (0, columns - width), (0, 0)))


def _to_multiple(side: int) -> int:
    return max(round(side / STRIDE_PX) * STRIDE_PX, STRIDE_PX)


def _up_to_multiple(side: int, step: int) -> int:
    return -(-side // step) * step


TRANSFORMS: dict[str, Callable[..., Transform[Page]]] = {
    "DecodeImage": DecodeImage,
    "DetLabelEncode": DetLabelEncode,
    "IaaAugment": IaaAugment,
    "EastRandomCropData": EastRandomCropData,
    "ColorJitter": ColorJitter,
    "MakeBorderMap": MakeBorderMap,
    "MakeShrinkMap": MakeShrinkMap,
    "DetResizeForTest": DetResizeForTest,
    "NormalizeImage": NormalizeImage,
    "ToCHWImage": ToCHWImage,
    "KeepKeys": KeepKeys,
}


def build_pipeline(transforms: Sequence[Mapping[str, Any]]) -> Pipeline[Page]:
    """The transforms that a PaddleOCR ``transforms`` list names, in its order.

    Raises:
        ConfigError: a transform or one of its settings is unknown.
    """
    return build_from(TRANSFORMS, transforms)
