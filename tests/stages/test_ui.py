import argparse
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from urllib.request import urlopen

import psutil
import pytest

from paddock.config.schema import Config, Store, TrackingConfig
from paddock.stages import ui

SCRIPT = """
import argparse, sys
from types import SimpleNamespace
from paddock.config.schema import Store, TrackingConfig
from paddock.stages import ui
tracking = TrackingConfig(store=Store.local, uri=None, experiment="e", run_name=None, system_metrics=False)
ui.run(SimpleNamespace(tracking=tracking), argparse.Namespace(port=int(sys.argv[1])))
"""


def test_the_pages_of_a_server_are_named_without_its_password(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://me:secret@team:5000/")
    tracking = TrackingConfig(store=Store.server, uri=None, experiment="e", run_name=None, system_metrics=False)
    ui.run(cast(Config, SimpleNamespace(tracking=tracking)), argparse.Namespace(port=5000))
    assert capsys.readouterr().out == "http://team:5000/#/experiments?workflowType=machine_learning\n"


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ui_serves_the_projects_store_until_it_is_stopped(tmp_path: Path, number: signal.Signals) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", SCRIPT, str(port)]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert (
            line == f"MLflow: http://127.0.0.1:{port}/#/experiments?workflowType=machine_learning  (Ctrl-C ends it)\n"
        )
        with urlopen(f"http://127.0.0.1:{port}/", timeout=10) as page:
            assert b"MLflow" in page.read()
        family = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(number)
        assert process.wait(20) == 0
    assert psutil.wait_procs(family, timeout=10)[1] == []
    assert (tmp_path / "mlruns" / "mlflow.db").exists()
