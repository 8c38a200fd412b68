import socket
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from paddock.config.schema import Config, Store, TrackingConfig
from paddock.core.errors import TrackingError
from paddock.stages import sync
from paddock.tracking.outbox import Header, open_outbox
from paddock.tracking.run import SpoolTracker


def config_with(uri: str | None) -> Config:
    tracking = TrackingConfig(store=Store.local, uri=uri, experiment="e", run_name=None, system_metrics=False)
    return cast(Config, SimpleNamespace(tracking=tracking))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_sync_with_nothing_to_do_says_so(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sync.run(config_with(None), None)
    assert capsys.readouterr().out == "every run is in the store\n"


def test_sync_against_a_dead_store_tells_what_is_left(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    uri = "http://127.0.0.1:9"
    outbox = open_outbox(project, Header("run-1", "paddock-rec", "crnn", uri, None, None, 1))
    SpoolTracker(outbox).metrics({"train/loss": 1.0}, 0)
    left = outbox.unsent_bytes
    with pytest.raises(
        TrackingError, match=r"1 of 1 runs are not sent: tracking store http://127\.0\.0\.1:9 is unreach"
    ):
        sync.run(config_with(uri), None)
    assert capsys.readouterr().out == f"run-1 (paddock-rec): 0 bytes sent, {left} bytes left\n"


def test_sync_tells_which_run_it_ended(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    uri = "http://127.0.0.1:9"
    outbox = open_outbox(project, Header("run-1", "paddock-rec", "crnn", uri, None, None, 1))
    owner = {"host": socket.gethostname(), "pid": 2**22 + 1, "started": 0}  # above the largest process number of Linux
    outbox.append({"op": "begin", "t": 0, "session": "s", "owner": owner})
    with pytest.raises(TrackingError):
        sync.run(config_with(uri), None)
    assert capsys.readouterr().out.endswith("bytes left, ended as KILLED\n")
