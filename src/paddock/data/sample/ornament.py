"""What stands on pages without being text: logos, bar codes, signatures, pictures. All of it stays inside its box."""

from collections.abc import Callable

import numpy as np

from paddock.data.sample.paint import Box, Canvas, Colour
from paddock.data.sample.text import Draw, one_of


def ornament(canvas: Canvas, box: Box, ink: Colour, draw: Draw) -> None:
    """Draw one of `ORNAMENTS` into ``box``."""
    one_of(draw, ORNAMENTS)(canvas, box, ink, draw)


def logo(canvas: Canvas, box: Box, ink: Colour, draw: Draw) -> None:
    """A ring about a triangle, as wide as it is high."""
    left, top, _, bottom = box
    side = bottom - top
    canvas.ring((left, top, left + side, bottom), int(draw.integers(2, 6)), ink)
    turn, reach = draw.uniform(0, 2 * np.pi), side * draw.uniform(0.25, 0.4)
    angles = turn + np.array([0, 2, 4]) * np.pi / 3
    canvas.shape([(left + side / 2 + reach * np.cos(a), top + side / 2 + reach * np.sin(a)) for a in angles], ink)


def bar_code(canvas: Canvas, box: Box, ink: Colour, draw: Draw) -> None:
    """Upright bars of three widths."""
    left, top, right, bottom = box
    unit = int(draw.integers(1, 3))
    while left + 3 * unit < right:
        width = unit * int(draw.integers(1, 4))
        canvas.fill((left, top, left + width, bottom), ink)
        left += width + unit * int(draw.integers(1, 4))


def squares(canvas: Canvas, box: Box, ink: Colour, draw: Draw) -> None:
    """A two-dimensional code, as wide as it is high."""
    left, top, _, bottom = box
    num = int(draw.integers(9, 17))
    side = (bottom - top) / num
    for row, column in np.argwhere(draw.random((num, num)) < 0.5):
        x, y = left + column * side, top + row * side
        canvas.fill((round(x), round(y), round(x + side), round(y + side)), ink)


def signature(canvas: Canvas, box: Box, ink: Colour, draw: Draw) -> None:
    """A pen's loops from left to right."""
    left, top, right, bottom = box
    steps = np.linspace(0, 1, 60)
    pace, phase = draw.uniform(10, 40), draw.uniform(0, 6)
    heights = np.sin(pace * steps + phase) * np.sin(draw.uniform(2, 9) * steps + phase)
    swings = 0.08 * np.sin(draw.uniform(20, 60) * steps)
    across = left + (right - left) * np.clip(steps + swings, 0, 1)
    down = (top + bottom) / 2 + (bottom - top) * 0.45 * heights
    canvas.stroke(list(zip(across.tolist(), down.tolist(), strict=True)), int(draw.integers(1, 4)), ink)


def picture(canvas: Canvas, box: Box, ink: Colour, draw: Draw) -> None:
    """A frame with hills in it, as where a photograph is printed."""
    left, top, right, bottom = box
    ridge = bottom - (bottom - top) * draw.uniform(0.2, 0.8, 7)
    hills = list(zip(np.linspace(left, right, 7).tolist(), ridge.tolist(), strict=True))
    canvas.shape([(left, bottom), *hills, (right, bottom)], ink)
    canvas.frame(box, 2, ink)


ORNAMENTS: tuple[Callable[[Canvas, Box, Colour, Draw], None], ...] = (logo, bar_code, squares, signature, picture)
