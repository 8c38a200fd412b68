"""What the sample's lines say: markings as they stand on labels, meters and delivery notes.

Letters that some face makes look like a digit or like each other are left out, such as O, I, B and S. Fewer classes
also mean that a network learns them from fewer lines, and the demo has minutes.
"""

from collections.abc import Callable

import numpy as np

LETTERS = "ACEFHKLMNPRTUX"
DIGITS = "0123456789"
CHARACTERS = DIGITS + LETTERS + "-./:#"
"""Every character that a line may hold."""
MIN_LENGTH = 3
MAX_LENGTH = 8

_WORDS = """
ALARM ARM AXLE CAP CART CHECK CLAMP CRANE EXT FAN FRAME FUEL HATCH HEAT LAMP LANE LATCH LEAK MAP MAT METER NET PANEL
PARK PART PEAK PLANT PUMP RACK RAMP RANK TANK TAP TRACK TRAM TRUCK TRUNK TUNNEL
"""
WORDS = tuple(_WORDS.split())

Draw = np.random.Generator


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


def line_text(draw: Draw) -> str:
    """One text of `MIN_LENGTH` to `MAX_LENGTH` characters out of `CHARACTERS`."""
    while True:
        text = _KINDS[draw.choice(len(_KINDS), p=_SHARES)](draw)
        if MIN_LENGTH <= len(text) <= MAX_LENGTH:
            return text


def _some(draw: Draw, characters: str, least: int, most: int) -> str:
    number = int(draw.integers(least, most + 1))
    return "".join(characters[at] for at in draw.integers(len(characters), size=number))


def _one(draw: Draw, choices: tuple[str, ...]) -> str:
    return choices[int(draw.integers(len(choices)))]


def _word_and_number(draw: Draw) -> str:
    return _one(draw, WORDS) + _one(draw, ("-", "#", ":", ".", "/")) + _some(draw, DIGITS, 1, 4)


def _date(draw: Draw) -> str:
    year, month, day = int(draw.integers(2015, 2031)), int(draw.integers(1, 13)), int(draw.integers(1, 29))
    written = (f"{year}-{month:02}", f"{day:02}.{month:02}.{year % 100}", f"{month:02}/{year}")
    return _one(draw, written)


def _time(draw: Draw) -> str:
    hour, minute, second = (int(draw.integers(limit)) for limit in (24, 60, 60))
    return _one(draw, (f"{hour:02}:{minute:02}:{second:02}", f"T{hour:02}:{minute:02}"))


def _price(draw: Draw) -> str:
    amount = f"{int(draw.integers(1, 5000))}.{int(draw.integers(100)):02}"
    return _one(draw, ("", "", "EUR", "CHF")) + amount


def _terminal(draw: Draw) -> str:
    """Markings of switch cabinets, such as -KF12:24 and X2:7."""
    device = _one(draw, ("-", "")) + _some(draw, LETTERS, 1, 2) + _some(draw, DIGITS, 1, 2)
    return device + _one(draw, (":", ".", "/")) + _some(draw, DIGITS, 1, 3)


def _serial(draw: Draw) -> str:
    block = LETTERS + DIGITS
    return _some(draw, block, 2, 3) + _one(draw, ("-", "-", "/", ".", "")) + _some(draw, block, 1, 4)


def _part(draw: Draw) -> str:
    return "#" + _some(draw, DIGITS, 2, 3) + _one(draw, ("-", "/", "")) + _some(draw, LETTERS + DIGITS, 1, 3)


_KINDS: tuple[Callable[[Draw], str], ...] = (_word_and_number, _date, _time, _price, _terminal, _serial, _part)
# Serials carry the weight: only they show every letter equally often.
_SHARES = (0.2, 0.1, 0.05, 0.1, 0.15, 0.3, 0.1)
