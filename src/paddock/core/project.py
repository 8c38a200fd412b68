"""Where the project lies on disk and which git revision it is at."""

import os
from pathlib import Path


def project_root() -> Path:
    """The folder that owns ``mlruns/`` and ``scratch/``.

    A queued DVC experiment runs in a throw-away copy of the project; DVC names the real one in ``DVC_ROOT``, so that
    runs and checkpoints outlive the copy.
    """
    return Path(os.environ.get("DVC_ROOT") or Path.cwd()).resolve()


def git_revision(folder: Path) -> str | None:
    """The commit that ``folder`` has checked out, or None outside git and before the first commit.

    Reads git's own files, because the program ``git`` need not be installed where a training runs.
    """
    git = folder / ".git"
    try:
        if git.is_file():  # a worktree or a submodule: the file names the real folder
            git = folder / git.read_text(encoding="utf-8").removeprefix("gitdir:").strip()
        head = (git / "HEAD").read_text(encoding="utf-8").strip()
        if not head.startswith("ref:"):
            return head or None
        common = git / "commondir"
        shared = git / common.read_text(encoding="utf-8").strip() if common.is_file() else git
        return _reference(shared, head.removeprefix("ref:").strip())
    except OSError:
        return None


def _reference(git: Path, name: str) -> str | None:
    """The commit of the branch ``name``, loose or packed."""
    loose = git / name
    if loose.is_file():
        return loose.read_text(encoding="utf-8").strip()
    packed = git / "packed-refs"
    lines = packed.read_text(encoding="utf-8").splitlines() if packed.is_file() else []
    return next((line.split()[0] for line in lines if line.endswith(f" {name}")), None)
