"""Augmentations of pages under PaddleOCR's names. Pictures are BGR, uint8, ``[H, W, 3]``; x and y count pixels."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from paddock.core.build import build
from paddock.core.errors import ConfigError
from paddock.ocr.det.page import Page, Polygon

Image = NDArray[np.uint8]

MAX_SIDE_PX = 8192
"""A page is enlarged up to here: three times a scan of 600 dpi would fill a worker's memory."""


@dataclass(frozen=True)
class Fliplr:
    """Mirror with probability ``p``."""

    p: float = 0.5

    def __post_init__(self) -> None:
        if not 0 <= self.p <= 1:
            raise ConfigError(f"IaaAugment: Fliplr.p is {self.p}: it is a probability, so 0 to 1.")

    def __call__(self, page: Page, rng: Generator) -> Page:
        if rng.random() >= self.p:
            return page
        width = page.pixels.shape[1]
        return page.with_pixels(cv2.flip(page.pixels, 1), tuple(_mirrored(polygon, width) for polygon in page.polygons))


@dataclass(frozen=True)
class Affine:
    """Turn about the middle by an angle between the two of ``rotate``, in degrees; what was outside is black."""

    rotate: Sequence[float] = (-10, 10)

    def __post_init__(self) -> None:
        _check_range("Affine.rotate", self.rotate, least=-360)

    def __call__(self, page: Page, rng: Generator) -> Page:
        height, width = page.pixels.shape[:2]
        angle = float(rng.uniform(self.rotate[0], self.rotate[1]))
        matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle, 1.0)
        turned = tuple((polygon @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32) for polygon in page.polygons)
        return page.with_pixels(cv2.warpAffine(page.pixels, matrix, (width, height)), turned)


@dataclass(frozen=True)
class Resize:
    """Scale both sides by one factor between the two of ``size``."""

    size: Sequence[float] = (0.5, 3)

    def __post_init__(self) -> None:
        _check_range("Resize.size", self.size, least=0.01)

    def __call__(self, page: Page, rng: Generator) -> Page:
        height, width = page.pixels.shape[:2]
        factor = min(float(rng.uniform(self.size[0], self.size[1])), max(1.0, MAX_SIDE_PX / max(height, width)))
        target = (max(1, round(width * factor)), max(1, round(height * factor)))
        scale = np.array([target[0] / width, target[1] / height])
        moved = tuple((polygon * scale).astype(np.float32) for polygon in page.polygons)
        return page.with_pixels(cv2.resize(page.pixels, target), moved)


AUGMENTERS: dict[str, Callable[..., Callable[[Page, Generator], Page]]] = {
    "Fliplr": Fliplr,
    "Affine": Affine,
    "Resize": Resize,
}

_PADDLEOCR_ARGUMENTS: tuple[Mapping[str, Any], ...] = (
    {"type": "Fliplr", "args": {"p": 0.5}},
    {"type": "Affine", "args": {"rotate": [-10, 10]}},
    {"type": "Resize", "args": {"size": [0.5, 3]}},
)


class IaaAugment:
    """PaddleOCR's geometric augmentations one after the other.

    Args:
        augmenter_args: ``type`` and ``args`` of each; None stands for PaddleOCR's three.

    Raises:
        ConfigError: a type or an argument is unknown, or a range is not two numbers in order.
    """

    def __init__(self, augmenter_args: Sequence[Mapping[str, Any]] | None = None) -> None:
        chosen = _PADDLEOCR_ARGUMENTS if augmenter_args is None else augmenter_args
        self._steps = [build(AUGMENTERS, {"name": entry.get("type"), **entry.get("args", {})}) for entry in chosen]

    def __call__(self, page: Page, rng: Generator) -> Page:
        for step in self._steps:
            page = step(page, rng)
        return page


@dataclass(frozen=True)
class ColorJitter:
    """Change brightness, contrast, saturation and hue by chance, in random order, each by up to its setting.

    The factors lie between ``1 - setting`` and ``1 + setting``, and hue moves by up to that share of the colour circle.
    """

    brightness: float = 0.0
    contrast: float = 0.0
    saturation: float = 0.0
    hue: float = 0.0

    def __post_init__(self) -> None:
        for name, most in (("brightness", 1), ("contrast", 1), ("saturation", 1), ("hue", 0.5)):
            strength = getattr(self, name)
            if not isinstance(strength, int | float) or not 0 <= strength <= most:
                raise ConfigError(f"ColorJitter.{name} is {strength!r}: it must be a number from 0 to {most}.")

    def __call__(self, page: Page, rng: Generator) -> Page:
        changes: list[tuple[Callable[[Image, float], Image], float, float]] = [
            (_brightened, self.brightness, 1.0),
            (_contrasted, self.contrast, 1.0),
            (_saturated, self.saturation, 1.0),
            (_hue_shifted, self.hue, 0.0),
        ]
        image = page.pixels
        for number in rng.permutation(len(changes)):
            change, strength, neutral = changes[number]
            amount = neutral + float(rng.uniform(-strength, strength))
            if strength:
                image = change(image, amount)
        return page.with_pixels(image)


def _check_range(name: str, value: Any, least: float) -> None:
    numbers = [number for number in value if isinstance(number, int | float)] if isinstance(value, Sequence) else []
    if len(numbers) != 2 or not least <= numbers[0] <= numbers[1]:
        raise ConfigError(f"IaaAugment: {name} is {value!r}: it must be [least, most], from {least} on.")


def _mirrored(polygon: Polygon, width: int) -> Polygon:
    """Its corners stay clockwise from the top left."""
    mirrored = np.roll(polygon[::-1], len(polygon) // 2, axis=0)
    mirrored[:, 0] = width - 1 - mirrored[:, 0]
    return mirrored


def _brightened(image: Image, factor: float) -> Image:
    return cv2.convertScaleAbs(image, alpha=factor)


def _contrasted(image: Image, factor: float) -> Image:
    grey = float(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).mean())
    levels = np.arange(256) * factor + grey * (1 - factor)
    return cv2.LUT(image, np.clip(levels, 0, 255).astype(np.uint8))


def _saturated(image: Image, factor: float) -> Image:
    grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    return cv2.addWeighted(image, factor, grey, 1 - factor, 0)


def _hue_shifted(image: Image, share: float) -> Image:
    hsv = cv2.cvtColor(image, cv2.COLOR_BGR2HSV)
    turned = (np.arange(256) + round(share * 180)) % 180  # OpenCV's colour circle has 180 steps
    hsv[:, :, 0] = cv2.LUT(np.ascontiguousarray(hsv[:, :, 0]), turned.astype(np.uint8))
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)
