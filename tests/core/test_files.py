import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from paddock.core.files import new_folder, sha256_folder, sha256_listing


def test_a_folder_has_the_digest_of_its_listing_whatever_the_order(tmp_path: Path) -> None:
    contents = {"b.txt": b"1", "b/a.png": b"2", "b/d/c.png": b"3", "b a.txt": b"4", "文.txt": b"5"}
    for name, content in contents.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    names = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    assert sha256_listing(names) == sha256_folder(tmp_path)


def test_a_new_folder_replaces_the_old_one_as_a_whole(tmp_path: Path) -> None:
    target = tmp_path / "data"
    for content in ("old", "new"):
        with new_folder(target) as draft:
            (draft / f"{content}.txt").touch()
    with pytest.raises(KeyboardInterrupt), new_folder(target) as draft:
        (draft / "half.txt").touch()
        raise KeyboardInterrupt
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
    assert [path.name for path in target.iterdir()] == ["new.txt"]


def test_drafts_of_processes_that_were_killed_are_cleared_away_and_no_others(tmp_path: Path) -> None:
    target = tmp_path / "data"
    with new_folder(target) as draft:
        name = draft.name
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    abandoned = tmp_path / name.replace(str(os.getpid()), dead.stdout.decode().strip())
    running, foreign = tmp_path / name, tmp_path / ".data.elsewhere-1.x"
    for folder in (abandoned, running, foreign):
        folder.mkdir()
    with new_folder(target):
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([foreign.name, name, "data"])
