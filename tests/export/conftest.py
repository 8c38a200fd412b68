"""Pictures and a package that all tests of export share; an export takes a second or more."""

from pathlib import Path

import pytest

from tests.tiny_recognizer import write_package, write_pictures


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Narrow, fitting, and two wide ones."""
    return write_pictures(tmp_path_factory.mktemp("pictures"), [(32, 40), (45, 135), (20, 85), (31, 217)])


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory, pictures: list[Path]) -> Path:
    """A whole package; tests only read it."""
    return write_package(tmp_path_factory.mktemp("export") / "package", pictures)
