"""What the tracking store keeps of a training: what went in, and what came out."""

from pathlib import Path

from paddock.config.schema import Config
from paddock.config.stored import flat
from paddock.data.lint_report import PAGE
from paddock.data.prepare import report_folder
from paddock.data.prepared import STATS
from paddock.engines.engine import Fitted, Session
from paddock.tracking.tracker import Tracker

_TRAINING_STATE = frozenset({".pdparams", ".pdopt", ".states"})
"""Large, and of no use without the rest; of them only the best weights are recorded."""


def record_input(config: Config, session: Session, tracker: Tracker) -> None:
    """Every setting, the data sets by content, and what `paddock prepare` found in them."""
    tracker.params(flat(config))
    for data in session.datasets:
        tracker.dataset(data.name, data.digest, data.source, data.context)
    prepared = Path(config.prepared_dir)
    for path in (report_folder(prepared) / PAGE, prepared / config.task / STATS):
        if path.is_file():
            tracker.artifact(path, "data")


def record_output(config: Config, fitted: Fitted, folder: Path, tracker: Tracker) -> None:
    """How the training went, and its files.

    Args:
        folder: that of `Session.write_outputs`.
    """
    steps, indicator = int(fitted.metrics["steps"]), config.Metric["main_indicator"]
    tracker.metrics({f"train/{name}": value for name, value in fitted.course.items()}, steps)
    best = {f"val/best_{indicator}": fitted.metrics[f"val/{indicator}"], "val/best_epoch": fitted.metrics["best_epoch"]}
    tracker.metrics(best, steps)
    tracker.tags({"paddock.ended": fitted.reason})
    for path in sorted(folder.iterdir()):
        if path.suffix not in _TRAINING_STATE:
            tracker.artifact(path)
    tracker.artifact(folder / "best_accuracy.pdparams", "checkpoint")
