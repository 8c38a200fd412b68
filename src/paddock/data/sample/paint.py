"""A canvas that remembers where each text was written.

Shapes: H, W pixels; a quad is ``[4, 2]`` corners x, y, clockwise from the text's top left.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from paddock.data.sample.fonts import ink_box

Colour = tuple[int, int, int]
Pixels = NDArray[np.uint8]
Quad = NDArray[np.float32]


@dataclass(frozen=True)
class PaintedText:
    """A text and the four corners of its ink."""

    text: str
    quad: Quad


@dataclass(frozen=True)
class Picture:
    """``[H, W, 3]`` RGB pixels with the texts on them."""

    pixels: Pixels
    texts: tuple[PaintedText, ...]


class Canvas:
    """Paper to write on; lines, pages and tables are all written here."""

    def __init__(self, paper: Pixels) -> None:
        self._image = Image.fromarray(paper)
        self._draw = ImageDraw.Draw(self._image)
        self._texts: list[PaintedText] = []

    def write(self, text: str, font: ImageFont.FreeTypeFont, left_top: tuple[int, int], ink: Colour) -> None:
        """Write ``text`` so that its ink, not its line box, begins at ``left_top``.

        Raises:
            ValueError: ``text`` is blank.
        """
        left, top, right, bottom = ink_box(font, text)
        x, y = left_top
        self._draw.text((x - left, y - top), text, font=font, fill=ink)
        corners = [(x, y), (x + right - left, y), (x + right - left, y + bottom - top), (x, y + bottom - top)]
        self._texts.append(PaintedText(text, np.array(corners, np.float32)))

    def picture(self) -> Picture:
        """What has been painted so far."""
        return Picture(np.asarray(self._image), tuple(self._texts))
