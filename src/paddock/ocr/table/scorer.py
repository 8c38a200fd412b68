"""Structures and cells read in the pictures of a split beside those labelled, and what they are worth."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from paddock.data.loader import Batch
from paddock.data.table_tokens import span_of
from paddock.data.tables import TableCell, table_html
from paddock.ocr.table.decode import TableLabelDecode, TableReading
from paddock.ocr.table.metric import TableMetric, cell_ious
from paddock.ocr.table.picture import TablePicture
from paddock.ocr.table.teds import teds_of_all

_NOTHING = TableReading((), np.zeros((0, 8), np.float32), 0.0)


@dataclass(frozen=True)
class ScoredTable:
    """One table of an evaluation."""

    image: Path
    origin: str
    truth: tuple[str, ...]
    """Unmerged tokens."""
    cells: tuple[TableCell, ...]
    """In the order in which ``truth`` opens them."""
    reading: TableReading
    is_correct: bool
    """By PaddleOCR's accuracy."""
    ious: NDArray[np.float64]
    """See `cell_ious`."""
    teds_structure: float
    """See `paddock.ocr.table.teds`; of the structures, both without text."""
    unreadable: str = ""
    """Why the picture could not be read; such a table counts as one in which no cell was found."""

    @property
    def num_spans(self) -> int:
        """Spans of the label; a cell that reaches over rows and columns has two."""
        return sum(span_of(token) is not None for token in self.truth)

    @property
    def cell_iou(self) -> float:
        """Mean over the labelled boxes; 1 where there is none."""
        return float(self.ious.mean()) if len(self.ious) else 1.0


@dataclass
class TableScorer:
    """Collects readings; see `paddock.ocr.task.Scorer`.

    Args:
        num_processes: that compare trees, where there are enough of them.
    """

    decode: TableLabelDecode
    metric: TableMetric
    num_processes: int
    _read: list[tuple[TablePicture, TableReading, str]] = field(init=False, default_factory=list)
    _scored: list[ScoredTable] = field(init=False, default_factory=list)

    def add(self, outputs: Sequence[NDArray[np.float32]], batch: Batch[TablePicture]) -> None:
        """Take in a batch.

        Shape:
            outputs: boxes ``[B, S, 8]`` and probabilities ``[B, S, N]`` first, or none where no picture could be read
        """
        if outputs:
            boxes, probabilities = outputs[:2]
            readings = self.decode(boxes, probabilities, [picture.source_size for picture in batch.samples])
            self._read += [(picture, reading, "") for picture, reading in zip(batch.samples, readings, strict=True)]
        self._read += [(picture, _NOTHING, reason) for picture, reason in batch.unreadable]

    def tables(self) -> list[ScoredTable]:
        """Every table, in the order in which it came."""
        waiting = self._read[len(self._scored) :]
        pairs = [(table_html(reading.structure), table_html(picture.structure)) for picture, reading, _ in waiting]
        for (picture, reading, unreadable), found in zip(waiting, teds_of_all(pairs, self.num_processes), strict=True):
            self._scored.append(
                ScoredTable(
                    image=picture.image,
                    origin=picture.origin,
                    truth=picture.structure,
                    cells=picture.cells,
                    reading=reading,
                    is_correct=self.metric.is_correct(reading.structure, picture.structure),
                    ious=cell_ious(reading.structure, reading.boxes, picture.structure, picture.cells),
                    teds_structure=found.teds_struct,
                    unreadable=unreadable,
                )
            )
        return self._scored

    def metrics(self) -> dict[str, float]:
        """PaddleOCR's ``acc``, TEDS of the structures, mean overlap of the labelled boxes, and what was counted.

        There is no ``teds``: this network reads no text, and to score it with the label's would flatter it.
        """
        tables = self.tables()
        ious = np.concatenate([np.zeros(0), *(table.ious for table in tables)])
        return {
            **self.metric([(table.reading.structure, table.truth) for table in tables]),
            "teds_structure": float(np.mean([table.teds_structure for table in tables])) if tables else 0.0,
            "cell_iou": float(ious.mean()) if len(ious) else 0.0,
            "n_eval": float(len(tables)),
            "n_unreadable": float(sum(bool(table.unreadable) for table in tables)),
        }

    def worst(self, count: int) -> list[ScoredTable]:
        """The least similar tables first; of those of right structure, the ones whose boxes lie worst."""
        return sorted(self.tables(), key=lambda table: (table.teds_structure, table.cell_iou))[:count]
