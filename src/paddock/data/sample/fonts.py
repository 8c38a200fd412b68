"""Fonts that come with matplotlib, so that every machine draws the same letters."""

from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

FACES = (
    "DejaVuSans",
    "DejaVuSans-Bold",
    "DejaVuSans-Oblique",
    "DejaVuSansMono",
    "DejaVuSansMono-Bold",
    "DejaVuSerif",
    "DejaVuSerif-Bold",
    "STIXGeneralBol",
)
"""Font files without their suffix."""
_MEASURED_EM_PX = 200


def font_file(face: str) -> Path:
    """Where a face that comes with matplotlib is stored."""
    return _folder() / f"{face}.ttf"


@lru_cache(maxsize=1024)
def font(face: str, size_px: int) -> ImageFont.FreeTypeFont:
    """The face of `FACES` whose em is ``size_px`` high."""
    # Pillow's own layout: with libraqm, which some machines have, letters would stand elsewhere.
    return ImageFont.truetype(font_file(face), size_px, layout_engine=ImageFont.Layout.BASIC)


def ink_box(letters: ImageFont.FreeTypeFont, text: str) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what ``text`` blackens when it is drawn at 0, 0.

    Pillow's own ``getbbox`` runs from the pen to the pen, so it counts the bearings in.

    Raises:
        ValueError: ``text`` is blank.
    """
    mask, (x, y) = letters.getmask2(text, mode="L")
    ink = mask.getbbox()
    if ink is None:
        raise ValueError(f"{text!r} leaves no ink")
    return x + ink[0], y + ink[1], x + ink[2], y + ink[3]


def font_of_cap(face: str, cap_px: int) -> ImageFont.FreeTypeFont:
    """The face of `FACES` whose capitals are ``cap_px`` high."""
    return font(face, round(cap_px / _cap_ratio(face)))


@lru_cache(maxsize=len(FACES))
def _cap_ratio(face: str) -> float:
    """Height of a capital as a share of the em."""
    _, top, _, bottom = ink_box(font(face, _MEASURED_EM_PX), "H")
    return (bottom - top) / _MEASURED_EM_PX


@lru_cache(maxsize=1)
def _folder() -> Path:
    import matplotlib  # noqa: PLC0415 - costs 0.2 s, and only the renderer needs it

    return Path(matplotlib.get_data_path()) / "fonts" / "ttf"
