from pathlib import Path

import pytest

from paddock.core.errors import DatasetError, PaddockError
from paddock.data.own_folder import filled, refuse_foreign


def test_a_folder_that_is_absent_empty_or_marked_may_be_replaced(tmp_path: Path) -> None:
    refuse_foreign(tmp_path / "absent", "stats.json", "")
    refuse_foreign(tmp_path, "stats.json", "")
    (tmp_path / "stats.json").touch()
    (tmp_path / "more.txt").touch()
    refuse_foreign(tmp_path, "stats.json", "")


@pytest.mark.parametrize("name", ["", "letter.txt"])
def test_other_peoples_folders_and_files_may_not(tmp_path: Path, name: str) -> None:
    (tmp_path / "letter.txt").touch()
    with pytest.raises(DatasetError, match=r"did not make \(it has no stats\.json\) and would replace\. Go away\."):
        refuse_foreign(tmp_path / name, "stats.json", "Go away.")


def test_a_disk_that_fills_up_leaves_the_earlier_folder(tmp_path: Path) -> None:
    with filled(tmp_path / "out") as draft:
        (draft / "whole.txt").touch()

    def fill_the_disk() -> None:
        with filled(tmp_path / "out") as draft:
            (draft / "half.txt").touch()
            raise OSError(28, "No space left on device")

    with pytest.raises(PaddockError, match=r"cannot write .*out: No space left on device\."):
        fill_the_disk()
    assert [path.name for path in tmp_path.rglob("*.txt")] == ["whole.txt"]
