import os
import subprocess
from pathlib import Path

import pytest

from paddock.core.project import git_revision, project_root


def git(folder: Path, *arguments: str) -> str:
    """Run git with a fixed author and without the user's settings."""
    author = {
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@b",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@b",
    }
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), **author}
    done = subprocess.run(["git", *arguments], cwd=folder, env=environment, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    git(folder, "commit", "-q", "--allow-empty", "-m", "first")
    return folder


def test_the_project_is_where_the_user_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DVC_ROOT", raising=False)
    monkeypatch.chdir(tmp_path)
    assert project_root() == tmp_path


def test_dvc_names_the_project_while_it_works_in_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    assert project_root() == tmp_path


def test_the_revision_is_that_of_the_branch(repository: Path) -> None:
    assert git_revision(repository) == git(repository, "rev-parse", "HEAD")


def test_the_revision_is_found_among_packed_references(repository: Path) -> None:
    git(repository, "pack-refs", "--all")
    assert not (repository / ".git" / "refs" / "heads" / "main").exists()
    assert git_revision(repository) == git(repository, "rev-parse", "HEAD")


def test_a_detached_head_has_a_revision(repository: Path) -> None:
    git(repository, "checkout", "-q", "--detach")
    assert git_revision(repository) == git(repository, "rev-parse", "HEAD")


def test_a_worktree_has_a_revision(repository: Path) -> None:
    git(repository, "worktree", "add", "-q", "-b", "side", "../side")
    git(repository.parent / "side", "commit", "-q", "--allow-empty", "-m", "second")
    assert git_revision(repository.parent / "side") == git(repository, "rev-parse", "side")


def test_outside_git_and_before_the_first_commit_there_is_none(tmp_path: Path) -> None:
    assert git_revision(tmp_path) is None
    git(tmp_path, "init", "-q")
    assert git_revision(tmp_path) is None
