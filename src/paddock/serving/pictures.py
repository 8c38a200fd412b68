"""Pictures that a user names: files and folders, read as PaddleOCR reads them."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from paddock.core.errors import DatasetError

SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"})

KEPT_QUALITY = 92
"""Of a JPEG file that a user keeps."""


def result_stem(picture: Path, number: int, count: int) -> str:
    """Name, without ending, of what is written of the picture that is ``number`` of ``count``, counted from 1."""
    return "result" if count == 1 else f"{number:03}_{picture.stem}_result"


def find_pictures(inputs: Sequence[Path]) -> list[Path]:
    """Files as given, folders replaced by the pictures below them in order of name.

    Raises:
        DatasetError: nothing is given, an input does not exist, or a folder holds no picture.
    """
    if not inputs:
        raise DatasetError("there is nothing to read. Give a picture or a folder of pictures.")
    pictures: list[Path] = []
    for given in inputs:
        if given.is_dir():
            below = sorted(path for path in given.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
            if not below:
                raise DatasetError(f"{given} holds no picture. Known endings: {', '.join(sorted(SUFFIXES))}.")
            pictures += below
        elif given.exists():
            pictures.append(given)
        else:
            raise DatasetError(f"{given} does not exist. Give a picture or a folder of pictures.")
    return pictures


def load_picture(path: Path) -> NDArray[np.uint8]:
    """BGR pixels of a file, EXIF rotation applied, whatever characters its name has.

    Raises:
        DatasetError: the file cannot be read or is no picture.

    Shape:
        out ``[height, width, 3]``
    """
    try:
        encoded = np.frombuffer(path.read_bytes(), dtype=np.uint8)
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror}. Check the name and the permissions.") from error
    pixels = cv2.imdecode(encoded, cv2.IMREAD_COLOR) if encoded.size else None
    if pixels is None:
        raise DatasetError(f"{path} is not a picture or is damaged. Take it out, or save it again as PNG or JPEG.")
    return np.asarray(pixels, dtype=np.uint8)
