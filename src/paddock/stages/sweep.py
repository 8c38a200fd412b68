"""sweep: `paddock train -m`: a parent run in MLflow, a training for each combination of values, the best one named."""

import argparse
import logging
from dataclasses import replace
from functools import partial
from pathlib import Path

from paddock.config.schema import Config
from paddock.config.sweep import run_sweep
from paddock.config.trial import table
from paddock.core.errors import PaddockError, TrackingError
from paddock.engines.engine import open_engine
from paddock.stages.train import record
from paddock.tracking.provenance import run_name
from paddock.tracking.run import open_run
from paddock.tracking.sweep import compare_link, parent_run, record_trials

_log = logging.getLogger(__name__)


def run(config: Config, arguments: argparse.Namespace) -> int:
    """Train every combination.

    Args:
        config: of the first trial; the parent run is kept where it says.

    Returns:
        0, or 1 if a trial failed.
    """
    with parent_run(config.tracking, f"sweep: {run_name(config)}") as parent:
        parent.tags({"paddock.overrides": " ".join(arguments.overrides)})
        results = run_sweep(arguments.overrides, partial(trial, parent=parent.local_id))
        print("\n".join(table(results, _indicator(config))))
        record_trials(results, _indicator(config), parent)
    try:
        print(f"compare them: {compare_link(config.tracking, parent.local_id)} (start `paddock ui` first)")
    except TrackingError as error:
        _log.warning("%s", error)
    return 1 if any(result.status != "ok" for result in results) else 0


def trial(config: Config, folder: Path, parent: str) -> float:
    """One training; what it is worth is the best validation score."""
    named = replace(config, tracking=replace(config.tracking, run_name=f"{run_name(config)} #{folder.name}"))
    try:
        session = open_engine(named).start(named)
    except PaddockError:
        with open_run(named.tracking, name=folder.name, parent=parent):  # refused, and marked as failed
            raise
    return record(named, session, parent).metrics[_indicator(config)]


def _indicator(config: Config) -> str:
    return f"val/{config.Metric['main_indicator']}"
