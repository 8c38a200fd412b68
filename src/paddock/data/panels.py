"""Pictures side by side, each between its caption and its text. Shapes: H rows, W columns of RGB pixels."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from paddock.data.covering_font import covering_font
from paddock.data.sample.fonts import font

Pixels = NDArray[np.uint8]

MARGIN_PX, CAPTION_PX = 10, 24
SMALL_PX, LARGE_PX = 11, 20
"""Sizes of the fonts of captions and texts."""
PAPER, INK = (255, 255, 255), (20, 20, 20)
_CAPTION_GAP_PX = 7
_TEXT_PX = 32


@dataclass(frozen=True)
class Panel:
    """One picture and its words."""

    picture: Pixels
    """``[H, W, 3]``"""
    caption: str = ""
    """Small, above."""
    text: str = ""
    """Large, below."""

    @property
    def width_px(self) -> int:
        """Pixels that the picture and its text take; a caption may reach beyond."""
        text = round(letters(self.text, LARGE_PX).getlength(self.text)) if self.text else 0
        return max(self.picture.shape[1], text)

    @property
    def height_px(self) -> int:
        """The same downwards, with the caption."""
        return CAPTION_PX + self.picture.shape[0] + (_TEXT_PX if self.text else 0)


def in_rows(rows: Sequence[Sequence[Panel]]) -> Pixels:
    """Draw rows of panels, the first of each row under one another, and so on.

    Shape:
        out ``[H, W, 3]``
    """
    columns = max(map(len, rows))
    widths = [max(row[at].width_px for row in rows if at < len(row)) for at in range(columns)]
    heights = [max(panel.height_px for panel in row) for row in rows]
    size = sum(widths) + (columns + 1) * MARGIN_PX, sum(heights) + len(rows) * MARGIN_PX
    sheet = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(sheet)
    top = 0
    for row, height in zip(rows, heights, strict=True):
        left = MARGIN_PX
        for panel, width in zip(row, widths, strict=False):
            _draw(sheet, draw, panel, left, top)
            left += width + MARGIN_PX
        top += height + MARGIN_PX
    return np.asarray(sheet, np.uint8)


def fitted(picture: Pixels, most_wh: tuple[int, int], *, enlarge: bool = False) -> tuple[Pixels, float]:
    """The picture as large as ``most_wh`` allows, or as it is where that is smaller, and by how much it was scaled.

    Shape:
        in, out ``[H, W, 3]``
    """
    ratio = min(most / size for most, size in zip(most_wh, picture.shape[1::-1], strict=True))
    if ratio == 1 or (ratio > 1 and not enlarge):
        return picture, 1.0
    size = max(1, round(ratio * picture.shape[1])), max(1, round(ratio * picture.shape[0]))
    way = cv2.INTER_AREA if ratio < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, size, interpolation=way), np.uint8), ratio


def letters(text: str, size_px: int) -> ImageFont.FreeTypeFont:
    """A font that has the characters of ``text``; see `covering_font`."""
    path = covering_font(set(text))
    return font(path.stem, size_px) if path == covering_font(set()) else ImageFont.truetype(path, size_px)


def _draw(sheet: Image.Image, draw: ImageDraw.ImageDraw, panel: Panel, left: int, top: int) -> None:
    baseline = top + CAPTION_PX - _CAPTION_GAP_PX
    draw.text((left, baseline), panel.caption, fill=INK, font=letters(panel.caption, SMALL_PX), anchor="ls")
    sheet.paste(Image.fromarray(panel.picture), (left, top + CAPTION_PX))
    middle = top + CAPTION_PX + panel.picture.shape[0] + _TEXT_PX // 2
    draw.text((left, middle), panel.text, fill=INK, font=letters(panel.text, LARGE_PX), anchor="lm")
