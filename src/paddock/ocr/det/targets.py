"""What DB learns from: how near a text's outline is, and where its core is. Shapes: H rows, W columns, P points.

Liao et al., arXiv:1911.08947, section 3.4 "Label generation". A polygon's outline is moved by ``area * (1 - r * r) /
length`` outwards and inwards; everything about a polygon is computed between the two and written there only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import NDArray

from paddock.ocr.det.nearness import Border, squared_nearness
from paddock.ocr.det.page import Page, Polygon
from paddock.ocr.det.polygon import clipped, filled, offset, outlines


@dataclass(frozen=True)
class MakeBorderMap:
    """Fill in ``threshold_map``, which rises from ``thresh_min`` to ``thresh_max`` towards each outline.

    The values are PaddleOCR's, with two oddities of its arithmetic. A pixel from which an edge is seen under an acute
    angle takes the distance to the edge's nearer end. A pixel that lies on an edge's line to within the rounding of
    float32 may count as not near that polygon at all.

    Shape:
        ``threshold_map`` and ``threshold_mask`` (1 within a polygon and its border) ``[H, W]``
    """

    shrink_ratio: float = 0.4
    thresh_min: float = 0.3
    thresh_max: float = 0.7

    def __call__(self, page: Page, rng: Generator) -> Page:
        image_hw = page.pixels.shape[:2]
        borders = self._borders(page)
        threshold = squared_nearness(borders, image_hw)
        np.sqrt(threshold, out=threshold)
        threshold *= self.thresh_min - self.thresh_max
        threshold += self.thresh_max
        mask = filled(image_hw, [border.outer for border in borders])
        return replace(page, maps={**page.maps, "threshold_map": threshold, "threshold_mask": mask})

    def _borders(self, page: Page) -> list[Border]:
        """Of each text that is learnt and has an area."""
        learnt = [polygon for polygon, ignored in zip(page.polygons, page.ignored, strict=True) if not ignored]
        borders = []
        for polygon, size in zip(learnt, _sizes(learnt), strict=True):
            if size.area > 0 and (outer := offset(polygon, size.shift_px(self.shrink_ratio))):
                borders.append(Border(polygon, size.shift_px(self.shrink_ratio), outer[0]))
        return borders


@dataclass(frozen=True)
class MakeShrinkMap:
    """Fill in ``shrink_map``, 1 in the core of each text, and mark what is too small to learn as ignored.

    Shape:
        ``shrink_map`` and ``shrink_mask`` (0 within an ignored polygon) ``[H, W]``
    """

    min_text_size: int = 8
    shrink_ratio: float = 0.4

    def __call__(self, page: Page, rng: Generator) -> Page:
        height, width = page.pixels.shape[:2]
        polygons = clipped(page.polygons, (height, width))
        cores: list[NDArray[np.int32]] = []
        holes: list[NDArray[np.int32]] = []
        ignored = []
        for polygon, size, hidden in zip(polygons, _sizes(polygons), page.ignored, strict=True):
            core = [] if hidden else self._core(polygon, size)
            ignored.append(not core)
            cores += core
            if not core:
                holes.append(polygon.astype(np.int32))
        mask = filled((height, width), holes)
        np.subtract(1, mask, out=mask)
        maps = {"shrink_map": filled((height, width), cores), "shrink_mask": mask}
        return replace(page, maps={**page.maps, **maps}, ignored=tuple(ignored))

    def _core(self, polygon: Polygon, size: "_Size") -> list[NDArray[np.int32]]:
        """The shrunk polygon, shrunk less where it falls apart or vanishes; nothing where it is too small to learn."""
        core: list[NDArray[np.int32]] = []
        if size.area < 1 or size.side_px < self.min_text_size:
            return core
        for ratio in np.arange(self.shrink_ratio, 1, self.shrink_ratio).tolist():
            core = offset(polygon, -size.shift_px(ratio))
            if len(core) == 1:
                break
        return core


@dataclass(frozen=True)
class _Size:
    """Of a polygon."""

    area: float
    length: float
    side_px: float
    """Smaller side of the bounding box."""

    def shift_px(self, ratio: float) -> float:
        """How far DB moves the outline."""
        return self.area * (1 - ratio**2) / self.length


def _sizes(polygons: Sequence[Polygon]) -> list[_Size]:
    shapes = outlines(polygons)
    left, top, right, bottom = shapely.bounds(shapes).astype(np.float32).T
    side = np.minimum(right - left, bottom - top)
    measures = (shapely.area(shapes).tolist(), shapely.length(shapes).tolist(), side.tolist())
    return [_Size(*size) for size in zip(*measures, strict=True)]
