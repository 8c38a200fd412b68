"""From probability map to boxes, as PaddleOCR's DBPostProcess does it. Shapes: H rows, W columns, P points x, y."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from paddock.core.errors import ConfigError
from paddock.ocr.det.polygon import Corners, offset

Map = NDArray[np.float32]

MIN_SIDE_PX = 3
"""A narrower spot is no text; its box must have 2 px more."""

_POLYGON_TOLERANCE = 0.002
"""How far a polygon may leave its contour, as a share of the contour's length."""

_SQUARE_OF_TWO = np.ones((2, 2), dtype=np.uint8)


@dataclass(frozen=True)
class Candidate:
    """A spot of the probability map that may be text."""

    points: Corners
    """``[P, 2]`` in pixels of the map."""
    score: float
    """Mean probability within it."""


@dataclass(frozen=True)
class Box:
    """A text that was found."""

    points: NDArray[np.int32]
    """``[P, 2]`` in pixels of the source picture, clockwise; a quad begins at its top left."""
    score: float


@dataclass(frozen=True)
class DBPostProcess:
    """The spots above ``thresh`` whose mean probability reaches ``box_thresh``, grown by ``unclip_ratio``.

    Liao et al., arXiv:1911.08947, section 3.5. The rounding is that of paddleocr 3.x, so that evaluation and deployment
    find the same boxes.

    Args:
        max_candidates: at most so many spots are looked at.
        use_dilation: close gaps of a pixel between spots first.
        score_mode: ``fast`` takes the mean within the smallest rectangle about a spot, ``slow`` within its contour.
        box_type: ``quad`` or ``poly``; polygons are always scored within their contour.

    Raises:
        ConfigError: a setting is out of range or unknown.
    """

    thresh: float = 0.3
    box_thresh: float = 0.7
    max_candidates: int = 1000
    unclip_ratio: float = 2.0
    use_dilation: bool = False
    score_mode: str = "fast"
    box_type: str = "quad"

    def __post_init__(self) -> None:
        for name, choices in (("score_mode", ("fast", "slow")), ("box_type", ("quad", "poly"))):
            if getattr(self, name) not in choices:
                raise ConfigError(f"PostProcess.{name} is {getattr(self, name)!r}. Choose one of {list(choices)}.")
        for name in ("thresh", "box_thresh"):
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigError(f"PostProcess.{name} is {getattr(self, name)}: it is a probability, so 0 to 1.")
        if self.max_candidates < 1 or self.unclip_ratio <= 0:
            raise ConfigError(
                f"PostProcess.max_candidates ({self.max_candidates}) and PostProcess.unclip_ratio "
                f"({self.unclip_ratio}) must be above 0."
            )

    def __call__(self, probability: Map, source_hw: tuple[int, int]) -> list[Box]:
        """The texts of a page.

        Args:
            source_hw: size of the picture in whose pixels the boxes are wanted.

        Shape:
            probability ``[H, W]``
        """
        height, width = probability.shape
        return self.boxes(self.candidates(probability), (height, width), source_hw)

    def candidates(self, probability: Map) -> list[Candidate]:
        """What ``thresh``, ``use_dilation`` and ``score_mode`` decide; it does not depend on the other thresholds."""
        above = (probability > self.thresh).astype(np.uint8)
        if self.use_dilation:
            above = cv2.dilate(above, _SQUARE_OF_TWO)
        contours, _ = cv2.findContours(above, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        spot = _polygon if self.box_type == "poly" else self._rectangle
        found = (spot(contour.reshape(-1, 2), probability) for contour in contours[: self.max_candidates])
        return [candidate for candidate in found if candidate is not None]

    def _rectangle(self, contour: Corners, probability: Map) -> Candidate | None:
        points, side = smallest_rectangle(contour)
        if side < MIN_SIDE_PX:
            return None
        return Candidate(points, _mean_within(points if self.score_mode == "fast" else contour, probability))

    def boxes(self, candidates: Sequence[Candidate], map_hw: tuple[int, int], source_hw: tuple[int, int]) -> list[Box]:
        """What ``box_thresh`` and ``unclip_ratio`` make of the candidates."""
        scale = np.array([source_hw[1] / map_hw[1], source_hw[0] / map_hw[0]])
        found = []
        for candidate in candidates:
            if candidate.score < self.box_thresh:
                continue
            points = self._grown(candidate.points)
            if points is not None:
                scaled = np.clip(np.round(points * scale), 0, (source_hw[1], source_hw[0]))
                found.append(Box(scaled.astype(np.int32), candidate.score))
        return found

    def _grown(self, points: Corners) -> Corners | None:
        """The outline moved outwards; None where that leaves no single polygon, or one that is too narrow."""
        distance = cv2.contourArea(points) * self.unclip_ratio / cv2.arcLength(points, True)
        grown = offset(points, distance)
        if len(grown) != 1:
            return None
        rectangle, side = smallest_rectangle(grown[0])
        if side < MIN_SIDE_PX + 2:
            return None
        return grown[0] if self.box_type == "poly" else rectangle


def smallest_rectangle(points: Corners) -> tuple[NDArray[np.float32], float]:
    """The smallest rectangle about ``points``, clockwise from its top left, and its shorter side.

    Shape:
        points ``[P, 2]``; out ``[4, 2]``
    """
    rectangle = cv2.minAreaRect(points)
    corners = sorted(cv2.boxPoints(rectangle), key=lambda corner: corner[0])
    left = corners[:2] if corners[1][1] > corners[0][1] else corners[1::-1]
    right = corners[2:] if corners[3][1] > corners[2][1] else corners[:1:-1]
    return np.array([left[0], right[0], right[1], left[1]]), min(rectangle[1])


def _polygon(contour: Corners, probability: Map) -> Candidate | None:
    points = cv2.approxPolyDP(contour, _POLYGON_TOLERANCE * cv2.arcLength(contour, True), True).reshape(-1, 2)
    return Candidate(points, _mean_within(points, probability)) if len(points) >= 4 else None


def _mean_within(points: Corners, probability: Map) -> float:
    """Mean probability of the pixels that a polygon covers."""
    height, width = probability.shape
    last = (width - 1, height - 1)
    left, top = np.clip(np.floor(points.min(axis=0)), 0, last).astype(int)
    right, bottom = np.clip(np.ceil(points.max(axis=0)), 0, last).astype(int)
    covered = np.zeros((bottom - top + 1, right - left + 1), dtype=np.uint8)
    inside = points - np.array([left, top], dtype=points.dtype)
    cv2.fillPoly(covered, [inside.astype(np.int32)], 1)
    return float(cv2.mean(probability[top : bottom + 1, left : right + 1], covered)[0])
