"""PaddleOCR's transforms for tables: a sample in, a new sample out. Shapes: H rows, W columns, L classes of a label.

What happens to the picture follows paddleocr 3.x's deployment to the bit, so that training, validation and deployment
see the same; PaddleOCR's own training rounds sizes down instead of to the nearest pixel.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.random import Generator

from paddock.core.build import build
from paddock.core.errors import ConfigError, DatasetError
from paddock.ocr.image import read_bgr
from paddock.ocr.table.picture import TablePicture
from paddock.ocr.table.tokens import TableClasses

Transform = Callable[[TablePicture, Generator], TablePicture]

BOX_FORMAT, BOX_NUMBERS = "xyxyxyxy", 8
"""Four corners: the only boxes that paddleocr 3.x decodes."""

_DEPLOYED_SCALE = 1 / 255
_FRACTION = re.compile(r"([0-9.]+) */ *([0-9.]+)")


@dataclass(frozen=True)
class DecodeImage:
    """Read the file as BGR; see `read_bgr`.

    Raises:
        DatasetError: the file is missing or is no picture.
        ConfigError: another order of channels is asked for.
    """

    img_mode: str = "BGR"
    channel_first: bool = False

    def __post_init__(self) -> None:
        if self.img_mode != "BGR" or self.channel_first:
            raise ConfigError("DecodeImage: the native engine reads img_mode BGR with channel_first false.")

    def __call__(self, sample: TablePicture, rng: Generator) -> TablePicture:
        bgr = read_bgr(sample.image, sample.origin)
        return replace(sample, bgr=bgr, source_size=bgr.shape[:2])


@dataclass(frozen=True)
class TableLabelEncode:
    """Fill in class numbers, and a box in pixels for each that opens a cell with text.

    Args:
        learn_empty_box: learn for an empty cell that its box is at 0.
        loc_reg_num: numbers of a box.

    Raises:
        ConfigError: a setting that the native engine does not have, or that contradicts ``classes``.
        DatasetError: the structure cannot be encoded, or has another number of cells than the label.
    """

    classes: TableClasses
    max_text_length: int
    learn_empty_box: bool = False
    merge_no_span_structure: bool = False
    replace_empty_cell_token: bool = False
    loc_reg_num: int = 4

    def __post_init__(self) -> None:
        if self.loc_reg_num != BOX_NUMBERS or self.replace_empty_cell_token:
            raise ConfigError(
                f"TableLabelEncode: the native engine learns boxes of loc_reg_num {BOX_NUMBERS}, here "
                f"{self.loc_reg_num}, with replace_empty_cell_token false."
            )
        if self.merge_no_span_structure != self.classes.merge_no_span_structure:
            raise ConfigError(
                f"TableLabelEncode.merge_no_span_structure is {self.merge_no_span_structure}, and PostProcess decodes "
                "otherwise. Give both the same."
            )

    def __call__(self, sample: TablePicture, rng: Generator) -> TablePicture:
        label = self.classes.encode(sample.structure, self.max_text_length)
        if label is None:
            raise DatasetError(
                f"{sample.origin}: the structure of {len(sample.structure)} tokens cannot be encoded. "
                "Run `paddock prepare` again."
            )
        places = [place for place, number in enumerate(label) if number in self.classes.cell_numbers]
        if len(places) != len(sample.cells):
            raise DatasetError(
                f"{sample.origin}: {len(places)} cells in the structure, {len(sample.cells)} with text or box. "
                "Run `paddock prepare` again."
            )
        boxes = np.zeros((len(label), BOX_NUMBERS), np.float32)
        mask = np.zeros((len(label), 1), np.float32)
        for place, cell in zip(places, sample.cells, strict=True):
            if cell.tokens and cell.box is not None:
                boxes[place] = cell.box
                mask[place] = 1
            elif self.learn_empty_box:
                mask[place] = 1
        return replace(sample, label=label, boxes=boxes, box_mask=mask)


@dataclass(frozen=True)
class TableBoxEncode:
    """Divide boxes by the size of the file's picture.

    Not of the padded one that the network sees: paddleocr 3.x multiplies by the size of the picture where a model is
    called ``SLANet``, and by that of the padded one for any other name. (PaddleOCR's 2.x inference divides by the
    resizing ratio besides, and puts boxes in the wrong place; issue 10299.)

    Raises:
        ConfigError: another format of boxes is asked for.
        ValueError: the size is not known yet.
    """

    in_box_format: str = "xyxy"
    out_box_format: str = "xyxy"

    def __post_init__(self) -> None:
        if {self.in_box_format, self.out_box_format} != {BOX_FORMAT}:
            raise ConfigError(f"TableBoxEncode: the native engine has in_box_format and out_box_format {BOX_FORMAT}.")

    def __call__(self, sample: TablePicture, rng: Generator) -> TablePicture:
        height, width = sample.source_size
        if not height:
            raise ValueError(f"{sample.image} is not decoded yet: put DecodeImage first in the transforms.")
        size = np.array([width, height] * 4, np.float32)
        return replace(sample, boxes=np.divide(sample.boxes, size, dtype=np.float32))


@dataclass(frozen=True)
class ResizeTableImage:
    """Scale the longer side to ``max_len`` pixels; boxes are shares and stay what they are.

    Raises:
        ConfigError: ``resize_bboxes`` is set, which would scale shares.
        DatasetError: the shorter side vanishes.
    """

    max_len: int
    resize_bboxes: bool = False
    infer_mode: bool = False

    def __post_init__(self) -> None:
        if self.resize_bboxes or self.infer_mode:
            raise ConfigError("ResizeTableImage: the native engine has resize_bboxes and infer_mode false.")

    def __call__(self, sample: TablePicture, rng: Generator) -> TablePicture:
        height, width = sample.pixels.shape[:2]
        ratio = self.max_len / max(height, width)
        size = round(width * ratio), round(height * ratio)
        if 0 in size:
            raise DatasetError(
                f"{sample.origin}: {sample.image} has {width} x {height} px, too slender for a table. Cut it out again."
            )
        resized = sample.pixels if size == (width, height) else cv2.resize(sample.pixels, size)
        return replace(sample, bgr=resized)


@dataclass(frozen=True)
class NormalizeImage:
    """``(value * scale - mean) / std``, a channel each.

    Raises:
        ConfigError: a setting that deployment does not have.
    """

    mean: Sequence[float] = (0.485, 0.456, 0.406)
    std: Sequence[float] = (0.229, 0.224, 0.225)
    scale: float | str = _DEPLOYED_SCALE
    order: str = "hwc"

    def __post_init__(self) -> None:
        if len(self.mean) != 3 or len(self.std) != 3 or self.order != "hwc":
            raise ConfigError("NormalizeImage: mean and std must hold 3 numbers each, with order hwc.")
        if not np.isclose(_number(self.scale), _DEPLOYED_SCALE):
            raise ConfigError(f"NormalizeImage.scale is {self.scale}: paddleocr 3.x deploys tables with 1./255. only.")

    def __call__(self, sample: TablePicture, rng: Generator) -> TablePicture:
        factor = np.array([_DEPLOYED_SCALE / std for std in self.std], np.float32)
        shift = np.array([-mean / std for mean, std in zip(self.mean, self.std, strict=True)], np.float32)
        return replace(sample, tensor=sample.pixels.astype(np.float32) * factor + shift)


@dataclass(frozen=True)
class PaddingTableImage:
    """Put the picture in the top left corner of a square of zeros.

    Raises:
        ConfigError: ``size`` is no square, as deployment has it, or smaller than a picture.
    """

    size: Sequence[int]

    def __post_init__(self) -> None:
        if len(self.size) != 2 or self.size[0] != self.size[1]:
            raise ConfigError(f"PaddingTableImage.size is {list(self.size)}: it must hold the same number twice.")

    def __call__(self, sample: TablePicture, rng: Generator) -> TablePicture:
        height, width = sample.values.shape[:2]
        if max(height, width) > self.size[0]:
            raise ConfigError(f"PaddingTableImage.size is {list(self.size)}: set it to ResizeTableImage.max_len.")
        padded = np.zeros((*self.size, 3), np.float32)
        padded[:height, :width] = sample.values
        return replace(sample, tensor=padded)


@dataclass(frozen=True)
class ToCHWImage:
    """Channels first."""

    def __call__(self, sample: TablePicture, rng: Generator) -> TablePicture:
        return replace(sample, tensor=np.ascontiguousarray(sample.values.transpose(2, 0, 1)))


@dataclass(frozen=True)
class KeepKeys:
    """PaddleOCR's choice of what the loader returns; the native loader always returns the whole sample."""

    keep_keys: Sequence[str]

    def __call__(self, sample: TablePicture, rng: Generator) -> TablePicture:
        return sample


