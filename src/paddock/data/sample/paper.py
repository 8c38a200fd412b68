"""Colours of ink and paper, and the paper itself. Shapes: H, W pixels."""

import cv2
import numpy as np

from paddock.data.sample.paint import Colour, Pixels

MIN_CONTRAST = 110
"""Least difference between the luma of ink and paper, of 255."""
_LUMA = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601
_LIGHT_ON_DARK_SHARE = 0.1


def luma(colour: Colour) -> float:
    """Brightness from 0 to 255."""
    return float(_LUMA @ np.array(colour))


def ink_and_paper(draw: np.random.Generator) -> tuple[Colour, Colour]:
    """Two colours at least `MIN_CONTRAST` apart; a tenth of the pairs is light on dark."""
    while True:
        dark, light = _colour(draw, 0, 110), _colour(draw, 150, 256)
        if luma(light) - luma(dark) >= MIN_CONTRAST:
            return (light, dark) if draw.random() < _LIGHT_ON_DARK_SHARE else (dark, light)


def second_ink(paper: Colour, draw: np.random.Generator) -> Colour:
    """A colour for headings and ornaments that stands out from ``paper`` as the ink does."""
    while True:
        ink = _colour(draw, 0, 256)
        if abs(luma(ink) - luma(paper)) >= MIN_CONTRAST:
            return ink


def sheet_of_paper(height: int, width: int, colour: Colour, draw: np.random.Generator) -> Pixels:
    """Paper of one colour with uneven light and stains.

    Shape:
        out ``[height, width, 3]``
    """
    clouds = draw.normal(0, 6, (3, 5)).astype(np.float32)
    stains = cv2.resize(clouds, (width, height), interpolation=cv2.INTER_CUBIC)
    slope_x, slope_y = draw.uniform(-14, 14, 2).astype(np.float32)
    across = np.linspace(-slope_x, slope_x, width, dtype=np.float32)
    down = np.linspace(-slope_y, slope_y, height, dtype=np.float32)
    light = np.asarray(stains, np.float32) + across + down[:, None]
    # OpenCV rounds and limits to 0..255 as it adds, four times as fast as numpy.clip.
    channels = [cv2.add(light, np.full_like(light, value), dtype=cv2.CV_8U) for value in colour]
    return np.asarray(cv2.merge(channels), np.uint8)


def _colour(draw: np.random.Generator, least: int, below: int) -> Colour:
    # Print is mostly grey with a tint: a common brightness, and a smaller shift for each channel.
    grey = int(draw.integers(least, below))
    red, green, blue = np.clip(grey + draw.integers(-25, 26, 3), 0, 255)
    return int(red), int(green), int(blue)
