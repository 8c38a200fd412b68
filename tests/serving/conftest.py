"""Packages, pictures and pages that all tests of serving share."""

from pathlib import Path

import pytest

from paddock.config.schema import Config
from paddock.serving.ocr import OCR
from paddock.serving.table_ocr import TableOCR
from tests import tiny_detector, tiny_slanet
from tests.tiny_recognizer import write_package, write_pictures


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Of mixed widths: two fit into the input, the others are wider, two of those equally."""
    folder = tmp_path_factory.mktemp("pictures")
    return write_pictures(folder, [(32, 224), (32, 40), (20, 85), (45, 135), (32, 224)])


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory, pictures: list[Path]) -> Path:
    """A whole package; tests only read it."""
    return write_package(tmp_path_factory.mktemp("export") / "package", pictures)


@pytest.fixture(scope="session")
def det_config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """The config of a detector and its prepared pages."""
    return tiny_detector.prepared_pages(tmp_path_factory.mktemp("pages"), "PostProcess.unclip_ratio=1.2")


@pytest.fixture(scope="session")
def det_package(tmp_path_factory: pytest.TempPathFactory, det_config: Config) -> Path:
    """A detector's whole package; tests only read it."""
    return tiny_detector.write_package(tmp_path_factory.mktemp("export") / "det", det_config)


@pytest.fixture(scope="session")
def ocr(det_package: Path, package: Path) -> OCR:
    """Both packages together."""
    return OCR(det_package, package)


@pytest.fixture(scope="session")
def table_pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two pictures of tables, broad and high."""
    sizes = [tiny_slanet.PICTURE_HW, (480, 300)]
    return tiny_slanet.write_pictures(tmp_path_factory.mktemp("tables"), sizes)


@pytest.fixture(scope="session")
def table_package(tmp_path_factory: pytest.TempPathFactory, table_pictures: list[Path]) -> Path:
    """A table model's whole package; tests only read it."""
    return tiny_slanet.write_package(tmp_path_factory.mktemp("export") / "table", table_pictures)


@pytest.fixture(scope="session")
def table_ocr(table_package: Path, det_package: Path, package: Path) -> TableOCR:
    """All three packages together."""
    return TableOCR(table_package, det_package, package)
