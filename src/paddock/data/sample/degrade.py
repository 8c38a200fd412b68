"""What a camera does to a print: each function takes a picture and returns a new one. Shapes: H, W pixels."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from paddock.data.sample.paint import PaintedText, Picture, Pixels, Quad, corners_of

_STRENGTHS = (1.0, 0.7, 0.4, 0.2, 0.0)
"""How much of a tilt is tried until no text leaves the picture."""


def lay_on(ground: Pixels, picture: Picture, corners: Quad) -> Picture:
    """Put ``picture`` on ``ground`` so that its corners, clockwise from the top left, come to lie on ``corners``."""
    matrix = _onto(picture, corners)
    height, width = ground.shape[:2]
    pixels = ground.copy()
    cv2.warpPerspective(
        picture.pixels, matrix, (width, height), pixels, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT
    )
    return Picture(pixels, _moved(picture.texts, matrix))


def tilt(
    picture: Picture,
    ground: Pixels,
    zoom: float,
    max_degrees: float,
    max_shift_px: float,
    draw: np.random.Generator,
) -> Picture:
    """Show ``picture`` on ``ground``, which has its size, at a slight angle.

    Args:
        zoom: below 1 leaves a rim of the ground, above 1 cuts the picture's edges off.
        max_degrees: how far it is turned about its middle, at most.
        max_shift_px: how far each corner is moved then, at most.

    All three are taken back as far as is needed to keep the texts in the picture.
    """
    height, width = picture.pixels.shape[:2]
    middle = np.array((width / 2, height / 2))
    offsets = np.array([(0, 0), (width, 0), (width, height), (0, height)]) - middle
    angle, shifts = np.radians(draw.uniform(-max_degrees, max_degrees)), draw.uniform(-1, 1, (4, 2)) * max_shift_px
    for strength in _STRENGTHS:
        sine, cosine = np.sin(strength * angle), np.cos(strength * angle)
        turned = offsets @ np.array([(cosine, sine), (-sine, cosine)])
        corners = (middle + turned * zoom**strength + shifts * strength).astype(np.float32)
        quads = [item.quad for item in _moved(picture.texts, _onto(picture, corners))]
        if all(quad.min() >= 0 and (quad.max(axis=0) <= (width - 1, height - 1)).all() for quad in quads):
            break
    return lay_on(ground, picture, corners)


def blur(picture: Picture, sigma_px: float) -> Picture:
    """Out of focus by a Gaussian of ``sigma_px``."""
    return replace(picture, pixels=_bytes(cv2.GaussianBlur(picture.pixels, (0, 0), max(sigma_px, 1e-3))))


def noise(picture: Picture, strength: float, draw: np.random.Generator) -> Picture:
    """Sensor noise with a standard deviation of ``strength`` (of 255), the same in all three channels."""
    grain = draw.standard_normal(picture.pixels.shape[:2], np.float32) * np.float32(strength)
    return replace(picture, pixels=_bytes(cv2.add(picture.pixels, cv2.merge([grain] * 3), dtype=cv2.CV_8U)))


def jpeg(picture: Picture, quality: int) -> bytes:
    """The picture as a JPEG file of ``quality`` 1 to 100."""
    _, data = cv2.imencode(".jpg", picture.pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return data.tobytes()


def _onto(picture: Picture, corners: Quad) -> NDArray[np.float32]:
    """The 3 x 3 homography that takes the picture's corners to ``corners``."""
    height, width = picture.pixels.shape[:2]
    matrix = cv2.getPerspectiveTransform(corners_of((0, 0, width, height)), corners)
    return np.asarray(matrix, np.float32)


def _moved(texts: tuple[PaintedText, ...], matrix: NDArray[np.float32]) -> tuple[PaintedText, ...]:
    return tuple(PaintedText(item.text, cv2.perspectiveTransform(item.quad[None], matrix)[0]) for item in texts)


def _bytes(pixels: object) -> Pixels:
    return np.asarray(pixels, np.uint8)
