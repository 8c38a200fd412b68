"""Packages say what they are, and notice a change."""

from pathlib import Path

import pytest

from paddock.core.errors import ExportError
from paddock.core.files import sha256_file
from paddock.export.package import read_identity, write_identity
from tests.tiny_recognizer import identity


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Stands for an exported model; the hash does not look into the files."""
    (tmp_path / "inference.json").write_text("graph")
    (tmp_path / "dict.txt").write_text("A\n")
    return tmp_path


def test_the_identity_names_the_model_and_the_hash_of_every_file(folder: Path) -> None:
    write_identity(folder, identity())

    content = read_identity(folder)
    assert content["model"] == "rec_tiny"
    assert content["files"] == {
        "dict.txt": sha256_file(folder / "dict.txt"),
        "inference.json": sha256_file(folder / "inference.json"),
    }


def test_a_changed_package_is_refused(folder: Path) -> None:
    write_identity(folder, identity())
    (folder / "dict.txt").write_text("B\n")

    with pytest.raises(
        ExportError, match=r"is not what was exported: dict\.txt differs from its hash in paddock\.json"
    ):
        read_identity(folder)


@pytest.mark.parametrize("change", ["add", "remove"])
def test_a_package_with_a_file_more_or_less_is_refused(folder: Path, change: str) -> None:
    write_identity(folder, identity())
    if change == "add":
        (folder / "inference.onnx").write_text("foreign")
    else:
        (folder / "inference.json").unlink()

    with pytest.raises(ExportError, match=r"inference\.\w+ differs from its hash"):
        read_identity(folder)


def test_a_folder_without_identity_is_refused(folder: Path) -> None:
    with pytest.raises(ExportError, match=r"is no package of paddock: paddock\.json is missing"):
        read_identity(folder)


def test_a_damaged_identity_is_refused(folder: Path) -> None:
    (folder / "paddock.json").write_text("{")

    with pytest.raises(ExportError, match=r"paddock\.json is damaged"):
        read_identity(folder)
