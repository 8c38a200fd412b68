"""Many trainings under one parent run."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from paddock.config import schema
from paddock.config.trial import TrialResult, best_of
from paddock.core.errors import PaddockError, TrackingError
from paddock.core.project import project_root
from paddock.tracking import store as stores
from paddock.tracking.outbox import Outbox, outbox_home
from paddock.tracking.run import open_run
from paddock.tracking.shipping import PARENT_TAG, Shipper
from paddock.tracking.tracker import Tracker

if TYPE_CHECKING:
    from mlflow.entities import Run

_PATIENCE_S = 10.0
"""How long to wait for a process, or this one's own thread, that is just making the run."""


@contextmanager
def parent_run(config: schema.TrackingConfig, name: str, tags: Mapping[str, object] | None = None) -> Iterator[Tracker]:
    """The run above the trials; give its ``local_id`` as ``parent`` to `open_run`. It ends whatever the body does."""
    quiet = replace(config, system_metrics=False, run_name=None)
    with open_run(quiet, name=name, tags={"paddock.kind": "sweep", **(tags or {})}) as tracker:
        yield tracker


def record_trials(results: Sequence[TrialResult], indicator: str, parent: Tracker) -> None:
    """Say in the parent run how many trials there were and which was best.

    Args:
        indicator: the metric that is a trial's value.

    Raises:
        PaddockError: no trial came to an end.
    """
    failed = sum(result.status != "ok" for result in results)
    parent.tags({"paddock.trials": len(results), "paddock.failed_trials": failed})
    if best := best_of(results):
        parent.tags({"paddock.best_trial": f"#{best.number} {' '.join(best.overrides)}"})
        parent.metrics({f"best/{indicator}": best.value or 0.0}, best.number)
    if failed == len(results):
        raise PaddockError(f"all {failed} trials failed; the first: {results[0].error}" if results else "no trial ran.")


def store_run_id(config: schema.TrackingConfig, local_id: str) -> str:
    """The store's id of a run that was opened on this machine.

    Raises:
        TrackingError: the store does not answer, or no such run was opened here.
    """
    outbox = Outbox(outbox_home(project_root()) / local_id)
    if not (outbox.folder / "header.json").exists():
        raise TrackingError(f"no run {local_id!r} was recorded in {outbox.folder.parent}. Run `paddock train` first.")
    store = stores.locate(config)
    end = time.monotonic() + _PATIENCE_S
    while not (run_id := outbox.run_id):
        if time.monotonic() > end:
            raise TrackingError(f"the run {local_id} is still being sent by another process. Try again.")
        try:
            Shipper(outbox, store).ship()
        except Exception as error:  # MLflow, requests or SQLAlchemy: whatever it is, there is no id
            raise TrackingError(f"{stores.outage(store, error)} Start it and try again.") from error
        time.sleep(0.1)
    return run_id


def compare_link(config: schema.TrackingConfig, parent: str, ui: str = "http://127.0.0.1:5000") -> str:
    """Address of MLflow's comparison of all trials; its list of runs shows only the parent.

    Args:
        ui: where `paddock ui` listens; a server's own address is used instead when the store is one.

    Raises:
        TrackingError: the store does not answer.
    """
    experiment, runs = _trials(config, parent)
    store = stores.locate(config)
    home = store.name.rstrip("/") if store.uri.startswith("http") else ui
    ids = quote(json.dumps([run.info.run_id for run in runs]))
    return (
        f"{home}/#/compare-runs?runs={ids}&experiments={quote(json.dumps([experiment]))}&workflowType=machine_learning"
    )


def _trials(config: schema.TrackingConfig, parent: str) -> "tuple[str, list[Run]]":
    """The experiment of a sweep and its trials, as many as one answer of the store holds."""
    run_id = store_run_id(config, parent)
    store = stores.locate(config)
    try:
        client = stores.connect(store)
        experiment = client.get_run(run_id).info.experiment_id
        runs = client.search_runs([experiment], f"tags.`{PARENT_TAG}` = '{run_id}'", max_results=1000)
    except TrackingError:
        raise
    except Exception as error:  # MLflow, requests or SQLAlchemy
        raise TrackingError(f"{stores.outage(store, error)} Start it and try again.") from error
    return experiment, list(runs)
