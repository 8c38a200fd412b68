"""What only a real server shows: outages in the middle, artifacts over HTTP."""

import logging
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from mlflow import MlflowClient

from paddock.config.schema import RegistryConfig, TrackingConfig
from paddock.core.errors import TrackingError
from paddock.tracking import courier, server
from paddock.tracking import store as stores
from paddock.tracking.outbox import all_outboxes
from paddock.tracking.pull import pull
from paddock.tracking.registry import register_package
from paddock.tracking.run import open_run, read_state
from paddock.tracking.sweep import store_run_id
from paddock.tracking.sync import sync_all

MODEL_FILE = """
import mlflow
from mlflow.pyfunc import PythonModel
class Echo(PythonModel):
    def predict(self, context, model_input: list[str]) -> list[str]:
        return model_input
mlflow.models.set_model(Echo())
"""


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind((server.HOST, 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def team(config: TrackingConfig, port: int) -> TrackingConfig:
    """The address of a server that a test starts and stops."""
    return replace(config, uri=f"http://{server.HOST}:{port}")


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.1)


def steps(client: MlflowClient, run_id: str) -> list[int]:
    return sorted(metric.step for metric in client.get_metric_history(run_id, "train/loss"))


@pytest.mark.slow
def test_a_server_that_dies_in_the_middle_costs_no_step(
    project: Path,
    team: TrackingConfig,
    port: int,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(courier, "SHIP_EVERY_S", 0.2)
    state = project / "run.json"
    with caplog.at_level(logging.WARNING), open_run(team, name="crnn", state=state) as tracker:
        tracker.metrics({"train/loss": 1.0}, 0)  # the server is not up yet: the run starts all the same
        with server.serve(stores.project_store(), port):
            for step in range(1, 100):
                tracker.metrics({"train/loss": 1.0}, step)
            wait_for(lambda: all_outboxes(project)[0].unsent_bytes == 0, 60)
        longest_s = 0.0
        for step in range(100, 1200):
            begin = time.monotonic()
            tracker.metrics({"train/loss": 1.0}, step)
            longest_s = max(longest_s, time.monotonic() - begin)
        assert longest_s < 1.0
        wait_for(lambda: caplog.text.count("is unreachable") == 2, 60)
    run_id = read_state(state).run_id
    assert run_id is not None
    assert "yet; `paddock sync` sends them." in caplog.text
    with server.serve(stores.project_store(), port):
        [report] = sync_all(team)
        assert (report.left_bytes, report.problem) == (0, "")
        all_outboxes(project)[0].mark_sent(0)
        sync_all(team)
        client = stores.connect(stores.locate(team))
        assert steps(client, run_id) == list(range(1200))
        assert client.get_run(run_id).info.status == "FINISHED"


@pytest.mark.slow
def test_a_package_goes_through_a_server_and_outlives_it(
    project: Path, team: TrackingConfig, registry: RegistryConfig, port: int, caplog: pytest.LogCaptureFixture
) -> None:
    package = project / "export"
    package.mkdir()
    (package / "inference.pdiparams").write_bytes(bytes(1000))
    (project / "model.py").write_text(MODEL_FILE)
    with server.serve(stores.project_store(), port):
        stores.connect(stores.locate(team)).create_experiment("paddock-rec", artifact_location="mlflow-artifacts:/team")
        with open_run(team, name="crnn") as tracker:
            tracker.artifact(package)
        version = register_package(
            package,
            registry,
            team,
            run_id=store_run_id(team, tracker.local_id),
            python_model=project / "model.py",
            requirements=["numpy"],
            tags={},
            metrics={"test/acc": 0.9},
        )
        assert (version.number, version.created) == (1, True)
        folder = pull(registry, team)
        with pytest.raises(TrackingError, match=r"no alias 'best' .* there are \['candidate', 'champion'\]"):
            pull(registry, team, "best")
    with caplog.at_level(logging.WARNING):
        assert pull(registry, team) == folder
    assert "is unreachable" in caplog.text
    assert (folder / "inference.pdiparams").stat().st_size == 1000
    assert len(list((project / "mlruns" / "artifacts" / "team").rglob("inference.pdiparams"))) == 2


@pytest.mark.slow
def test_an_experiment_made_through_paddock_ui_can_be_used_without_it(
    project: Path, config: TrackingConfig, team: TrackingConfig, registry: RegistryConfig, port: int
) -> None:
    (project / "model.py").write_text(MODEL_FILE)
    (project / "export").mkdir()
    (project / "export" / "dict.txt").write_text("a")
    with server.serve(stores.project_store(), port), open_run(team, name="crnn") as first:
        first.artifact(project / "model.py")
        run_id = store_run_id(team, first.local_id)
        register_package(
            project / "export",
            registry,
            team,
            run_id=run_id,
            python_model=project / "model.py",
            requirements=["numpy"],
            tags={},
            metrics={},
        )
    with open_run(config, name="crnn") as second:
        second.artifact(project / "model.py")
    client = stores.connect(stores.locate(config))
    for local_id in (first.local_id, second.local_id):
        assert [file.path for file in client.list_artifacts(store_run_id(config, local_id))] == ["model.py"]
    assert (pull(registry, config) / "dict.txt").read_text() == "a"


def test_a_port_in_use_is_named(project: Path, port: int) -> None:
    with socket.socket() as taken:
        taken.bind((server.HOST, port))
        taken.listen()
        with (
            pytest.raises(
                TrackingError, match=rf"port {port} of this machine cannot be used .* Choose another: --port"
            ),
            server.serve(stores.project_store(), port),
        ):
            pass


def test_a_port_that_is_none_is_named(project: Path) -> None:
    with (
        pytest.raises(TrackingError, match="port 70000 of this machine cannot be used"),
        server.serve(stores.project_store(), 70000),
    ):
        pass
