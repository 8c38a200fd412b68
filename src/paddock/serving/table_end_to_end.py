"""A table model, a detector and a recogniser scored together on labelled tables, read exactly as in deployment."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

from paddock.core.errors import DatasetError
from paddock.core.files import write_csv, write_text
from paddock.data.prepared import PreparedTable, read_tables
from paddock.data.progress import progress
from paddock.data.table_tokens import GridCell, grid_of
from paddock.data.tables import INLINE_TAGS, TableSample, table_element, table_html
from paddock.ocr.datasets import Listed
from paddock.ocr.det.metric import scores
from paddock.ocr.table.metric import TableMetric
from paddock.ocr.table.teds import Teds, teds_of_all
from paddock.serving.table_ocr import STYLE, Table, TableOCR
from paddock.serving.tables import ReadTable, drawn

_NOTHING = Table((), (), (), 0.0)


@dataclass(frozen=True)
class EvaluatedTable:
    """One table of an end-to-end evaluation."""

    truth: TableSample
    table: Table
    similarity: Teds
    """Of the documents, texts included; see `paddock.ocr.table.teds`."""
    num_right: int
    """Cells that are labelled and read at the same place, with the same spans and the same text."""
    unreadable: str = ""
    """Why the picture could not be read; then no table was found on it."""


def read_split(
    table: Path, detector: Path, recognizer: Path, layout: PreparedTable, split: str, num_processes: int
) -> list[EvaluatedTable]:
    """Read all tables of a split, every one once.

    Args:
        num_processes: that compare tables, where there are enough of them.

    Raises:
        DatasetError: the data set is not prepared for tables, or its label file is damaged.
        ExportError: a folder is no package, or paddleocr does not load it.
    """
    layout.stats()  # says what is wrong with a data set without tables
    label_file = str(layout.label_file(split))
    listed = Listed(layout.folder, [label_file], [1.0])
    labelled = [
        replace(sample, image=listed.picture(label_file, sample.image.as_posix()))
        for sample in read_tables(Path(label_file))
    ]
    ocr = TableOCR(table, detector, recognizer)
    found = [_read(ocr, sample) for sample in progress(labelled, f"read {split}")]
    pairs = [
        (read.html(), table_html(sample.structure, sample.cells))
        for sample, (read, _) in zip(labelled, found, strict=True)
    ]
    return [
        EvaluatedTable(sample, read, similarity, _num_right(sample, read), unreadable)
        for sample, (read, unreadable), similarity in zip(
            labelled, found, teds_of_all(pairs, num_processes), strict=True
        )
    ]


def metrics(tables: Sequence[EvaluatedTable]) -> dict[str, float]:
    """TEDS with text and without, PaddleOCR's accuracy of structures, and how many cells are right altogether.

    As in PaddleOCR's SLANet_ch.yml, accuracy does not ask where head and body begin and end.

    ``hmean_cells`` weighs the cells that are right against all that are labelled and all that were read.
    """
    count = max(len(tables), 1)
    num_labels = sum(len(table.truth.cells) for table in tables)
    num_read = sum(len(table.table.cells) for table in tables)
    return {
        "teds": sum(table.similarity.teds for table in tables) / count,
        "teds_structure": sum(table.similarity.teds_struct for table in tables) / count,
        **TableMetric(del_thead_tbody=True)((table.table.structure, table.truth.structure) for table in tables),
        "hmean_cells": scores(sum(table.num_right for table in tables), num_labels, num_read)["hmean"],
        "n_eval": float(len(tables)),
        "n_unreadable": float(sum(bool(table.unreadable) for table in tables)),
    }


def write_report(tables: Sequence[EvaluatedTable], folder: Path, count: int) -> None:
    """Write ``samples.csv`` with every table, and ``worst.html`` with the ``count`` worst beside their labels."""
    write_csv(
        folder / "samples.csv",
        [
            {
                "image": str(table.truth.image),
                "teds": round(table.similarity.teds, 4),
                "teds_structure": round(table.similarity.teds_struct, 4),
                "cells": len(table.truth.cells),
                "cells_read": len(table.table.cells),
                "cells_right": table.num_right,
                "texts_outside": len(table.table.outside),
                "confidence": round(table.table.confidence, 4),
                "unreadable": table.unreadable,
            }
            for table in tables
        ],
    )
    worst = sorted((table for table in tables if not table.unreadable), key=lambda table: table.similarity.teds)
    shown = "\n".join(_shown(table) for table in worst[:count])
    head = f'<meta charset="utf-8"><title>worst tables</title><style>{STYLE} img {{ max-width: 48em; }}</style>'
    write_text(folder / "worst.html", f"<!DOCTYPE html>\n<html><head>{head}</head><body>\n{shown}\n</body></html>\n")


def _read(ocr: TableOCR, sample: TableSample) -> tuple[Table, str]:
    try:
        return ocr(sample.image), ""
    except DatasetError as error:
        return _NOTHING, str(error)


def _num_right(sample: TableSample, table: Table) -> int:
    labelled: dict[GridCell, str] = {}
    for place, cell in zip(grid_of(sample.structure), sample.cells, strict=True):
        text = "".join(token for token in cell.tokens if token not in INLINE_TAGS)
        labelled[replace(place, is_head=False)] = " ".join(text.split())
    read = {replace(cell.place, is_head=False): " ".join(cell.text.split()) for cell in table.cells}
    return sum(read.get(place) == text for place, text in labelled.items())


def _shown(table: EvaluatedTable) -> str:
    """The picture with its cells, the labelled and the read table; all in one file, which can be sent around."""
    picture = base64.b64encode(drawn(ReadTable(table.truth.image, table.table))).decode("ascii")
    name = escape(table.truth.image.name)
    return (
        f"<h2>{name}: TEDS {table.similarity.teds:.4f}, structure {table.similarity.teds_struct:.4f}</h2>"
        f'<img alt="{name}" src="data:image/jpeg;base64,{picture}">'
        f"<h3>label</h3>{table_element(table.truth.structure, table.truth.cells)}"
        f"<h3>read</h3>{table.table.element}"
    )
