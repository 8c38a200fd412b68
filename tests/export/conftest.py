"""Pictures, pages and packages that all tests of export share; an export takes a second or more."""

from pathlib import Path

import pytest

from paddock.config.schema import Config
from paddock.ocr.det.task import DetTask
from tests import tiny_detector
from tests.tiny_recognizer import write_package, write_pictures


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Narrow, fitting, and two wide ones."""
    return write_pictures(tmp_path_factory.mktemp("pictures"), [(32, 40), (45, 135), (20, 85), (31, 217)])


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory, pictures: list[Path]) -> Path:
    """A whole package; tests only read it."""
    return write_package(tmp_path_factory.mktemp("export") / "package", pictures)


@pytest.fixture(scope="session")
def det_config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """The config of a detector and its prepared pages."""
    return tiny_detector.prepared_pages(tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="session")
def det_task(det_config: Config) -> DetTask:
    """The detector's task."""
    return DetTask.open(det_config)


@pytest.fixture(scope="session")
def det_package(tmp_path_factory: pytest.TempPathFactory, det_config: Config) -> Path:
    """A detector's whole package; tests only read it."""
    return tiny_detector.write_package(tmp_path_factory.mktemp("export") / "package", det_config)
