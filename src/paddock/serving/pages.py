"""What `paddock predict` says of whole pages: a table, JSON, and the page beside its texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from paddock.core.files import write_bytes, write_json
from paddock.data.page_picture import Mark, beside_texts, jpeg
from paddock.serving.ocr import OCR, Extras, Line
from paddock.serving.pictures import KEPT_QUALITY, load_picture, result_stem


@dataclass(frozen=True)
class ReadPage:
    """One page and its texts, from top to bottom."""

    path: Path
    lines: list[Line]
    straightened: NDArray[np.uint8] | None = None
    """``[height, width, 3]``, BGR: what `lines` lie on, if that is not the page as its file has it."""

    def __str__(self) -> str:
        """A table for a terminal: where each text begins, how sure it is, what it says."""
        rows = [f"{self.path}: {len(self.lines)} texts"]
        for line in self.lines:
            x, y = line.box[0]
            rows.append(f"{x:>6.0f},{y:<6.0f}{line.confidence:>7.3f}  {line.text}")
        return "\n".join(rows)

    def row(self) -> dict[str, object]:
        """For JSON: PaddleOCR's ``[[[x, y] * 4, [text, confidence]], ...]``, and the polygons."""
        return {
            "image": str(self.path),
            "lines": [[line.box, [line.text, round(line.confidence, 6)]] for line in self.lines],
            "polygons": [line.polygon.tolist() for line in self.lines],
        }


class PageReader:
    """Reads whole pages with a detector and a recogniser."""

    def __init__(self, detector: Path, recognizer: Path, extras: Extras) -> None:
        self._ocr = OCR(detector, recognizer, extras)
        self._moves_texts = extras.moves_texts

    def read(self, paths: Sequence[Path]) -> list[ReadPage]:
        """Read picture files, in their order.

        Raises:
            DatasetError: a file is missing or is no picture.
        """
        return [self._read(path) for path in paths]

    @staticmethod
    def save(pages: Sequence[ReadPage], folder: Path) -> None:
        """Write ``result.json``, and each page beside its texts: ``result.jpg``, of several ``<name>_result.jpg``.

        Raises:
            PaddockError: the folder cannot be written.
        """
        write_json(folder / "result.json", [page.row() for page in pages])
        for number, page in enumerate(pages, start=1):
            write_bytes(folder / f"{result_stem(page.path, number, len(pages))}.jpg", drawn(page))

    def _read(self, path: Path) -> ReadPage:
        seen = self._ocr.look(path)
        return ReadPage(path, seen.lines, seen.pixels if self._moves_texts else None)


def drawn(page: ReadPage) -> bytes:
    """The page with its boxes, and beside it the texts where they stand, as a JPEG file."""
    marks = [Mark(line.polygon, text=line.text) for line in page.lines]
    pixels = load_picture(page.path) if page.straightened is None else page.straightened
    return jpeg(beside_texts(np.ascontiguousarray(pixels[:, :, ::-1]), marks), KEPT_QUALITY)
