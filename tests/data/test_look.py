from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from paddock.data.look import first_likeness, look_of

Bgr = NDArray[np.uint8]


def page(number: int) -> Bgr:
    """A page of 300 x 200 pixels with twelve words at places that follow from ``number``."""
    draw = np.random.default_rng(number)
    pixels = np.full((200, 300, 3), 245, np.uint8)
    for _ in range(12):
        place = (int(draw.integers(0, 240)), int(draw.integers(12, 195)))
        word = "".join(draw.choice(list("ABCDEFGHKLMNPRSTUVW"), 5))
        cv2.putText(pixels, word, place, cv2.FONT_HERSHEY_SIMPLEX, 0.6, (30, 30, 30), 2)
    return pixels


def copies(pixels: Bgr) -> Iterator[Bgr]:
    """As other programs save a picture."""
    yield cv2.imdecode(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 60])[1], cv2.IMREAD_COLOR)
    yield cv2.resize(pixels, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)
    yield cv2.resize(pixels, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    yield cv2.convertScaleAbs(pixels, alpha=0.9, beta=10)


def test_copies_look_like_their_original_and_other_pages_do_not() -> None:
    looks = [look_of(page(number)) for number in range(20)]
    looks += [look_of(copy) for copy in copies(page(7))]
    assert first_likeness(looks) == [None] * 20 + [7] * 4


def test_blank_pictures_look_like_nothing() -> None:
    blank = np.full((50, 80, 3), 255, np.uint8)
    assert look_of(blank) == 0
    assert first_likeness([0, 0, look_of(page(0)), 0]) == [None] * 4
    assert first_likeness([]) == []


def test_the_same_look_is_found_whatever_comes_between() -> None:
    looks = [look_of(page(number)) for number in (1, 2, 1, 3, 2)]
    assert first_likeness(looks) == [None, None, 0, None, 1]


@pytest.mark.parametrize(("num_bits", "place"), [(24, 0), (25, None)])
def test_up_to_24_bits_may_differ(num_bits: int, place: int | None) -> None:
    draw = np.random.default_rng(0)
    look = int.from_bytes(draw.bytes(32), "big")
    changed = look
    for bit in draw.choice(256, num_bits, replace=False):
        changed ^= 1 << int(bit)
    others = [int.from_bytes(draw.bytes(32), "big") for _ in range(3000)]
    assert first_likeness([look, *others, changed]) == [None] * 3001 + [place]
