"""Augmentations of text lines, PaddleOCR's and one of our own. Pictures are BGR, uint8, ``[H, W, 3]``."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from paddock.ocr.rec.line import TextLine

Image = NDArray[np.uint8]

_SMALLEST_FOR_WARP_PX = 12
"""Below this a warp moves letters by less than a pixel and only blurs."""


def warp(image: Image, rng: Generator, strength: float = 0.08) -> Image:
    """Perspective of a camera held slightly askew: each corner moves by up to ``strength`` of the height."""
    height, width = image.shape[:2]
    if min(height, width) < _SMALLEST_FOR_WARP_PX:
        return image
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    shift = rng.uniform(-strength, strength, size=(4, 2)).astype(np.float32) * height
    matrix = cv2.getPerspectiveTransform(corners + shift, corners)
    return cv2.warpPerspective(image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)


def crop(image: Image, rng: Generator) -> Image:
    """Cut up to a tenth off the top and the bottom, as a loose or tight box would."""
    height = image.shape[0]
    most = height // 10
    top, bottom = (int(cut) for cut in rng.integers(0, most + 1, size=2))
    return image[top : height - bottom]


def stretch(image: Image, rng: Generator) -> Image:
    """Make the line up to a quarter narrower or wider."""
    height, width = image.shape[:2]
    target = max(1, round(width * float(rng.uniform(0.8, 1.25))))
    return cv2.resize(image, (target, height))


def blur(image: Image, rng: Generator) -> Image:
    """Gaussian blur, as of a picture out of focus."""
    return cv2.GaussianBlur(image, (0, 0), sigmaX=float(rng.uniform(0.4, 1.2)))


def hsv(image: Image, rng: Generator) -> Image:
    """Shift hue, saturation and brightness a little."""
    shifted = cv2.cvtColor(image, cv2.COLOR_BGR2HSV).astype(np.int16)
    shifted[..., 0] = (shifted[..., 0] + rng.integers(-8, 9)) % 180
    shifted[..., 1] += rng.integers(-25, 26)
    shifted[..., 2] += rng.integers(-40, 41)
    return cv2.cvtColor(np.clip(shifted, 0, 255).astype(np.uint8), cv2.COLOR_HSV2BGR)


def jitter(image: Image, rng: Generator) -> Image:
    """Move the picture by up to a pixel or two, repeating its edge."""
    height, width = image.shape[:2]
    reach = max(1, height // 16)
    right, down = rng.integers(-reach, reach + 1, size=2)
    matrix = np.array([[1, 0, right], [0, 1, down]], dtype=np.float32)
    return cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)


def noise(image: Image, rng: Generator) -> Image:
    """Gaussian noise of a sensor in the dark."""
    grains = rng.normal(0.0, rng.uniform(2, 12), size=image.shape)
    return np.clip(image + grains, 0, 255).astype(np.uint8)


def reverse(image: Image, rng: Generator) -> Image:
    """Light text on dark ground for dark on light, and the other way round."""
    return 255 - image


@dataclass(frozen=True)
class RecAug:
    """Each augmentation with its own probability, under PaddleOCR's names.

    ``tia_prob`` covers perspective and stretch (PaddleOCR's text image augmentation, arXiv:2003.06606, whose moving
    control points are replaced by one perspective).
    """

    tia_prob: float = 0.4
    crop_prob: float = 0.4
    reverse_prob: float = 0.4
    noise_prob: float = 0.4
    jitter_prob: float = 0.4
    blur_prob: float = 0.4
    hsv_aug_prob: float = 0.4

    def __call__(self, sample: TextLine, rng: Generator) -> TextLine:
        image = sample.pixels
        for probability, change in (
            (self.tia_prob, warp),
            (self.tia_prob, stretch),
            (self.crop_prob, crop),
            (self.blur_prob, blur),
            (self.hsv_aug_prob, hsv),
            (self.jitter_prob, jitter),
            (self.noise_prob, noise),
            (self.reverse_prob, reverse),
        ):
            if rng.random() < probability:
                image = change(image, rng)
        return sample.with_pixels(np.ascontiguousarray(image))


@dataclass(frozen=True)
class RecRotate180:
    """Turn the line upside down, with the text it has.

    For photographs where some lines stand on their head and the annotator kept them so. Paddock's own: PaddleOCR leaves
    such lines to a classifier of orientation that runs before the recogniser.
    """

    prob: float = 0.5

    def __call__(self, sample: TextLine, rng: Generator) -> TextLine:
        if rng.random() >= self.prob:
            return sample
        return sample.with_pixels(np.ascontiguousarray(sample.pixels[::-1, ::-1]))
