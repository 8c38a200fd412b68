"""`paddock compare` as it is typed: with folders, with git revisions, with a remote that has what the cache lost."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from paddock.cli import main
from paddock.core.files import read_json
from tests.prepared_texts import write_texts

TEXTS = {"train": "AB", "val": "C", "test": "D"}


def run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


def dvc(*words: str) -> None:
    run(sys.executable, "-m", "dvc", *words, "--quiet")


def commit() -> None:
    run("git", "add", "-A")
    run("git", "-c", "user.name=test", "-c", "user.email=test@localhost", "commit", "-qm", "state")


@pytest.fixture
def prepared(checkout: Path) -> Path:
    """Prepared texts in a project."""
    return write_texts(checkout / "data/prepared/mine", TEXTS)


@pytest.fixture(scope="session")
def versioned_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project under git and DVC with two versions, the second one with a text more, and a remote; to be copied."""
    home = tmp_path_factory.mktemp("versioned")
    project = home / "project"
    project.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project)
        run("git", "init", "-q")
        dvc("init")
        dvc("remote", "add", "--default", "there", "../remote")
        for test in ("D", "DE"):
            shutil.rmtree("data", ignore_errors=True)
            write_texts(Path("data/prepared/mine"), TEXTS | {"test": test})
            dvc("add", "data/prepared/mine")
            commit()
            dvc("push")
    return home


@pytest.fixture
def versioned(versioned_project: Path, checkout: Path) -> Path:
    """The prepared data of a copy of it, which is the working directory."""
    shutil.copytree(versioned_project, checkout.parent, dirs_exist_ok=True)
    shutil.copytree(checkout.parent / "project", checkout, dirs_exist_ok=True)
    return Path("data/prepared/mine")


def test_two_folders_are_compared(prepared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_texts(Path("other"), TEXTS | {"train": "A", "val": "BC"})
    assert main(["compare", str(prepared), "other", "--report", "out"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{prepared} -> other",
        "rec: 1 moved (val 1); 3 of 4 as they were",
        "every change: out/changes.csv",
    ]
    assert sorted(path.name for path in Path("out").iterdir()) == ["changes.csv", "compare.json"]


@pytest.mark.slow
def test_revisions_are_compared_without_checking_them_out(versioned: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(versioned)
    assert main(["compare", "HEAD~1", "HEAD", "dataset.name=mine"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[:2] == [
        "data/prepared/mine of HEAD~1 -> data/prepared/mine of HEAD",
        "rec: 1 added (test 1); 4 of 5 as they were",
    ]
    assert read_json(Path("outputs/compare/mine/compare.json"))["tasks"]["rec"]["added"] == {"test": 1}


@pytest.mark.slow
def test_what_lies_there_is_compared_with_the_last_commit(versioned: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(versioned)
    write_texts(versioned, TEXTS)
    assert main(["compare", "dataset.name=mine"]) == 0
    assert "rec: 1 removed (test 1); 4 of 4 as they were" in capsys.readouterr().out
    assert main(["compare", "HEAD~1", "dataset.name=mine"]) == 0
    assert "rec: nothing changed; 4 of 4 as they were" in capsys.readouterr().out


@pytest.mark.slow
def test_what_the_cache_lost_comes_from_the_remote(
    versioned: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(".dvc/cache")
    assert main(["compare", "HEAD~1", "HEAD", "dataset.name=mine"]) == 0
    assert "rec: 1 added (test 1); 4 of 5 as they were" in capsys.readouterr().out
    shutil.rmtree(".dvc/cache", ignore_errors=True)
    shutil.rmtree(tmp_path / "remote")
    assert main(["compare", "HEAD~1", "HEAD", "dataset.name=mine"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("paddock compare: data/prepared/mine")
    assert "neither in DVC's cache nor in its remote" in said
    assert said.count("\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nowhere"], "nowhere is neither a folder nor a revision that DVC can read: "),
        (["HEAD", "HEAD", "HEAD"], "compare takes two versions, not HEAD and HEAD and HEAD."),
        (["HEAD", "HEAD", "dataset.name=other"], "data/prepared/other of HEAD holds no prepared data"),
    ],
)
def test_what_cannot_be_compared_is_one_line_and_status_2(
    versioned: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    assert main(["compare", "dataset.name=mine", *words]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"paddock compare: {message}")
    assert said.count("\n") == 1


def test_without_git_only_folders_are_compared(prepared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "dataset.name=mine"]) == 2
    assert "HEAD is neither a folder nor a revision that DVC can read" in capsys.readouterr().err
