"""A package and pictures that all tests of serving share."""

from pathlib import Path

import pytest

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
