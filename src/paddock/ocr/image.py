"""Pictures as every network here sees them."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from paddock.core.errors import DatasetError


def read_bgr(image: Path, origin: str) -> NDArray[np.uint8]:
    """Decode a file; EXIF rotation is applied, as paddleocr does.

    Args:
        origin: where its label stands, for the message.

    Raises:
        DatasetError: the file is missing, is no picture, or has more pixels than OpenCV takes.

    Shape:
        out ``[H, W, 3]``, BGR
    """
    try:
        encoded = np.frombuffer(image.read_bytes(), dtype=np.uint8)
    except OSError as error:
        raise DatasetError(
            f"{origin}: image {image} cannot be read ({error.strerror}). Run `paddock prepare` again."
        ) from error
    try:
        bgr = cv2.imdecode(encoded, cv2.IMREAD_COLOR) if encoded.size else None
    except cv2.error as error:
        raise DatasetError(f"{origin}: image {image} is too large for OpenCV. Scale it down.") from error
    if bgr is None:
        raise DatasetError(f"{origin}: image {image} is corrupt. Run `paddock prepare` again.")
    return bgr
