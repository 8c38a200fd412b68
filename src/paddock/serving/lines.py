"""Reading pictures of single lines, through PaddleOCR 3.x. Shapes: height, width of a picture as given."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from paddock.core.files import write_json
from paddock.data.sheet import Cell, contact_sheet
from paddock.export.package import read_identity
from paddock.export.recognizer import Recognizer
from paddock.ocr.rec.transforms import input_width
from paddock.serving.pictures import load_picture

BATCH_SIZE = 16
CHUNK_SIZE = 512
"""Pictures held in memory at once; among so many, equal widths are looked for."""
MOST_PICTURES = 60
"""Drawn into readings.png; readings.json has all."""


@dataclass(frozen=True)
class ReadLine:
    """One picture and what it says."""

    path: Path
    text: str
    confidence: float
    """Mean probability of the characters, 0 for an empty text."""

    def __str__(self) -> str:
        return f"{self.path}\t{self.text}\t{self.confidence:.3f}"

    def row(self) -> dict[str, object]:
        """For JSON."""
        return {"image": str(self.path), "text": self.text, "confidence": round(self.confidence, 6)}


class LineReader:
    """Reads pictures of single lines with a recogniser's package.

    Raises:
        ExportError: the folder is no package, was changed, or paddleocr does not load it.
    """

    def __init__(self, package: Path) -> None:
        self.identity = read_identity(package)
        self._runtime = Recognizer(package, str(self.identity["deployed_as"]))
        self._image_shape = self._runtime.image_shape

    def read(self, paths: Sequence[Path]) -> list[ReadLine]:
        """Read picture files, in their order.

        Raises:
            DatasetError: a file is missing or is no picture.
        """
        readings = []
        for start in range(0, len(paths), CHUNK_SIZE):
            chunk = paths[start : start + CHUNK_SIZE]
            found = self.read_pixels([load_picture(path) for path in chunk])
            readings += [ReadLine(path, text, value) for path, (text, value) in zip(chunk, found, strict=True)]
        return readings

    @staticmethod
    def save(lines: Sequence[ReadLine], folder: Path) -> None:
        """Write readings.json and the contact sheet readings.png.

        Raises:
            PaddockError: the folder cannot be written.
        """
        write_json(folder / "readings.json", [line.row() for line in lines])
        cells = [
            Cell(line.path, (line.text or "(nothing)",), f"{line.confidence:.3f}") for line in lines[:MOST_PICTURES]
        ]
        contact_sheet(cells, folder / "readings.png")

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


def _equal_widths(pictures: Sequence[NDArray[np.uint8]], image_shape: Sequence[int]) -> Iterator[list[int]]:
    """Indices of pictures that may share a batch."""
    groups: dict[int, list[int]] = {}
    for index, picture in enumerate(pictures):
        _, full = input_width(picture.shape[0], picture.shape[1], image_shape)
        groups.setdefault(full, []).append(index)
    for _, members in sorted(groups.items()):
        for start in range(0, len(members), BATCH_SIZE):
            yield members[start : start + BATCH_SIZE]
