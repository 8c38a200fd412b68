import json
from pathlib import Path
from urllib.parse import unquote

import pytest
from mlflow import MlflowClient
from mlflow.entities import Run

from paddock.config.schema import TrackingConfig
from paddock.core.errors import TrackingError
from paddock.tracking import sweep as sweeps
from paddock.tracking.outbox import Header, open_outbox
from paddock.tracking.run import open_run
from paddock.tracking.sweep import compare_link, parent_run, store_run_id


def sweep(config: TrackingConfig, scores: dict[str, float]) -> str:
    """A sweep with a trial a score; a trial named ``broken`` raises after its score."""
    with parent_run(config, "lr sweep", {"model": "rec_crnn_mv3"}) as parent:
        for name, score in scores.items():
            try:
                with open_run(config, name=name, parent=parent.local_id) as tracker:
                    tracker.params({"lr": name})
                    tracker.metrics({"val/acc": score}, 1)
                    if name == "broken":
                        raise RuntimeError("out of memory")
            except RuntimeError:
                continue
    return parent.local_id


def children(config: TrackingConfig, client: MlflowClient, parent: str) -> dict[str, Run]:
    """Name -> run of the trials below a parent, as the store knows them."""
    run_id = store_run_id(config, parent)
    experiment = client.get_run(run_id).info.experiment_id
    found = client.search_runs([experiment], f"tags.mlflow.parentRunId = '{run_id}'")
    return {str(run.info.run_name): run for run in found}


def test_trials_lie_under_one_parent(project: Path, config: TrackingConfig, client: MlflowClient) -> None:
    parent = sweep(config, {"1e-3": 0.7, "5e-4": 0.9})
    trials = children(config, client, parent)
    assert {name: trial.data.metrics["val/acc"] for name, trial in trials.items()} == {"1e-3": 0.7, "5e-4": 0.9}
    run = client.get_run(store_run_id(config, parent))
    assert (run.info.run_name, run.info.status) == ("lr sweep", "FINISHED")
    assert (run.data.tags["paddock.kind"], run.data.tags["model"]) == ("sweep", "rec_crnn_mv3")


def test_a_failing_trial_is_marked_and_the_others_go_on(
    project: Path, config: TrackingConfig, client: MlflowClient
) -> None:
    parent = sweep(config, {"broken": 0.1, "1e-3": 0.7})
    trials = children(config, client, parent)
    assert {name: run.info.status for name, run in trials.items()} == {"broken": "FAILED", "1e-3": "FINISHED"}
    assert trials["broken"].data.tags["paddock.error"] == "RuntimeError: out of memory"
    assert client.get_run(store_run_id(config, parent)).info.status == "FINISHED"


@pytest.mark.parametrize(("raised", "status"), [(RuntimeError, "FAILED"), (KeyboardInterrupt, "KILLED")])
def test_the_parent_never_stays_open(
    project: Path, config: TrackingConfig, client: MlflowClient, raised: type[BaseException], status: str
) -> None:
    with pytest.raises(raised), parent_run(config, "sweep") as parent:
        raise raised
    assert client.get_run(store_run_id(config, parent.local_id)).info.status == status


def test_the_compare_link_names_all_trials(project: Path, config: TrackingConfig, client: MlflowClient) -> None:
    parent = sweep(config, {"1e-3": 0.7, "5e-4": 0.9})
    link = unquote(compare_link(config, parent))
    ids = {run.info.run_id for run in children(config, client, parent).values()}
    assert link.startswith("http://127.0.0.1:5000/#/compare-runs?runs=")
    assert set(json.loads(link.split("runs=")[1].split("&")[0])) == ids


def test_a_run_that_was_never_recorded_here_is_named(project: Path, config: TrackingConfig) -> None:
    with pytest.raises(TrackingError, match=r"no run 'x' was recorded in .*Run `paddock train` first"):
        store_run_id(config, "x")


def test_the_id_of_a_run_cannot_be_had_from_a_dead_store(project: Path, dead_store: TrackingConfig) -> None:
    with open_run(dead_store, name="crnn") as tracker:
        pass
    with pytest.raises(TrackingError, match=r"127\.0\.0\.1:9 is unreachable .* Start it and try again"):
        store_run_id(dead_store, tracker.local_id)


def test_a_run_that_another_process_keeps_sending_is_named(
    project: Path, config: TrackingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeps, "_PATIENCE_S", 0.3)
    outbox = open_outbox(project, Header("run-1", "paddock-rec", "crnn", None, None, None, 1))
    with outbox.lock, pytest.raises(TrackingError, match="the run run-1 is still being sent by another process"):
        store_run_id(config, "run-1")
