"""Pictures, pages and packages that all tests of export share; an export takes a second or more."""

from pathlib import Path

import pytest

from paddock.config.schema import Config
from paddock.ocr.det.task import DetTask
from tests import tiny_detector, tiny_slanet
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


@pytest.fixture(scope="session")
def table_pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Broad, high, very broad, square; the second is larger than the network's input, the third's text is small."""
    sizes = [(200, 320), (480, 300), (100, 480), (96, 96)]
    return tiny_slanet.write_pictures(tmp_path_factory.mktemp("tables"), sizes)


@pytest.fixture(scope="session")
def table_package(tmp_path_factory: pytest.TempPathFactory, table_pictures: list[Path]) -> Path:
    """A table model's whole package; tests only read it."""
    return tiny_slanet.write_package(tmp_path_factory.mktemp("export") / "table", table_pictures)
