"""A print as a camera sees it and an annotator labels it; pages and tables end here."""

from dataclasses import dataclass

import numpy as np

from paddock.data.sample import degrade
from paddock.data.sample.paint import Colour, PaintedText, Picture
from paddock.data.sample.paper import ink_and_paper, sheet_of_paper
from paddock.data.sample.text import Draw


@dataclass(frozen=True)
class Photograph:
    """A labelled picture file."""

    jpeg: bytes
    texts: tuple[PaintedText, ...]
    """In the order of writing; quads as an annotator draws them, inside the picture."""


def photograph(
    printed: Picture, cap_px: int, draw: Draw, max_degrees: float = 3.0, desk: Colour | None = None
) -> Photograph:
    """Look at ``printed`` where it lies on a desk, from about as near as it is large.

    Args:
        cap_px: height of the capitals, by which the blur is limited to what leaves them legible.
        max_degrees: how far it is turned, at most.
        desk: None draws a colour.
    """
    height, width = printed.pixels.shape[:2]
    labelled = Picture(printed.pixels, tuple(_annotated(item, draw) for item in printed.texts))
    ground = sheet_of_paper(height, width, desk or ink_and_paper(draw)[1], draw)
    shift = 0.012 * min(height, width)
    seen = degrade.tilt(labelled, ground, draw.uniform(0.93, 1.04), max_degrees, max_shift_px=shift, draw=draw)
    soft = degrade.blur(seen, draw.uniform(0.0, 0.045) * cap_px)
    grainy = degrade.noise(soft, draw.uniform(0.0, 8.0), draw)
    return Photograph(degrade.jpeg(grainy, int(draw.integers(55, 96))), seen.texts)


def _annotated(item: PaintedText, draw: Draw) -> PaintedText:
    """Corners as a hand sets them: 5 to 15 % of the height outside of the ink, no two sides alike."""
    height = item.quad[3, 1] - item.quad[0, 1]
    outward = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
    left, top, right, bottom = draw.uniform(0.05, 0.15, 4)
    margins = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
    unsteady = draw.uniform(-0.03, 0.03, (4, 2))
    return PaintedText(item.text, (item.quad + height * (outward * margins + unsteady)).astype(np.float32))
