"""Probability maps for tests of detection: bars, shrunk as DB learns them."""

import numpy as np
from numpy.typing import NDArray

MAP_HW = (96, 192)
BAR = (20, 10, 100, 24)
OTHER_BAR = (40, 60, 90, 20)
"""Left, top, width and height in pixels."""
_SHRINK_PX = 7


def spots(*bars: tuple[int, int, int, int], probability: float = 0.9) -> NDArray[np.float32]:
    """A map that says text within each bar, 7 px from its edge.

    Shape:
        out ``[H, W]``
    """
    values = np.zeros(MAP_HW, np.float32)
    for left, top, width, height in bars:
        inside = slice(top + _SHRINK_PX, top + height - _SHRINK_PX), slice(left + _SHRINK_PX, left + width - _SHRINK_PX)
        values[inside] = probability
    return values
