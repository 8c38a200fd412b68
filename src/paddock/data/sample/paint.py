"""A canvas that remembers where each text was written.

Shapes: H, W pixels; a quad is ``[4, 2]`` corners x, y, clockwise from the text's top left.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from paddock.data.sample.fonts import ink_box

Colour = tuple[int, int, int]
Pixels = NDArray[np.uint8]
Quad = NDArray[np.float32]
Box = tuple[int, int, int, int]
"""Left, top, right and bottom; right and bottom are the first pixels outside."""
Point = tuple[float, float]

ILLEGIBLE = "###"
"""How annotators write what nobody can read."""


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
    """Paper to write and draw on."""

    def __init__(self, paper: Pixels) -> None:
        self._image = Image.fromarray(paper)
        self._draw = ImageDraw.Draw(self._image)
        self._texts: list[PaintedText] = []

    def write(self, text: str, font: ImageFont.FreeTypeFont, left: int, baseline: int, ink: Colour) -> Box:
        """Write ``text`` so that its ink, not its pen, begins at ``left``.

        Returns:
            The ink's box.

        Raises:
            ValueError: ``text`` is blank.
        """
        box = self._paint(text, font, left, baseline, ink)
        self._texts.append(PaintedText(text, corners_of(box)))
        return box

    def write_lines(
        self, lines: Sequence[str], font: ImageFont.FreeTypeFont, starts: Sequence[tuple[int, int]], ink: Colour
    ) -> None:
        """Write several lines that are one text, with blanks between; its quad is around all of them.

        Args:
            starts: left and baseline of each line; see `write`.
        """
        boxes = [self._paint(line, font, *start, ink) for line, start in zip(lines, starts, strict=True)]
        lefts, tops, rights, bottoms = zip(*boxes, strict=True)
        around = (min(lefts), min(tops), max(rights), max(bottoms))
        self._texts.append(PaintedText(" ".join(lines), corners_of(around)))

    def smear(self, text: str, font: ImageFont.FreeTypeFont, left: int, baseline: int, ink: Colour) -> Box:
        """Write ``text`` and wipe over it; it is remembered as `ILLEGIBLE`. Otherwise as `write`."""
        box = self._paint(text, font, left, baseline, ink)
        height = box[3] - box[1]
        rim = height // 3
        wet = self._image.crop((box[0] - rim, box[1] - rim, box[2] + rim, box[3] + rim))
        self._image.paste(wet.filter(ImageFilter.BoxBlur((height / 2, height / 5))), (box[0] - rim, box[1] - rim))
        self._texts.append(PaintedText(ILLEGIBLE, corners_of(box)))
        return box

    def rule(self, start: Point, end: Point, width: int, ink: Colour) -> None:
        """A straight line."""
        self._draw.line((*start, *end), fill=ink, width=width)

    def stroke(self, points: list[Point], width: int, ink: Colour) -> None:
        """A line through ``points``."""
        self._draw.line(points, fill=ink, width=width, joint="curve")

    def frame(self, box: Box, width: int, ink: Colour) -> None:
        """The outline of a rectangle."""
        self._draw.rectangle((box[0], box[1], box[2] - 1, box[3] - 1), outline=ink, width=width)

    def fill(self, box: Box, ink: Colour) -> None:
        """A whole rectangle."""
        self._draw.rectangle((box[0], box[1], box[2] - 1, box[3] - 1), fill=ink)

    def shape(self, points: list[Point], ink: Colour) -> None:
        """A whole polygon."""
        self._draw.polygon(points, fill=ink)

    def ring(self, box: Box, width: int, ink: Colour) -> None:
        """The outline of an ellipse."""
        self._draw.ellipse((box[0], box[1], box[2] - 1, box[3] - 1), outline=ink, width=width)

    def picture(self) -> Picture:
        """What has been painted so far."""
        return Picture(np.asarray(self._image), tuple(self._texts))

    def _paint(self, text: str, font: ImageFont.FreeTypeFont, left: int, baseline: int, ink: Colour) -> Box:
        first, top, last, bottom = ink_box(font, text)
        x, y = left - first, baseline - font.getmetrics()[0]
        self._draw.text((x, y), text, font=font, fill=ink)
        return left, y + top, x + last, y + bottom


def corners_of(box: Box) -> Quad:
    """The box as a quad."""
    left, top, right, bottom = box
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)
