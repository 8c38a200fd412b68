"""PaddleOCR's transforms for tables: a sample in, a new sample out. Shapes: H rows, W columns, L classes of a label.

What happens to the picture follows paddleocr 3.x's deployment to the bit, so that training, validation and deployment
see the same; PaddleOCR's own training rounds sizes down instead of to the nearest pixel.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.random import Generator

from paddock.core.build import build
from paddock.core.errors import ConfigError, DatasetError
from paddock.ocr.table.picture import TablePicture
from paddock.ocr.table.tokens import TableClasses
from paddock.ocr.transforms import DecodeImage, KeepKeys, NormalizeImage, Pipeline, ToCHWImage, Transform
from paddock.ocr.transforms import build_pipeline as build_from

BOX_FORMAT, BOX_NUMBERS = "xyxyxyxy", 8
"""Four corners: the only boxes that paddleocr 3.x decodes."""


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
        return sample.with_values(padded)


TRANSFORMS: dict[str, Callable[..., Transform[TablePicture]]] = {
    "DecodeImage": DecodeImage,
    "TableLabelEncode": TableLabelEncode,
    "TableBoxEncode": TableBoxEncode,
    "ResizeTableImage": ResizeTableImage,
    "NormalizeImage": NormalizeImage,
    "PaddingTableImage": PaddingTableImage,
    "ToCHWImage": ToCHWImage,
    "KeepKeys": KeepKeys,
}


def longest_side(transforms: Sequence[Mapping[str, Any]]) -> int:
    """Pixels to which a picture's longer side is scaled before the network sees it.

    Raises:
        ConfigError: the list has no ResizeTableImage, or one without ``max_len``.
    """
    given = next((entry["ResizeTableImage"] or {} for entry in transforms if "ResizeTableImage" in entry), {})
    return build({"ResizeTableImage": ResizeTableImage}, {"name": "ResizeTableImage", **given}).max_len


def build_pipeline(transforms: Sequence[Mapping[str, Any]], classes: TableClasses) -> Pipeline[TablePicture]:
    """The transforms that a PaddleOCR ``transforms`` list names, in its order.

    Raises:
        ConfigError: a transform or one of its settings is unknown.
    """
    return build_from(TRANSFORMS, transforms, {"TableLabelEncode": {"classes": classes}})
