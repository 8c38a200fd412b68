"""Pictures of tables through PaddleOCR 3.x: structure, texts, and which text stands in which cell."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from paddock.core.errors import ConfigError, ExportError
from paddock.data.table_tokens import GridCell, grid_of
from paddock.data.tables import TableCell, table_element
from paddock.export.package import read_identity
from paddock.export.table_recognizer import TableRecognizer
from paddock.ocr.table.placing import joined, place_lines
from paddock.serving.ocr import OCR, Extras, Line, pulled
from paddock.serving.pictures import load_picture

MODELS = ("paddock-table", "paddock-det", "paddock-rec")
"""Registered models, in the order in which `TableOCR` takes them."""

_SMALL_PX, _LEGIBLE_PX, _MOST_TIMES = 15.0, 27.0, 3.0
"""Texts that are lower than the first are enlarged to the second, so many times at most (docs/benchmarks.md)."""
_LONGEST_PX = 4000
"""Of a side; PaddleOCR would scale a longer one down."""

STYLE = (
    "body { font: 15px/1.4 system-ui, sans-serif; margin: 2em; color: #1a1a1a; } "
    "table { border-collapse: collapse; } "
    "td { border: 1px solid #b8b8b8; padding: 0.3em 0.7em; vertical-align: top; } "
    "thead td { background: #eef1f4; font-weight: 600; }"
)


@dataclass(frozen=True)
class ReadCell:
    """One cell of a table."""

    place: GridCell
    """Row and column, counted from 0, and spans."""
    polygon: NDArray[np.float32]
    """``[4, 2]`` corners in pixels of the picture, around the cell's text; anywhere where the cell has none."""
    lines: tuple[Line, ...]
    """What was read in it, in the order in which it is read."""

    @property
    def text(self) -> str:
        """All lines together."""
        return joined([line.text for line in self.lines])


@dataclass(frozen=True)
class Table:
    """What is on a picture of a table."""

    structure: tuple[str, ...]
    """The network's tokens, merged."""
    cells: tuple[ReadCell, ...]
    """In the order in which ``structure`` opens them."""
    outside: tuple[Line, ...]
    """Texts away from every cell, such as a caption."""
    confidence: float
    """Mean probability of the structure's tokens, 0 for none."""

    @property
    def num_rows(self) -> int:
        """Rows in which a cell begins."""
        return max((cell.place.row + 1 for cell in self.cells), default=0)

    @property
    def num_columns(self) -> int:
        """Columns that a cell reaches into."""
        return max((cell.place.column + cell.place.colspan for cell in self.cells), default=0)

    @property
    def element(self) -> str:
        """The HTML of the table alone, its texts escaped."""
        return table_element(self.structure, [TableCell(tuple(cell.text)) for cell in self.cells])

    def html(self, title: str = "table") -> str:
        """A whole document with the table; see `element`."""
        head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>'
        return f"<!DOCTYPE html>\n<html><head>{head}</head><body>{self.element}</body></html>\n"


class TableOCR:
    """A table model, a detector and a recogniser that paddock exported, on pictures that each show one table.

    The structure and the place of every cell come from the table model; the texts are found and read on the whole
    picture, as `OCR` does, and given to the cells in which they stand. Small print is enlarged first; see
    `enlargement`.

    Raises:
        ConfigError: ``extras`` would turn or flatten the picture, and the texts would no longer lie in their cells.
        ExportError: a folder is no package, was changed, or paddleocr does not load it.
        EngineError: a model for ``extras`` is not on this machine and cannot be fetched.
    """

    def __init__(self, table: Path, detector: Path, recognizer: Path, extras: Extras | None = None) -> None:
        if extras and extras.moves_texts:
            raise ConfigError(
                "use_doc_orientation_classify and use_doc_unwarping (--orientation, --unwarping) are for pages: cells "
                "are looked for on the picture as it is. Straighten it first."
            )
        identity = read_identity(table)
        if identity["task"] != "table":
            raise ExportError(
                f"{identity['model']} is a model for {identity['task']}, not for the structure of tables."
            )
        self._structure = TableRecognizer(table, str(identity["deployed_as"]))
        self._ocr = OCR(detector, recognizer, extras)

    @classmethod
    def from_registry(cls, alias: str = "champion", uri: str | None = None, extras: Extras | None = None) -> "TableOCR":
        """The three models that ``alias`` stands for; see `OCR.from_registry`."""
        table, detector, recognizer = pulled(MODELS, alias, uri)
        return cls(table, detector, recognizer, extras)

    def __call__(self, picture: Path | str | NDArray[np.uint8]) -> Table:
        """The table on one picture.

        Args:
            picture: a file, or BGR pixels ``[height, width, 3]``.

        Raises:
            DatasetError: the file is missing or is no picture.
        """
        pixels = picture if isinstance(picture, np.ndarray) else load_picture(Path(picture))
        (found,) = self._structure.read([pixels])
        ratio = enlargement(found.boxes, (pixels.shape[0], pixels.shape[1]))
        enlarged = cv2.resize(pixels, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_CUBIC) if ratio > 1 else pixels
        lines = [replace(line, polygon=line.polygon / ratio) for line in self._ocr(np.asarray(enlarged, np.uint8))]
        return filled(found.structure, found.boxes, found.confidence, lines)


def enlargement(boxes: NDArray[np.float32], size_hw: tuple[int, int]) -> float:
    """How many times larger a picture must be for its texts to be found and read; 1 where they are large enough.

    Tables are often cut from pages at screen resolution. The height of a text is taken from the lower quartile of the
    cells: others hold several lines, or none.

    Shape:
        boxes ``[cells, 8]``
    """
    if not len(boxes):
        return 1.0
    rows = boxes[:, 1::2]
    height = max(float(np.quantile(np.ptp(rows, axis=1), 0.25)), 1.0)
    if height >= _SMALL_PX:
        return 1.0
    return max(1.0, min(_LEGIBLE_PX / height, _MOST_TIMES, _LONGEST_PX / max(size_hw)))


def filled(structure: Sequence[str], boxes: NDArray[np.float32], confidence: float, lines: Sequence[Line]) -> Table:
    """A table whose cells hold the lines that stand in them.

    Shape:
        boxes ``[cells, 8]``, in the order in which ``structure`` opens the cells
    """
    placed = place_lines(boxes, [line.polygon for line in lines])
    cells = zip(grid_of(structure), boxes.reshape(-1, 4, 2), placed.in_cells, strict=True)
    return Table(
        structure=tuple(structure),
        cells=tuple(ReadCell(place, polygon, tuple(lines[one] for one in own)) for place, polygon, own in cells),
        outside=tuple(lines[one] for one in placed.outside),
        confidence=confidence,
    )
