"""What the sample's pages and tables say: markings as they stand on labels, meters and delivery notes.

Letters that some face makes look like a digit or like each other are left out, such as O, I, B and S. Fewer classes
also mean that a network learns them from fewer lines, and the demo has minutes.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

LETTERS = "ACEFHKLMNPRTUX"
DIGITS = "0123456789"
CHARACTERS = DIGITS + LETTERS + "-./:#"
"""Every character that a text may hold beside the blank."""
MIN_LENGTH = 3
MAX_LENGTH = 8
"""Of a text without a blank."""
MAX_PHRASE_LENGTH = 16
"""Of a text with blanks; all its characters together."""

_WORDS = """
ALARM ARM AXLE CAP CART CHECK CLAMP CRANE EXT FAN FRAME FUEL HATCH HEAT LAMP LANE LATCH LEAK MAP MAT METER NET PANEL
PARK PART PEAK PLANT PUMP RACK RAMP RANK TANK TAP TRACK TRAM TRUCK TRUNK TUNNEL
"""
WORDS = tuple(_WORDS.split())

Draw = np.random.Generator
"""Where every choice of the renderer comes from."""
T = TypeVar("T")


def distinct_texts(num_texts: int, seed: int) -> list[str]:
    """Draw ``num_texts`` texts, no two alike; the first n are the same whatever ``num_texts`` is."""
    texts: dict[str, None] = {}
    for index in range(num_texts):
        draw = np.random.default_rng([seed, index])
        text = line_text(draw)
        while text in texts:
            text = line_text(draw)
        texts[text] = None
    return list(texts)


def random_texts(characters: str, num_texts: int, seed: int) -> list[str]:
    """Draw ``num_texts`` texts of 1 to `MAX_LENGTH` of ``characters``, each of these as often as any other.

    They mean nothing, so a recogniser learns from them how characters look and not which ones follow each other.

    Args:
        characters: at least one letter or digit among them, because every text has one.
    """
    return [random_text(np.random.default_rng([seed, index]), characters) for index in range(num_texts)]


def random_text(draw: Draw, characters: str) -> str:
    """One of `random_texts`."""
    while True:
        length = 1 + int(draw.choice(MAX_LENGTH, p=_LENGTH_SHARES))
        text = _some(draw, characters, length, length)
        if any(character.isalnum() for character in text):
            return text


def line_text(draw: Draw) -> str:
    """One text of `MIN_LENGTH` to `MAX_LENGTH` characters, or two or three such words with blanks between."""
    while True:
        text = _KINDS[draw.choice(len(_KINDS), p=_SHARES)](draw)
        if MIN_LENGTH <= len(text) <= (MAX_PHRASE_LENGTH if " " in text else MAX_LENGTH):
            return text


def one_of(draw: Draw, choices: Sequence[T]) -> T:
    """One of ``choices``, each as likely as the other."""
    return choices[int(draw.integers(len(choices)))]


def _some(draw: Draw, characters: str, least: int, most: int) -> str:
    number = int(draw.integers(least, most + 1))
    return "".join(characters[at] for at in draw.integers(len(characters), size=number))


def _word_and_number(draw: Draw) -> str:
    return one_of(draw, WORDS) + one_of(draw, ("-", "#", ":", ".", "/")) + _some(draw, DIGITS, 1, 4)


def _date(draw: Draw) -> str:
    year, month, day = int(draw.integers(2015, 2031)), int(draw.integers(1, 13)), int(draw.integers(1, 29))
    written = (f"{year}-{month:02}", f"{day:02}.{month:02}.{year % 100}", f"{month:02}/{year}")
    return one_of(draw, written)


def _time(draw: Draw) -> str:
    hour, minute, second = (int(draw.integers(limit)) for limit in (24, 60, 60))
    return one_of(draw, (f"{hour:02}:{minute:02}:{second:02}", f"T{hour:02}:{minute:02}"))


def _price(draw: Draw) -> str:
    amount = f"{int(draw.integers(1, 5000))}.{int(draw.integers(100)):02}"
    return one_of(draw, ("", "", "EUR", "CHF")) + amount


def _terminal(draw: Draw) -> str:
    """Markings of switch cabinets, such as -KF12:24 and X2:7."""
    device = one_of(draw, ("-", "")) + _some(draw, LETTERS, 1, 2) + _some(draw, DIGITS, 1, 2)
    return device + one_of(draw, (":", ".", "/")) + _some(draw, DIGITS, 1, 3)


def _serial(draw: Draw) -> str:
    block = LETTERS + DIGITS
    return _some(draw, block, 2, 3) + one_of(draw, ("-", "-", "/", ".", "")) + _some(draw, block, 1, 4)


def _part(draw: Draw) -> str:
    return "#" + _some(draw, DIGITS, 2, 3) + one_of(draw, ("-", "/", "")) + _some(draw, LETTERS + DIGITS, 1, 3)


def _phrase(draw: Draw) -> str:
    """A name beside numbers, such as FUEL PUMP 12: the only texts with blanks."""
    words = [one_of(draw, WORDS)]
    for _ in range(one_of(draw, (1, 1, 2))):
        words.append(
            one_of(draw, (one_of(draw, WORDS), _some(draw, DIGITS, 2, 4), _some(draw, LETTERS + DIGITS, 3, 4)))
        )
    return " ".join(words)


def _word(draw: Draw) -> str:
    return one_of(draw, WORDS)


def _count(draw: Draw) -> str:
    return str(int(draw.integers(10 ** int(draw.integers(1, 6)))))


def _measure(draw: Draw) -> str:
    return f"{one_of(draw, ('', '', '-'))}{int(draw.integers(1000))}.{int(draw.integers(10))}"


NAMES: tuple[Callable[[Draw], str], ...] = (_word, _word_and_number, _terminal, _part, _phrase)
"""What the first column of a table holds; each entry draws one text."""
VALUES: tuple[Callable[[Draw], str], ...] = (_count, _count, _measure, _price, _date, _time, _serial, _word)
"""What any other column holds."""
HEADINGS: tuple[Callable[[Draw], str], ...] = (_word, _word, _phrase)

_KINDS: tuple[Callable[[Draw], str], ...] = (
    _word_and_number,
    _date,
    _time,
    _price,
    _terminal,
    _serial,
    _part,
    _phrase,
)
# Serials carry the weight: only they show every letter equally often.
_SHARES = (0.16, 0.08, 0.05, 0.1, 0.14, 0.26, 0.08, 0.13)
_LENGTH_SHARES = (0.05, 0.1, 0.2, 0.25, 0.15, 0.1, 0.1, 0.05)
