"""A page with boxes drawn on it, and beside it what was read in them.

Shapes: H rows, W columns of RGB pixels, P points of x, y.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from paddock.data.covering_font import covering_font
from paddock.data.crops import UPRIGHT_ASPECT_RATIO, crop_size, quad_of
from paddock.data.sample.fonts import ink_box

Pixels = NDArray[np.uint8]
Colour = tuple[int, int, int]

MATCHED: Colour = (0, 150, 70)
MISSED: Colour = (215, 30, 30)
FALSE: Colour = (240, 140, 0)
"""Found where nothing is labelled."""
IGNORED: Colour = (130, 130, 130)

_TINT = 0.15
"""How much of a box's colour lies over what is in it."""
_INK_SHARE_WH = (0.96, 0.8)
"""Share of a box's width and height that ink may take."""
_LARGEST_EM = 1.15
"""Font size in heights of the box; without it a hyphen would be drawn as large as a word."""


@dataclass(frozen=True)
class Mark:
    """One box on a page."""

    polygon: NDArray[np.float32]
    """``[P, 2]`` corners x, y in pixels, clockwise from the text's top left, P >= 4."""
    colour: Colour = MATCHED
    text: str = ""
    """What was read in it, if anything was."""


def with_boxes(page: Pixels, marks: Sequence[Mark]) -> Pixels:
    """A copy of the page with the outline of every box and a tint in it.

    Shape:
        in, out ``[H, W, 3]``
    """
    tinted = page.copy()
    for mark in marks:
        cv2.fillPoly(tinted, [_whole(mark.polygon)], mark.colour)
    return _outlined(np.asarray(cv2.addWeighted(tinted, _TINT, page, 1 - _TINT, 0), np.uint8), marks)


def beside_texts(page: Pixels, marks: Sequence[Mark]) -> Pixels:
    """The page with its boxes, and to the right of it their texts on white, each where and as large as its box.

    Characters that no font has are drawn as empty boxes; see `covering_font`.

    Shape:
        in ``[H, W, 3]``, out ``[H, 2W, 3]``
    """
    blank = np.full_like(page, 255)
    font_path = covering_font({character for mark in marks for character in mark.text})
    for mark in marks:
        if mark.text.strip():
            _write(blank, mark, font_path)
    return np.hstack([with_boxes(page, marks), _outlined(blank, marks)])


def jpeg(page: Pixels, quality: int = 88) -> bytes:
    """The page as a JPEG file.

    Shape:
        in ``[H, W, 3]`` RGB
    """
    encoded = cv2.imencode(".jpg", cv2.cvtColor(page, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return bytes(encoded.tobytes())


def png(page: Pixels) -> bytes:
    """The page as a PNG file, without loss.

    Shape:
        in ``[H, W, 3]`` RGB
    """
    return bytes(cv2.imencode(".png", cv2.cvtColor(page, cv2.COLOR_RGB2BGR))[1].tobytes())


def _outlined(page: Pixels, marks: Sequence[Mark]) -> Pixels:
    """The page itself, with outlines."""
    thickness = max(1, round(max(page.shape[:2]) / 600))
    for mark in marks:
        cv2.polylines(page, [_whole(mark.polygon)], isClosed=True, color=mark.colour, thickness=thickness)
    return page


def _write(page: Pixels, mark: Mark, font_path: Path) -> None:
    """Blacken ``page`` where the text's ink lies once it is laid into the mark's polygon."""
    quad = quad_of(np.asarray(mark.polygon, np.float32))
    width, height = crop_size(quad)
    if height >= UPRIGHT_ASPECT_RATIO * width:
        quad, width, height = np.roll(quad, -1, axis=0), height, width
    left, top = np.maximum(np.floor(quad.min(axis=0)), 0).astype(int)
    right, bottom = np.minimum(np.ceil(quad.max(axis=0)).astype(int), page.shape[1::-1])
    if min(width, height, right - left, bottom - top) < 1:
        return
    flat = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    onto = cv2.getPerspectiveTransform(flat, (quad - (left, top)).astype(np.float32))
    ink = cv2.warpPerspective(_text_mask(mark.text, (width, height), font_path), onto, (right - left, bottom - top))
    window = page[top:bottom, left:right]
    np.minimum(window, 255 - ink[..., None], out=window)


def _text_mask(text: str, size_wh: tuple[int, int], font_path: Path) -> Pixels:
    """``[H, W]``: 255 where ``text`` has ink, in the middle and as large as fits."""
    width, height = size_wh
    left, top, right, bottom = ink_box(_font(font_path, height), text)
    scale = min(_LARGEST_EM, _INK_SHARE_WH[0] * width / (right - left), _INK_SHARE_WH[1] * height / (bottom - top))
    letters = _font(font_path, max(1, int(scale * height)))
    left, top, right, bottom = ink_box(letters, text)
    mask = Image.new("L", size_wh)
    corner = ((width - right - left) / 2, (height - bottom - top) / 2)
    ImageDraw.Draw(mask).text(corner, text, fill=255, font=letters)
    return np.asarray(mask)


@lru_cache(maxsize=256)
def _font(path: Path, size_px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size_px)


def _whole(polygon: NDArray[np.float32]) -> NDArray[np.int32]:
    return np.rint(polygon).astype(np.int32)
