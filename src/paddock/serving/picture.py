"""A contact sheet: pictures beside what was read in them."""

import io
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw

from paddock.core.files import write_bytes
from paddock.data.sample.fonts import font
from paddock.serving.predictor import Reading, load_picture

MAX_PICTURES = 60
COLUMNS = 3
CELL_WH = (420, 66)
PICTURE_WH = (200, 54)
MARGIN_PX = 8
FACE = "DejaVuSansMono"
"""Tells O from 0 and l from 1."""
LARGEST_FONT_PX, SMALLEST_FONT_PX, CONFIDENCE_FONT_PX = 22, 9, 12
PAPER, INK, PALE, RULE = (255, 255, 255), (20, 20, 20), (120, 120, 120), (225, 225, 225)


def contact_sheet(readings: Sequence[Reading], target: Path) -> int:
    """Draw the first `MAX_PICTURES` readings as a PNG, and say how many that were.

    Raises:
        DatasetError: a picture cannot be read any more.
        PaddockError: ``target`` cannot be written.
    """
    shown = readings[:MAX_PICTURES]
    columns = min(COLUMNS, max(len(shown), 1))
    rows = max(-(-len(shown) // columns), 1)
    sheet = Image.new("RGB", (columns * CELL_WH[0], rows * CELL_WH[1]), PAPER)
    draw = ImageDraw.Draw(sheet)
    for index, reading in enumerate(shown):
        # Down the columns, as lists are read.
        _draw_cell(sheet, draw, reading, (index // rows * CELL_WH[0], index % rows * CELL_WH[1]))
    encoded = io.BytesIO()
    sheet.save(encoded, format="PNG", optimize=True)
    write_bytes(target, encoded.getvalue())
    return len(shown)


def _draw_cell(sheet: Image.Image, draw: ImageDraw.ImageDraw, reading: Reading, corner: tuple[int, int]) -> None:
    left, top = corner
    width, height = CELL_WH
    picture = Image.fromarray(load_picture(reading.path)[:, :, ::-1])
    scale = min(PICTURE_WH[0] / picture.width, PICTURE_WH[1] / picture.height)
    size = (max(round(picture.width * scale), 1), max(round(picture.height * scale), 1))
    sheet.paste(
        picture.resize(size, Image.Resampling.BICUBIC),
        (left + MARGIN_PX + PICTURE_WH[0] - size[0], top + (height - size[1]) // 2),
    )
    text_left = left + PICTURE_WH[0] + 2 * MARGIN_PX
    text = printable(reading.text) or "(nothing)"
    draw.text(
        (text_left, top + height // 2 - 4),
        text,
        fill=INK if reading.text else PALE,
        font=font(FACE, _font_px(text, width - PICTURE_WH[0] - 3 * MARGIN_PX)),
        anchor="lm",
    )
    draw.text(
        (text_left, top + height - 8),
        f"{reading.confidence:.3f}",
        fill=PALE,
        font=font(FACE, CONFIDENCE_FONT_PX),
        anchor="ls",
    )
    draw.line((left, top + height - 1, left + width, top + height - 1), fill=RULE)


def printable(text: str) -> str:
    """``text`` with every character that the sheet's font lacks written as its code, such as ``\\u4e2d``.

    The fonts that come with paddock's dependencies hold no Chinese, and paddlex downloads its own.
    """
    known = _glyphs()
    return "".join(
        character if ord(character) in known else character.encode("unicode_escape").decode() for character in text
    )


def _font_px(text: str, width_px: int) -> int:
    """The largest size at which ``text`` fits; the smallest there is if none does."""
    fitting = (
        size for size in range(LARGEST_FONT_PX, SMALLEST_FONT_PX, -1) if font(FACE, size).getlength(text) <= width_px
    )
    return next(fitting, SMALLEST_FONT_PX)


@lru_cache(maxsize=1)
def _glyphs() -> frozenset[int]:
    from matplotlib.ft2font import FT2Font  # noqa: PLC0415 - only sheets need it

    return frozenset(FT2Font(str(font(FACE, LARGEST_FONT_PX).path)).get_charmap())
