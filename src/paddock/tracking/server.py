"""MLflow's server on the project's store, for its user interface."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from paddock.core.errors import TrackingError
from paddock.core.files import write_text
from paddock.core.project import project_root
from paddock.tracking import store as stores
from paddock.tracking.store import Store

HOST = "127.0.0.1"
START_BUDGET_S = 90.0
"""Without compiled bytecode MLflow takes 20 s and more to start."""
_STOP_BUDGET_S = 5.0


@contextmanager
def serve(store: Store, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server on ``store`` while the body runs; all its processes end with the body.

    Args:
        port: on this machine only; MLflow asks nobody for a password.

    Raises:
        TrackingError: the port is taken, or the server does not come up.
    """
    _check_port(port)
    stores.connect(store)  # makes the database, which the server's processes would race for
    log = project_root() / "scratch" / "mlflow-server.log"
    write_text(log, "")
    with log.open("ab") as words:
        process = subprocess.Popen(  # noqa: S603 - the words are paddock's own and the store's address
            _command(store, port), env=_environment(), start_new_session=True, stdout=words, stderr=words
        )
    try:
        _wait_until_up(process, port, log)
        yield process
    finally:
        _stop(process)


def link(port: int) -> str:
    """Where a browser finds runs; MLflow opens in another mode without the last part."""
    return f"http://{HOST}:{port}/#/experiments?workflowType=machine_learning"


def _command(store: Store, port: int) -> list[str]:
    command = [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", store.uri]
    command += ["--host", HOST, "--port", str(port), "--workers", "1"]
    if store.artifacts:
        command += ["--artifacts-destination", str(store.artifacts)]
        # Else an experiment that is made through the server could only be used through the server from then on.
        command += ["--default-artifact-root", store.artifacts.as_uri()]
    return command


def _environment() -> dict[str, str]:
    # With job execution MLflow starts ten processes and 960 MB instead of two and 200.
    return {**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise TrackingError(
                f"port {port} of this machine cannot be used ({error}). Choose another: --port."
            ) from error


def _wait_until_up(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    end = time.monotonic() + START_BUDGET_S
    while time.monotonic() < end:
        if process.poll() is not None:
            raise TrackingError(f"the MLflow server ended with status {process.returncode}. Read {log}.")
        try:
            with urlopen(f"http://{HOST}:{port}/health", timeout=1):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise TrackingError(f"the MLflow server is not up after {START_BUDGET_S:.0f} s. Read {log}.")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """End the server and its workers, which outlive the server when only that is told to end."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(_STOP_BUDGET_S)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
