import os
import signal
import subprocess
import sys
from pathlib import Path

from mlflow import MlflowClient

from paddock.config.schema import TrackingConfig
from paddock.tracking.outbox import Header, open_outbox
from paddock.tracking.run import SpoolTracker, open_run
from paddock.tracking.sync import Synced, sync_all


def test_a_run_that_was_sent_is_not_reported(project: Path, config: TrackingConfig) -> None:
    with open_run(config, name="crnn"):
        pass
    assert sync_all(config) == []


def test_the_run_of_a_killed_process_is_sent_and_ended(
    project: Path, config: TrackingConfig, client: MlflowClient
) -> None:
    outbox = open_outbox(project, Header("run-1", "paddock-rec", "crnn", None, None, None, 1))
    script = (
        "import sys, time; from pathlib import Path\n"
        "from paddock.tracking.outbox import Outbox; from paddock.tracking.run import SpoolTracker\n"
        "outbox = Outbox(Path(sys.argv[1])); outbox.begin(); SpoolTracker(outbox).metrics({'train/loss': 1}, 7)\n"
        "print('begun', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(outbox.folder)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"begun\n"
        [alive] = sync_all(config)
        assert (alive.ended, alive.left_bytes) == (False, 0)
        assert client.get_run(outbox.run_id).info.status == "RUNNING"
        os.kill(process.pid, signal.SIGKILL)
    [dead] = sync_all(config)
    assert (dead.ended, dead.left_bytes, dead.experiment) == (True, 0, "paddock-rec")
    run = client.get_run(outbox.run_id)
    assert run.info.status == "KILLED"
    assert run.data.metrics == {"train/loss": 1.0}


def test_what_a_dead_store_does_not_take_stays(project: Path, dead_store: TrackingConfig) -> None:
    with open_run(dead_store, name="crnn") as tracker:
        tracker.metrics({"train/loss": 1.0}, 0)
    [report] = sync_all(dead_store)
    assert isinstance(report, Synced)
    assert report.left_bytes > 0
    assert "tracking store http://127.0.0.1:9 is unreachable" in report.problem


def test_runs_go_to_the_store_they_were_begun_in(
    project: Path, config: TrackingConfig, dead_store: TrackingConfig, client: MlflowClient
) -> None:
    outbox = open_outbox(project, Header("run-1", "paddock-rec", "crnn", None, None, None, 1))
    SpoolTracker(outbox).metrics({"train/loss": 1.0}, 0)
    [report] = sync_all(dead_store)
    assert (report.left_bytes, report.problem) == (0, "")
    assert client.get_run(outbox.run_id).data.metrics == {"train/loss": 1.0}


def test_a_run_of_an_address_that_is_refused_now_is_reported(project: Path, config: TrackingConfig) -> None:
    outbox = open_outbox(project, Header("run-1", "paddock-rec", "crnn", "file:///mlruns", None, None, 1))
    SpoolTracker(outbox).metrics({"train/loss": 1.0}, 0)
    [report] = sync_all(config)
    assert "is a folder, which MLflow no longer accepts" in report.problem
