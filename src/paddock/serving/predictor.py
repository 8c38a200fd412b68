"""Reading pictures with a package, through PaddleOCR 3.x. Shapes: height, width of a picture as given."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from paddock.core.errors import DatasetError
from paddock.export.package import read_identity
from paddock.export.recognizer import Recognizer
from paddock.ocr.rec.transforms import input_width

BATCH_SIZE = 16
CHUNK_SIZE = 512
"""Pictures held in memory at once; among so many, equal widths are looked for."""
SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"})


@dataclass(frozen=True)
class Reading:
    """One picture and what it says."""

    path: Path
    text: str
    confidence: float
    """Mean probability of the characters, 0 for an empty text."""


class Predictor:
    """The recogniser of one package.

    Raises:
        ExportError: the folder is no package, was changed, or paddleocr does not load it.
    """

    def __init__(self, package: Path) -> None:
        self.identity = read_identity(package)
        self._runtime = Recognizer(package, str(self.identity["deployed_as"]))
        self._image_shape = self._runtime.image_shape

    def read(self, paths: Sequence[Path]) -> list[Reading]:
        """Read picture files, in their order.

        Raises:
            DatasetError: a file is missing or is no picture.
        """
        readings = []
        for start in range(0, len(paths), CHUNK_SIZE):
            chunk = paths[start : start + CHUNK_SIZE]
            found = self.read_pixels([load_picture(path) for path in chunk])
            readings += [Reading(path, text, value) for path, (text, value) in zip(chunk, found, strict=True)]
        return readings

    def read_pixels(self, pictures: Sequence[NDArray[np.uint8]]) -> list[tuple[str, float]]:
        """Text and confidence of BGR pictures, in their order.

        Only pictures of the same input width share a batch: PaddleOCR pads a batch to its widest picture, and the
        padding would make a reading depend on its neighbours.

        Shape:
            pictures ``[height, width, 3]`` each
        """
        found: list[tuple[str, float]] = [("", 0.0)] * len(pictures)
        for batch in _equal_widths(pictures, self._image_shape):
            for index, result in zip(batch, self._runtime.read([pictures[i] for i in batch], len(batch)), strict=True):
                found[index] = (result.text, result.confidence)
        return found


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


def _equal_widths(pictures: Sequence[NDArray[np.uint8]], image_shape: Sequence[int]) -> Iterator[list[int]]:
    """Indices of pictures that may share a batch."""
    groups: dict[int, list[int]] = {}
    for index, picture in enumerate(pictures):
        _, full = input_width(picture.shape[0], picture.shape[1], image_shape)
        groups.setdefault(full, []).append(index)
    for _, members in sorted(groups.items()):
        for start in range(0, len(members), BATCH_SIZE):
            yield members[start : start + BATCH_SIZE]
