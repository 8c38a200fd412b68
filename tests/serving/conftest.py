"""Packages, pictures and pages that all tests of serving share."""

from pathlib import Path

import pytest

from paddock.config.schema import Config
from paddock.serving.ocr import OCR
from tests import tiny_detector
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
