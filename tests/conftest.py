"""What tests of every part share: a project folder to spoil, no traces of the caller's shell or of the test before."""

import logging
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.repository import REPOSITORY

# A shell starts background jobs with Ctrl-C ignored. Programs that tests start would inherit that, and a test that
# sends Ctrl-C to one would wait for ever.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test talks to anybody's tracking server, and none sends telemetry."""
    for name in ("MLFLOW_TRACKING_URI", "DVC_ROOT", "DVC_STAGE", "DVC_EXP_NAME", "HYDRA_FULL_ERROR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    monkeypatch.setenv("DVC_NO_ANALYTICS", "1")


@pytest.fixture(autouse=True)
def quiet_log() -> Iterator[None]:
    """The command line sets up paddock's log for the whole process; the next test finds it as it was."""
    logger = logging.getLogger("paddock")
    handlers, level, propagate = list(logger.handlers), logger.level, logger.propagate
    yield
    logger.handlers, logger.level, logger.propagate = handlers, level, propagate


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with this repository's conf/ and params.yaml, and the working directory in it."""
    folder = tmp_path / "checkout"
    shutil.copytree(REPOSITORY / "conf", folder / "conf")
    shutil.copyfile(REPOSITORY / "params.yaml", folder / "params.yaml")
    monkeypatch.chdir(folder)
    return folder
