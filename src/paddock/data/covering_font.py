"""Which font file can write given characters."""

from collections.abc import Set
from functools import lru_cache
from pathlib import Path

from paddock.data.sample.fonts import font_file

_FIRST_CHOICE = "DejaVuSans"
_PLACEHOLDERS = "lastresort"
"""Part of the names of fonts that draw one and the same sign for every character of a script."""


def covering_font(characters: Set[str]) -> Path:
    """The sans serif that comes with matplotlib if it has all of ``characters``, else the font that has most of them.

    No font that comes with paddock's dependencies holds Chinese, Japanese or Korean, and paddlex downloads its own; so
    the fonts installed on this machine are looked through, such as those of the Debian package fonts-noto-cjk. A
    character that even the result lacks is drawn as the font's empty box.
    """
    first = font_file(_FIRST_CHOICE)
    codes = frozenset(map(ord, characters))
    if codes <= glyphs(first):
        return first
    return min((first, *_installed()), key=lambda path: len(codes - glyphs(path)))


@lru_cache(maxsize=1024)
def glyphs(path: Path) -> frozenset[int]:
    """Code points that the font file has a glyph for; none if it cannot be drawn in any size."""
    from matplotlib.ft2font import FT2Font  # noqa: PLC0415 - costs 0.2 s, and few commands draw text

    try:
        face = FT2Font(str(path))
    except (OSError, RuntimeError):
        return frozenset()
    return frozenset(face.get_charmap()) if face.scalable else frozenset()


@lru_cache(maxsize=1)
def _installed() -> tuple[Path, ...]:
    from matplotlib.font_manager import findSystemFonts  # noqa: PLC0415 - as above

    paths = sorted(map(Path, findSystemFonts()))
    return tuple(path for path in paths if _PLACEHOLDERS not in path.name.lower())