TRANSFORMS: dict[str, Callable[..., Transform]] = {
    "DecodeImage": DecodeImage,
    "TableLabelEncode": TableLabelEncode,
    "TableBoxEncode": TableBoxEncode,
    "ResizeTableImage": ResizeTableImage,
    "NormalizeImage": NormalizeImage,
    "PaddingTableImage": PaddingTableImage,
    "ToCHWImage": ToCHWImage,
    "KeepKeys": KeepKeys,
}


@dataclass(frozen=True)
class Pipeline:
    """Transforms one after the other."""

    steps: tuple[Transform, ...]

    def __call__(self, sample: TablePicture, rng: Generator) -> TablePicture:
        for step in self.steps:
            sample = step(sample, rng)
        return sample


def build_pipeline(transforms: Sequence[Mapping[str, Any]], classes: TableClasses) -> Pipeline:
    """The transforms that a PaddleOCR ``transforms`` list names, in its order.

    Raises:
        ConfigError: a transform or one of its settings is unknown.
    """
    steps = []
    for entry in transforms:
        (name, settings), *rest = entry.items()
        if rest:
            raise ConfigError(f"transforms: one entry names {sorted(entry)}. Write one transform a list entry.")
        given = {"classes": classes} if name == "TableLabelEncode" else {}
        steps.append(build(TRANSFORMS, {"name": name, **(settings or {})}, **given))
    return Pipeline(tuple(steps))


def _number(value: float | str) -> float:
    """A number that PaddleOCR's files write as a fraction, such as ``1./255.``."""
    if not isinstance(value, str):
        return float(value)
    try:
        fraction = _FRACTION.fullmatch(value.strip())
        return float(fraction[1]) / float(fraction[2]) if fraction else float(value)
    except (ValueError, ZeroDivisionError) as error:
        raise ConfigError(f"NormalizeImage.scale is {value!r}: write a number, such as 1./255.") from error
