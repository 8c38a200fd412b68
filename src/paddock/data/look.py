"""What a picture looks like in 255 bits, to find copies that were saved again, scaled or brightened.

A perceptual hash: the signs of the lowest 16 x 16 coefficients but the first of the cosine transform of a grey
thumbnail of 32 x 32 (Zauner, Implementation and Benchmarking of Perceptual Image Hash Functions, 2010, section 3.2.1,
with more coefficients, since pages of text differ in the fine ones). Shapes: H rows, W columns of pixels, N pictures,
D distinct looks.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

Look = int
"""255 bits, highest first; 0 is a picture without anything on it, which looks like no other."""

_THUMBNAIL_PX, _COEFFICIENTS = 32, 16
_FINE_PX = 128
"""Rows and columns that are left at least while four pixels become one, which is ten times faster than fractions."""
_FLAT = 2.0
"""Standard deviation of grey values below which there is nothing but noise."""
_MOST_BITS = 24
"""That differ between copies: JPEG of quality 50 changes up to 14, half the size 24, other brightness 38; of 50,000
pairs of different receipts, photographs and tables 9 differ by fewer."""
_WORDS, _WORD_BITS = 4, 64
_BLOCK = 2048
"""Rows compared at a time."""


def look_of(bgr: NDArray[np.uint8]) -> Look:
    """The look of a picture.

    Shape:
        ``[H, W, 3]``
    """
    fine = cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY)
    while min(fine.shape) >= 2 * _FINE_PX:
        height, width = fine.shape[0] // 2, fine.shape[1] // 2
        fine = cv2.resize(fine[: 2 * height, : 2 * width], (width, height), interpolation=cv2.INTER_AREA)
    grey = cv2.resize(fine, (_THUMBNAIL_PX, _THUMBNAIL_PX), interpolation=cv2.INTER_AREA).astype(np.float32)
    if grey.std() < _FLAT:
        return 0
    signs = cv2.dct(grey)[:_COEFFICIENTS, :_COEFFICIENTS].ravel()[1:] > 0
    return int.from_bytes(np.packbits(signs).tobytes(), "big")


def first_likeness(looks: Sequence[Look]) -> list[int | None]:
    """For each picture the earliest one before it that looks the same.

    Two looks that differ in at most `_MOST_BITS` bits are equal in one of a few more stretches of bits, so only those
    are compared that share one.
    """
    first_place: dict[Look, int] = {}
    for place, look in enumerate(looks):
        first_place.setdefault(look, place)
    first_place.pop(0, None)
    if not first_place:
        return [None] * len(looks)
    places = np.array(list(first_place.values()), np.int64)  # [D], rising
    words = _words(list(first_place))
    earliest = places.copy()
    for one, other in _near(words):
        np.minimum.at(earliest, other, places[one])
    nearest = dict(zip(first_place, earliest.tolist(), strict=True))
    return [nearest[look] if look and nearest[look] != place else None for place, look in enumerate(looks)]


def _words(looks: Sequence[Look]) -> NDArray[np.uint64]:
    """``[D, 4]``"""
    content = b"".join(look.to_bytes(_WORDS * _WORD_BITS // 8, "big") for look in looks)
    return np.frombuffer(content, ">u8").astype(np.uint64).reshape(-1, _WORDS)


def _near(words: NDArray[np.uint64]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Rows that differ in at most `_MOST_BITS` bits, the smaller row first; a pair may come more than once."""
    bits = np.unpackbits(words.astype(">u8").view(np.uint8).reshape(len(words), -1), axis=1)
    for first in range(_MOST_BITS + 1):
        # Every 25th bit: those of neighbouring coefficients go together, and would make a few large heaps.
        stretch = bits[:, first :: _MOST_BITS + 1].astype(np.int64)
        keys = stretch @ (1 << np.arange(stretch.shape[1]))
        order = np.argsort(keys, kind="stable")
        ends = [*(np.nonzero(np.diff(keys[order]))[0] + 1).tolist(), len(order)]
        for start, end in pairwise([0, *ends]):
            if end - start > 1:
                yield from _near_of(words, order[start:end])


def _near_of(
    words: NDArray[np.uint64], rows: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    for start in range(0, len(rows) - 1, _BLOCK):
        block = rows[start : start + _BLOCK]
        for other_start in range(start, len(rows), _BLOCK):
            others = rows[other_start : other_start + _BLOCK]
            differ = sum(
                np.bitwise_count(words[block, word][:, None] ^ words[others, word][None]).astype(np.int16)
                for word in range(_WORDS)
            )
            one, other = np.nonzero(np.asarray(differ) <= _MOST_BITS)
            earlier = block[one] < others[other]
            if earlier.any():
                yield block[one[earlier]], others[other[earlier]]
