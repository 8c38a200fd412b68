"""What an evaluation shows: a table of every page, scores by size of text, thresholds, the precision-recall curve."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from paddock.config.stored import POSTPROCESS
from paddock.core.files import write_csv, write_json
from paddock.data.plot import new_figure, write_plot
from paddock.ocr.det.metric import SizeScores, scores
from paddock.ocr.det.scorer import DetScorer, ScoredPage
from paddock.ocr.det.thresholds import Sweep


def write(scorer: DetScorer, sweep: Sweep | None, folder: Path) -> None:
    """Write ``samples.csv`` and ``by_size``; of a sweep also the chosen triple, all others, and the curve."""
    write_csv(folder / "samples.csv", [_row(page) for page in scorer.pages])
    sizes = by_size(scorer.pages)
    write_json(folder / "by_size.json", sizes)
    _bars(sizes, folder / "by_size.png")
    if sweep is None:
        return
    best = sweep.best
    chosen = {"thresh": best.thresh, "box_thresh": best.box_thresh, "unclip_ratio": best.unclip_ratio}
    write_json(folder / POSTPROCESS, chosen)
    write_csv(folder / "thresholds.csv", [_rounded(asdict(setting)) for setting in sweep.settings])
    curve = [
        {"box_thresh": round(float(value), 2), **_rounded(sweep.candidates.at(float(value)))}
        for value in np.arange(0.3, 1.0, 0.02)
        if (sweep.candidates.scores >= value).any()
    ]
    write_csv(folder / "pr_curve.csv", curve)
    _curve(curve, best.box_thresh, folder / "pr_curve.png")


def by_size(pages: list[ScoredPage]) -> list[dict[str, Any]]:
    """Recall and precision of texts of each class of heights that occurs."""
    sizes = SizeScores()
    for page in pages:
        sizes.add(page.match, page.labels, [box.points for box in page.found])
    return [
        {"height_px": name, "count": score.num_labels, "recall": score.recall, "precision": score.precision}
        for name, score in sizes.by_name().items()
        if score.num_labels or score.num_boxes
    ]


def _row(page: ScoredPage) -> dict[str, Any]:
    match = page.match
    return {
        "image": str(page.image),
        **_rounded(scores(len(match.pairs), match.num_labels, match.num_boxes)),
        "matched": len(match.pairs),
        "missed": len(match.missed),
        "false": len(match.false),
        "on_ignored": len(match.on_ignored),
        "unreadable": page.unreadable,
    }


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in row.items()}


def _bars(rows: list[dict[str, Any]], path: Path) -> None:
    figure = new_figure(5.0, 3.2)
    plot = figure.add_subplot()
    bars = plot.bar(range(len(rows)), [row["recall"] for row in rows], color="#3b6ea5")
    plot.bar_label(bars, labels=[str(row["count"]) for row in rows], fontsize=7, color="#666666")
    plot.set_xticks(range(len(rows)), [row["height_px"] for row in rows])
    plot.set(ylim=(0, 1.08), xlabel="height of the labelled box in pixels", ylabel="share found")
    write_plot(figure, path)


def _curve(curve: list[dict[str, Any]], chosen: float, path: Path) -> None:
    figure = new_figure(4.2, 3.8)
    plot = figure.add_subplot()
    plot.plot([row["recall"] for row in curve], [row["precision"] for row in curve], color="#3b6ea5")
    for here in sorted(curve, key=lambda row: abs(row["box_thresh"] - chosen))[:1]:  # none where nothing was found
        place = (here["recall"], here["precision"])
        plot.plot(*place, "o", color="#d71e1e")
        plot.annotate(f"box_thresh {chosen:g}", place, (-8, -14), textcoords="offset points", ha="right")
    plot.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel="recall", ylabel="precision", title="validation split")
    write_plot(figure, path)
