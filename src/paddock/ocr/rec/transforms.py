"""PaddleOCR's transforms for recognition: a sample in, a new sample out. Shapes: H rows, W columns."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.random import Generator

from paddock.core.errors import ConfigError, DatasetError
from paddock.ocr.rec.augment import RecAug, RecRotate180
from paddock.ocr.rec.charset import CTCClasses
from paddock.ocr.rec.line import TextLine
from paddock.ocr.transforms import DecodeImage, KeepKeys, Pipeline, Transform
from paddock.ocr.transforms import build_pipeline as build_from

MAX_WIDTH_PX = 3200
"""paddleocr 3.x never feeds a recogniser anything wider."""


def input_width(height_px: int, width_px: int, image_shape: Sequence[int]) -> tuple[int, int]:
    """How wide a picture is drawn, and how wide the network's input for it is, in pixels.

    The rule of paddleocr 3.x's deployment, so that training, validation and deployment see the same picture: scale to
    the shape's height, keep the aspect, pad to the shape's width; what is wider stays wider. (PaddleOCR's own
    training squeezes it instead, which is why models there read worse in use than in validation.)
    """
    _, rows, least = image_shape
    ratio = width_px / height_px
    full = min(int(rows * max(least / rows, ratio)), MAX_WIDTH_PX)
    return min(full, math.ceil(rows * ratio)), full


@dataclass(frozen=True)
class CTCLabelEncode:
    """Fill in the class numbers.

    Raises:
        DatasetError: no class number is left, so there is nothing to learn; the preflight finds these first.
    """

    classes: CTCClasses
    max_text_length: int

    def __call__(self, sample: TextLine, rng: Generator) -> TextLine:
        label = self.classes.encode(sample.text, self.max_text_length)
        if label is None:
            raise DatasetError(f"{sample.origin}: label {sample.text!r} cannot be encoded.")
        return replace(sample, label=tuple(label))


@dataclass(frozen=True)
class RecResizeImg:
    """Scale to ``image_shape``'s height, normalise to -1..1, pad the right with 0; see `input_width`."""

    image_shape: Sequence[int]
    padding: bool = True

    def __post_init__(self) -> None:
        if len(self.image_shape) != 3 or self.image_shape[0] != 3 or not self.padding:
            raise ConfigError(
                f"RecResizeImg.image_shape is {list(self.image_shape)}: it must be [3, height, width], with padding."
            )

    def __call__(self, sample: TextLine, rng: Generator) -> TextLine:
        height, width = sample.pixels.shape[:2]
        used, full = input_width(height, width, self.image_shape)
        rows = self.image_shape[1]
        scaled = cv2.resize(sample.pixels, (used, rows)).astype(np.float32).transpose(2, 0, 1) / 255
        tensor = np.zeros((3, rows, full), dtype=np.float32)
        tensor[:, :, :used] = (scaled - 0.5) / 0.5
        return replace(sample, tensor=tensor)


TRANSFORMS: dict[str, Callable[..., Transform[TextLine]]] = {
    "DecodeImage": DecodeImage,
    "RecAug": RecAug,
    "RecRotate180": RecRotate180,
    "CTCLabelEncode": CTCLabelEncode,
    "RecResizeImg": RecResizeImg,
    "KeepKeys": KeepKeys,
}


def build_pipeline(
    transforms: Sequence[Mapping[str, Any]], classes: CTCClasses, max_text_length: int
) -> Pipeline[TextLine]:
    """The transforms that a PaddleOCR ``transforms`` list names, in its order.

    Raises:
        ConfigError: a transform or one of its settings is unknown.
    """
    given = {"CTCLabelEncode": {"classes": classes, "max_text_length": max_text_length}}
    return build_from(TRANSFORMS, transforms, given)


def image_shape(transforms: Sequence[Mapping[str, Any]]) -> tuple[int, int, int]:
    """``(channels, height, width)`` of the network's input.

    Raises:
        ConfigError: the list has no RecResizeImg.
    """
    for entry in transforms:
        if "RecResizeImg" in entry:
            channels, height, width = entry["RecResizeImg"]["image_shape"]
            return channels, height, width
    raise ConfigError("transforms have no RecResizeImg: the network needs a fixed height.")
