"""Pages as the network will see them, beside their originals. Shapes: H rows, W columns of RGB pixels."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from paddock.core.files import write_bytes
from paddock.data.page_picture import IGNORED, MATCHED, Colour, Mark, jpeg, with_boxes
from paddock.data.panels import MARGIN_PX, Panel, fitted, in_rows
from paddock.ocr.det.page import Page
from paddock.ocr.image import read_bgr
from paddock.ocr.preview import Seen

Pixels = NDArray[np.uint8]

_SIDE_PX = 480
"""Of a picture at most; an original may be twice as high, as the two beside it are."""
_CORE: Colour = (255, 205, 0)
_NEARNESS: Colour = (40, 120, 255)
_DIM = 0.35
"""How bright the picture is behind the maps."""
_GAP = np.full((MARGIN_PX, 1, 3), 255, np.uint8)


def write(pages: Iterable[tuple[Page, Sequence[Seen[Page]]]], folder: Path) -> None:
    """Draw a picture for each page into ``folder``: the labelled page, then what the network sees of it, with boxes,
    grey where it ignores them, and below each what it learns from: cores in yellow, nearness to outlines in blue."""
    for rank, (page, versions) in enumerate(pages, start=1):
        panels = [_original(page), *map(_seen, versions)]
        write_bytes(folder / f"{rank:02}_{page.image.stem}.jpg", jpeg(in_rows([panels])))


def _original(page: Page) -> Panel:
    rgb = cv2.cvtColor(read_bgr(page.image, page.origin), cv2.COLOR_BGR2RGB)
    height, width = rgb.shape[:2]
    small, _ = fitted(rgb, (_SIDE_PX, 2 * _SIDE_PX + MARGIN_PX))
    caption = f"{page.image.name}, {width} x {height}, {len(page.polygons)} boxes"
    return Panel(with_boxes(small, _marks(page, (height, width), small.shape[:2])), caption)


def _seen(seen: Seen[Page]) -> Panel:
    page = seen.sample
    rgb = cv2.cvtColor(page.pixels, cv2.COLOR_BGR2RGB)
    small, _ = fitted(rgb, (_SIDE_PX, _SIDE_PX))
    # A page that is only scaled keeps its boxes in pixels of the file's picture, where they are scored.
    drawn_on = page.source_size if page.source_size[0] else rgb.shape[:2]
    learnt = sum(not ignored for ignored in page.ignored)
    caption = f"{seen.caption}, {rgb.shape[1]} x {rgb.shape[0]}, {learnt} boxes, {len(page.ignored) - learnt} ignored"
    drawn = with_boxes(small, _marks(page, drawn_on, small.shape[:2]))
    if not page.maps:
        return Panel(drawn, caption)
    gap = np.repeat(_GAP, small.shape[1], axis=1)
    return Panel(np.vstack([drawn, gap, _maps(small, page)]), caption)


def _marks(page: Page, labelled_hw: tuple[int, ...], shown_hw: tuple[int, ...]) -> list[Mark]:
    """The regions, from pixels of one size of the picture to those of another."""
    ratios = np.float32(shown_hw[1] / labelled_hw[1]), np.float32(shown_hw[0] / labelled_hw[0])
    return [
        Mark(polygon * np.array(ratios), IGNORED if ignored else MATCHED)
        for polygon, ignored in zip(page.polygons, page.ignored, strict=True)
    ]


def _maps(picture: Pixels, page: Page) -> Pixels:
    """The four maps of DB over the dimmed picture.

    Shape:
        in, out ``[H, W, 3]``
    """
    width, height = picture.shape[1::-1]
    maps = {name: cv2.resize(values.astype(np.float32), (width, height)) for name, values in page.maps.items()}
    threshold = maps["threshold_map"]
    nearness = (threshold - threshold.min()) * maps["threshold_mask"]
    shown = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB) * np.float32(_DIM)
    for colour, weight in (
        (_NEARNESS, nearness / max(float(nearness.max()), 1e-6)),
        (_CORE, 0.8 * maps["shrink_map"]),
        (IGNORED, 0.8 * (1 - maps["shrink_mask"])),
    ):
        shown += weight[:, :, None] * (np.array(colour, np.float32) - shown)
    return np.clip(np.rint(shown), 0, 255).astype(np.uint8)
