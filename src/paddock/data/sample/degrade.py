"""What a camera does to a print: each function takes a picture and returns a new one. Shapes: H, W pixels."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from paddock.data.sample.paint import PaintedText, Picture, Pixels, Quad


def warp(picture: Picture, matrix: NDArray[np.float32], size_wh: tuple[int, int]) -> Picture:
    """Move pixels and quads by the 3 x 3 homography ``matrix`` onto a picture of ``size_wh``."""
    pixels = cv2.warpPerspective(
        picture.pixels, matrix, size_wh, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    moved = (cv2.perspectiveTransform(item.quad[None], matrix)[0] for item in picture.texts)
    texts = tuple(PaintedText(item.text, quad) for item, quad in zip(picture.texts, moved, strict=True))
    return Picture(_bytes(pixels), texts)


def tilt(picture: Picture, max_degrees: float, max_shift_px: float, draw: np.random.Generator) -> Picture:
    """Turn the picture about its middle by up to ``max_degrees`` and move each corner by up to ``max_shift_px``."""
    height, width = picture.pixels.shape[:2]
    corners: Quad = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), draw.uniform(-max_degrees, max_degrees), 1.0)
    turned = corners @ turn[:, :2].T + turn[:, 2]
    moved = (turned + draw.uniform(-max_shift_px, max_shift_px, (4, 2))).astype(np.float32)
    return warp(picture, cv2.getPerspectiveTransform(corners, moved).astype(np.float32), (width, height))


def crop(picture: Picture, item: PaintedText, margins: NDArray[np.float64], height: int) -> Picture:
    """Cut out the upright rectangle about ``item`` and scale it to ``height`` pixels, the way a crop is exported.

    Args:
        margins: pixels left, top, right and bottom of the text's corners, before scaling; below 0 cuts into the text.
    """
    left, top = item.quad.min(axis=0) - margins[:2]
    right, bottom = item.quad.max(axis=0) + margins[2:]
    scale = height / (bottom - top)
    # Area averaging, as cameras do; a homography that shrinks would skip pixels.
    whole = _bytes(cv2.resize(picture.pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    texts = tuple(PaintedText(other.text, (other.quad * scale).astype(np.float32)) for other in picture.texts)
    move = np.array([[1, 0, -left * scale], [0, 1, -top * scale], [0, 0, 1]], np.float32)
    return warp(Picture(whole, texts), move, (max(1, round((right - left) * scale)), height))


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


def _bytes(pixels: object) -> Pixels:
    return np.asarray(pixels, np.uint8)
