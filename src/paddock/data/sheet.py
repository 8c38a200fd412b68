"""A contact sheet: small pictures, each beside what is to be said of it."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw

from paddock.core.files import write_bytes
from paddock.data.covering_font import glyphs
from paddock.data.sample.fonts import font, font_file

COLUMNS = 3
CELL_WH = (460, 66)
PICTURE_WH = (200, 54)
MARGIN_PX = 8
FACE = "DejaVuSansMono"
"""Tells O from 0 and l from 1."""
LARGEST_FONT_PX, SMALLEST_FONT_PX, NOTE_FONT_PX = 20, 9, 11
PAPER, INK, PALE, ALARM, RULE = (255, 255, 255), (20, 20, 20), (120, 120, 120), (180, 30, 30), (225, 225, 225)


@dataclass(frozen=True)
class Cell:
    """One picture and its words."""

    image: Path
    """A file; one that cannot be read leaves its place empty."""
    texts: tuple[str, ...]
    note: str
    """Small print below, such as a confidence."""
    emphasised: bool = False
    """Draw the last of the texts in red."""


def contact_sheet(cells: Sequence[Cell], target: Path) -> None:
    """Draw all cells into one PNG, down the columns, as lists are read.

    Raises:
        PaddockError: ``target`` cannot be written.
    """
    columns = min(COLUMNS, max(len(cells), 1))
    rows = max(-(-len(cells) // columns), 1)
    sheet = Image.new("RGB", (columns * CELL_WH[0], rows * CELL_WH[1]), PAPER)
    draw = ImageDraw.Draw(sheet)
    for index, cell in enumerate(cells):
        left, top = index // rows * CELL_WH[0], index % rows * CELL_WH[1]
        _draw_picture(sheet, cell.image, left, top)
        _draw_words(draw, cell, left + PICTURE_WH[0] + 2 * MARGIN_PX, top)
        draw.line((left, top + CELL_WH[1] - 1, left + CELL_WH[0], top + CELL_WH[1] - 1), fill=RULE)
    encoded = io.BytesIO()
    sheet.save(encoded, format="PNG", optimize=True)
    write_bytes(target, encoded.getvalue())


def _draw_picture(sheet: Image.Image, path: Path, left: int, top: int) -> None:
    encoded = np.frombuffer(path.read_bytes(), dtype=np.uint8) if path.is_file() else np.empty(0, np.uint8)
    bgr = cv2.imdecode(encoded, cv2.IMREAD_COLOR) if encoded.size else None
    if bgr is None:
        return
    picture = Image.fromarray(bgr[:, :, ::-1])
    scale = min(PICTURE_WH[0] / picture.width, PICTURE_WH[1] / picture.height)
    size = (max(round(picture.width * scale), 1), max(round(picture.height * scale), 1))
    corner = (left + MARGIN_PX + PICTURE_WH[0] - size[0], top + (CELL_WH[1] - size[1]) // 2)
    sheet.paste(picture.resize(size, Image.Resampling.BICUBIC), corner)


def _draw_words(draw: ImageDraw.ImageDraw, cell: Cell, left: int, top: int) -> None:
    width = CELL_WH[0] - PICTURE_WH[0] - 3 * MARGIN_PX
    texts = [printable(text) for text in cell.texts]
    size = min(LARGEST_FONT_PX, *(_font_px(text, width) for text in texts))
    pitch = (CELL_WH[1] - NOTE_FONT_PX - 6) / len(texts)
    for number, text in enumerate(texts):
        colour = ALARM if cell.emphasised and number == len(texts) - 1 else INK
        draw.text((left, top + pitch * (number + 0.5) + 2), text, fill=colour, font=font(FACE, size), anchor="lm")
    draw.text((left, top + CELL_WH[1] - 6), printable(cell.note), fill=PALE, font=font(FACE, NOTE_FONT_PX), anchor="ls")


def printable(text: str) -> str:
    """``text`` with every character that the sheet's font lacks written as its code, such as ``\\u4e2d``.

    The fonts that come with paddock's dependencies hold no Chinese, and paddlex downloads its own.
    """
    known = glyphs(font_file(FACE))
    return "".join(
        character if ord(character) in known else character.encode("unicode_escape").decode() for character in text
    )


def _font_px(text: str, width_px: int) -> int:
    """The largest size at which ``text`` fits; the smallest there is if none does."""
    fitting = (
        size for size in range(LARGEST_FONT_PX, SMALLEST_FONT_PX, -1) if font(FACE, size).getlength(text) <= width_px
    )
    return next(fitting, SMALLEST_FONT_PX)
