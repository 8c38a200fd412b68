"""What `paddock predict` says of whole pages: a table, JSON, and the page beside its texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2

from paddock.core.files import write_bytes, write_json
from paddock.data.page_picture import Mark, beside_texts, jpeg
from paddock.serving.ocr import OCR, Line
from paddock.serving.pictures import load_picture

_QUALITY = 92  # of the JPEG file that a user keeps


@dataclass(frozen=True)
class ReadPage:
    """One page and its texts, from top to bottom."""

    path: Path
    lines: list[Line]

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

    def __init__(self, detector: Path, recognizer: Path) -> None:
        self._ocr = OCR(detector, recognizer)

    def read(self, paths: Sequence[Path]) -> list[ReadPage]:
        """Read picture files, in their order.

        Raises:
            DatasetError: a file is missing or is no picture.
        """
        return [ReadPage(path, self._ocr(path)) for path in paths]

    @staticmethod
    def save(pages: Sequence[ReadPage], folder: Path) -> None:
        """Write ``result.json``, and each page beside its texts: ``result.jpg``, of several ``<name>_result.jpg``.

        Raises:
            PaddockError: the folder cannot be written.
        """
        write_json(folder / "result.json", [page.row() for page in pages])
        for number, page in enumerate(pages, start=1):
            name = "result.jpg" if len(pages) == 1 else f"{number:03}_{page.path.stem}_result.jpg"
            write_bytes(folder / name, drawn(page))


def drawn(page: ReadPage) -> bytes:
    """The page with its boxes, and beside it the texts where they stand, as a JPEG file."""
    marks = [Mark(line.polygon, text=line.text) for line in page.lines]
    rgb = cv2.cvtColor(load_picture(page.path), cv2.COLOR_BGR2RGB)
    return jpeg(beside_texts(rgb, marks), _QUALITY)
