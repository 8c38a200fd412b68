"""What is odd about the characters of a label, and what a repair makes of them.

A recogniser has a class for each character, so one letter that is written in two ways is two classes for one picture.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import replace

from paddock.data.charset import SPACE
from paddock.data.check import CheckedSample
from paddock.data.samples import PageSample, Problem, RecSample, unlabelled_code

_INVISIBLE = frozenset(
    {
        *(chr(code) for code in (0x00AD, 0x180E, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF)),
        *(chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))),
        *(chr(code) for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n\r"),
    }
)
"""Controls, direction marks, soft hyphens, blanks without width. Joiners are not among them: Persian and Hindi need
them."""
_WIDE = {
    chr(code + 0xFEE0): chr(code) for first, last in ("09", "AZ", "az") for code in range(ord(first), ord(last) + 1)
}
"""Full-width letters and digits. Full-width signs stay what they are: Chinese is printed with them."""
_SIGNS = {
    "\u2010": "-",
    "\u2011": "-",
    "\u2212": "-",
    "\u2044": "/",
    "\u2215": "/",
    "\u2236": ":",
    "\u037e": ";",
    "\u2223": "|",
    "\u2217": "*",
}
"""Signs that print like one of the keyboard's."""
_LETTERS = dict(
    zip("АВЕЅІЈКМНОРСТХУаеѕіјорсху" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABESIJKMHOPCTXYaesijopcxy" + "ABEZHIKMNOPTYXo", strict=True)
)
"""Cyrillic and Greek letters that print like Latin ones."""
_WORD = re.compile(r"\w+")
_LATIN = re.compile(r"[A-Za-z]")
_SHOWN = 40
"""Characters of a text in a message."""


def check_characters(
    pages: Sequence[PageSample], crops: Sequence[RecSample], known: Set[str], *, repair: bool
) -> tuple[list[PageSample], list[RecSample], list[Problem]]:
    """Look at every text that a recogniser would learn; pages and crops with the texts that count, and the problems.

    Args:
        known: characters of a given dictionary: they are there on purpose, however odd.
        repair: replace what can be replaced without a guess.
    """
    problems: list[Problem] = []
    kept_crops = []
    for crop in crops:
        text, faults = _checked(crop.text, crop.origin, known, repair)
        problems += [replace(fault, images=(crop.image,)) for fault in faults]
        if text:
            kept_crops.append(crop if text is crop.text else replace(crop, text=text))
        else:
            message = f"nothing but {crop.text!r} after the image. Write the text or delete the line."
            problems.append(Problem("empty_label", crop.origin, message, images=(crop.image,)))
    kept_pages = []
    for page in pages:
        regions = []
        for number, region in enumerate(page.regions, start=1):
            text, faults = _checked(region.text, f"{page.origin}, box {number}", known, repair)
            problems += [replace(fault, images=(page.image,), points=region.points) for fault in faults]
            regions.append(region if text is region.text else replace(region, text=text))
        kept_pages.append(replace(page, regions=tuple(regions)))
    return kept_pages, kept_crops, problems


def text_faults(text: str, origin: str, known: Set[str] = frozenset()) -> list[Problem]:
    """What is odd about one text; see `check_characters`."""
    return list(_faults(text, origin, known))


def plain_text(text: str, known: Set[str] = frozenset()) -> str:
    """``text`` without what `text_faults` can repair."""
    kept = "".join(character if character in known else _plain(character) for character in text)
    return (kept if _is_composed(kept, known) else unicodedata.normalize("NFC", kept)).strip()


def too_long(checked: CheckedSample, most: int) -> list[Problem]:
    """The problem ``text_too_long`` where a text has more than ``most`` characters."""
    sample = checked.sample
    if len(sample.text) <= most:
        return []
    message = (
        f"{sample.text[:_SHOWN]!r} has {len(sample.text)} characters, above Global.max_text_length={most}. "
        "Raise that, or cut the box in two."
    )
    return [Problem("text_too_long", sample.origin, message, images=(sample.image,), points=checked.points)]


def _checked(text: str, origin: str, known: Set[str], repair: bool) -> tuple[str, list[Problem]]:
    """The text that counts; the very same object where nothing changed."""
    if (text.isascii() and text.isprintable()) or unlabelled_code(text.strip()):
        return text, []
    faults = text_faults(text, origin, known)
    return plain_text(text, known) if repair and any(fault.repair for fault in faults) else text, faults


def _faults(text: str, origin: str, known: Set[str]) -> Iterator[Problem]:
    shown, plain = repr(text[:_SHOWN]), f"read as {plain_text(text, known)[:_SHOWN]!r}"
    odd = [character for character in dict.fromkeys(text) if character not in known]
    if invisible := [character for character in odd if character in _INVISIBLE]:
        message = f"{shown} has {_named(invisible)}, which no picture can show."
        yield Problem("invisible_character", origin, message, plain)
    if blanks := [character for character in odd if _is_odd_blank(character)]:
        message = f"{shown} has {_named(blanks)} for a blank, which is a class apart from the space."
        yield Problem("odd_blank", origin, message, plain)
    if wide := [character for character in odd if character in _WIDE]:
        message = f"{shown} has the full-width {_named(wide)}, each a class apart from the plain one."
        yield Problem("full_width", origin, message, plain)
    if not _is_composed(text, known):
        yield Problem("not_composed", origin, f"{shown} writes letters and their accents apart.", plain)
    if marks := [character for character in unicodedata.normalize("NFC", text) if "\u0300" <= character <= "\u036f"]:
        message = f"{shown} has {_named(dict.fromkeys(marks))}, for which there is no character with its letter."
        yield Problem("combining_mark", origin, message)
    if alike := [character for character in odd if character in _SIGNS] + _strange_letters(text, known):
        usual = ", ".join(repr((_SIGNS | _LETTERS)[character]) for character in alike)
        message = f"{shown} has {_named(alike)}, which look(s) like {usual}. Write the usual ones."
        yield Problem("look_alike", origin, message)


def _plain(character: str) -> str:
    if character in _INVISIBLE:
        return ""
    return SPACE if _is_odd_blank(character) else _WIDE.get(character, character)


def _is_odd_blank(character: str) -> bool:
    return character != SPACE and unicodedata.category(character) in ("Zs", "Zl", "Zp")


def _is_composed(text: str, known: Set[str]) -> bool:
    composed = unicodedata.normalize("NFC", text)
    return composed == text or set(text) - set(composed) <= known


def _strange_letters(text: str, known: Set[str]) -> list[str]:
    """Letters of `_LETTERS` in words that have Latin ones, too."""
    words = [word for word in _WORD.findall(text) if _LATIN.search(word)]
    letters = dict.fromkeys("".join(words))
    return [letter for letter in letters if letter in _LETTERS and letter not in known]


def _named(characters: Iterable[str]) -> str:
    return ", ".join(
        f"{character!r} (U+{ord(character):04X})" if character.isprintable() else f"U+{ord(character):04X}"
        for character in characters
    )
