"""Pages for tests of detection."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from paddock.ocr.det.page import Page

Points = Sequence[Sequence[float]]


def make_page(regions: Sequence[Points], image_hw: tuple[int, int] = (100, 200), texts: Sequence[str] = ()) -> Page:
    """A decoded page of noise with these regions; none is ignored."""
    height, width = image_hw
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    polygons = tuple(np.array(points, dtype=np.float32) for points in regions)
    return Page(
        Path("page.png"),
        polygons,
        tuple(texts) or ("text",) * len(polygons),
        (False,) * len(polygons),
        "labels.txt:1",
        pixels,
    )
