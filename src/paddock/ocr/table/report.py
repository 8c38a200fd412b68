"""What an evaluation shows: a table of every picture, and scores by number of cells and by number of spans."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from paddock.core.files import write_csv, write_json
from paddock.data.plot import new_figure, write_plot
from paddock.ocr.table.scorer import ScoredTable, TableScorer

CELLS = (1, 11, 21, 41, 81, 161)
SPANS = (0, 1, 3, 6, 11)
"""Where each class begins; the last has no end."""

_SCORES = {"acc": "#3b6ea5", "teds_structure": "#2e8b57", "cell_iou": "#a5673b"}


def write(scorer: TableScorer, folder: Path) -> None:
    """Write ``samples.csv``, ``by_cells`` and ``by_spans``, the latter as JSON and as a plot."""
    tables = scorer.tables()
    write_csv(folder / "samples.csv", [_row(table) for table in tables])
    for name, groups in (("cells", by_cells(tables)), ("spans", by_spans(tables))):
        write_json(folder / f"by_{name}.json", groups)
        _bars(groups, name, folder / f"by_{name}.png")


def by_cells(tables: Sequence[ScoredTable]) -> list[dict[str, Any]]:
    """Scores of the tables of each class of sizes that occurs."""
    return _grouped(tables, "cells", lambda table: len(table.cells), CELLS)


def by_spans(tables: Sequence[ScoredTable]) -> list[dict[str, Any]]:
    """Scores of the tables of each class that occurs, by how many spans they have."""
    return _grouped(tables, "spans", lambda table: table.num_spans, SPANS)


def _grouped(
    tables: Sequence[ScoredTable], name: str, count: Callable[[ScoredTable], int], starts: Sequence[int]
) -> list[dict[str, Any]]:
    rows = []
    for start, end in zip(starts, (*starts[1:], None), strict=True):
        members = [table for table in tables if count(table) >= start and (end is None or count(table) < end)]
        if members:
            rows.append(
                {
                    name: _class_name(start, end),
                    "count": len(members),
                    "acc": float(np.mean([table.is_correct for table in members])),
                    "teds_structure": float(np.mean([table.teds_structure for table in members])),
                    "cell_iou": float(np.mean([table.cell_iou for table in members])),
                }
            )
    return rows


def _class_name(start: int, end: int | None) -> str:
    if end is None:
        return f"{start}+"
    return str(start) if end == start + 1 else f"{start}-{end - 1}"


def _row(table: ScoredTable) -> dict[str, Any]:
    return {
        "image": str(table.image),
        "correct": table.is_correct,
        "teds_structure": round(table.teds_structure, 4),
        "cell_iou": round(table.cell_iou, 4),
        "cells": len(table.cells),
        "cells_read": len(table.reading.boxes),
        "spans": table.num_spans,
        "confidence": round(table.reading.confidence, 4),
        "unreadable": table.unreadable,
    }


def _bars(rows: Sequence[dict[str, Any]], name: str, path: Path) -> None:
    """A bar for each score, beside each other, with the number of tables on top."""
    figure = new_figure(6.5, 3.2)
    plot = figure.add_subplot()
    width = 0.8 / len(_SCORES)
    for number, (score, colour) in enumerate(_SCORES.items()):
        places = [place + (number - 1) * width for place in range(len(rows))]
        bars = plot.bar(places, [row[score] for row in rows], width, color=colour, label=score)
        if number == 1:
            plot.bar_label(bars, labels=[str(row["count"]) for row in rows], fontsize=7, color="#666666")
    plot.set_xticks(range(len(rows)), [row[name] for row in rows])
    plot.set(ylim=(0, 1.08), xlabel=f"{name} of the label", ylabel="score")
    figure.legend(loc="outside upper center", ncols=len(_SCORES), fontsize=8, frameon=False)
    write_plot(figure, path)
