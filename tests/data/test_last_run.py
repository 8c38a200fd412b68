import os
from collections.abc import Callable
from pathlib import Path

import pytest

from paddock.config.schema import DatasetConfig, SplitConfig
from paddock.data.last_run import LastRun
from paddock.data.prepare import prepare_dataset, report_folder

MakeDataset = Callable[..., DatasetConfig]
Open = Callable[..., LastRun]


@pytest.fixture
def last(pages: Path, tmp_path: Path, make_dataset: MakeDataset) -> Open:
    """Looks at the record of data/tiny, which was prepared once."""
    folder = tmp_path / "data" / "tiny"

    def open_record(seed: int = 0, **changes: object) -> LastRun:
        dataset = make_dataset(**{"raw": str(pages)} | changes)
        return LastRun(tmp_path / "records", folder, [report_folder(folder)], dataset, seed)

    first = open_record()
    assert first.stats() is None
    prepare_dataset(make_dataset(raw=str(pages)), 0, folder)
    first.remember()
    return open_record


def test_what_has_not_changed_is_not_prepared_again(last: Open, tmp_path: Path) -> None:
    stats = last().stats()
    assert stats is not None
    assert {task: content["task"] for task, content in stats.items()} == {"det": "det", "rec": "rec"}


def test_other_settings_are_another_run(last: Open) -> None:
    assert last(seed=1).stats() is None
    assert last(loose_crops=1).stats() is None


@pytest.mark.parametrize("name", ["pages/page3.png", "pages/Label.txt", "data/tiny/rec/dict.txt", "data/tiny.lint"])
def test_a_file_that_changed_or_is_gone_counts(last: Open, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if path.is_dir():
        path.rename(tmp_path / "elsewhere")
    else:
        os.utime(path, ns=(1, 1))
    assert last().stats() is None


def test_a_file_that_was_added_counts(last: Open, tmp_path: Path) -> None:
    (tmp_path / "pages" / "more").mkdir()
    (tmp_path / "pages" / "more" / "new.png").touch()
    assert last().stats() is None


def test_a_list_of_a_split_counts(last: Open, tmp_path: Path) -> None:
    path = tmp_path / "test.txt"
    split = SplitConfig(train=0.6, val=0.2, test=0.2, by_file=False, val_list=None, test_list=str(path))
    path.write_text("page1.png\n", encoding="utf-8")
    last(split=split).remember()
    assert last(split=split).stats() is not None
    path.write_text("page1.png\npage2.png\n", encoding="utf-8")
    assert last(split=split).stats() is None


def test_raw_files_that_change_meanwhile_are_read_again(last: Open, tmp_path: Path) -> None:
    record = last(seed=2)
    os.utime(tmp_path / "pages" / "page0.png", ns=(1, 1))
    record.remember()
    assert last(seed=2).stats() is None


def test_a_link_to_a_folder_above_ends(last: Open, tmp_path: Path) -> None:
    (tmp_path / "pages" / "up").symlink_to(tmp_path / "pages")
    record = last()
    record.remember()
    assert last().stats() is not None


def test_a_damaged_record_counts_for_nothing(last: Open, tmp_path: Path) -> None:
    (record,) = (tmp_path / "records").iterdir()
    record.write_text("{", encoding="utf-8")
    assert last().stats() is None
