"""Preparing folders of tables: a few refusals are borne and told, many stop."""

import csv
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from paddock.config.schema import DatasetConfig, SampleConfig, SplitConfig
from paddock.core.errors import ConfigError, DatasetError
from paddock.core.files import sha256_folder
from paddock.data.prepare import prepare_dataset
from paddock.data.prepare_tables import refusals_file
from paddock.data.prepared import PreparedTable, read_tables
from paddock.data.samples import SPLITS
from paddock.data.table_tokens import STRUCTURE_TOKENS

MakeDataset = Callable[..., DatasetConfig]
PngFile = Callable[[int], bytes]

TOKENS = ["<tbody>", "<tr>", "<td>", "</td>", "<td", ' colspan="2"', ">", "</td>", "</tr>", "</tbody>"]


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "prepared" / "tiny"


def record(name: str, **changes: Any) -> dict[str, Any]:
    """A table of two cells, of which the second is empty."""
    cells = [{"tokens": ["A"], "bbox": [5, 5, 45, 15]}, {"tokens": []}]
    return {"filename": name, "html": {"structure": {"tokens": TOKENS}, "cells": cells} | changes}


def write_lines(raw: Path, records: list[dict[str, Any]]) -> None:
    (raw / "train.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in records), encoding="utf-8")


@pytest.fixture
def raw(tmp_path: Path, page_png: PngFile) -> Path:
    """A PubTabNet folder with ten tables of 60 x 40 pixels, two from each document."""
    folder = tmp_path / "raw"
    (folder / "train").mkdir(parents=True)
    names = [f"doc{number // 2}_t{number % 2}.png" for number in range(10)]
    for number, name in enumerate(names):
        (folder / "train" / name).write_bytes(page_png(number))
    write_lines(folder, [record(name) for name in names])
    return folder


@pytest.fixture
def make_tables(raw: Path, make_dataset: MakeDataset) -> MakeDataset:
    """The dataset section that reads the folder."""

    def make(**changes: Any) -> DatasetConfig:
        values = {"raw": str(raw), "format": "pubtabnet", "group_pattern": r"^(doc\d)_t"}
        return make_dataset(**values | changes)

    return make


def test_the_layout_that_paddleocr_reads_is_written(raw: Path, target: Path, make_tables: MakeDataset) -> None:
    stats = prepare_dataset(make_tables(), 0, target)
    layout = PreparedTable(target / "table")
    assert stats == {"table": layout.stats()}
    assert sum(stats["table"]["num_tables"].values()) == 10
    assert (stats["table"]["dropped"], stats["table"]["num_refused"]) == ({}, 0)
    assert layout.dictionary.read_text(encoding="utf-8").split("\n") == [*STRUCTURE_TOKENS, ""]
    for split in SPLITS:
        tables = read_tables(layout.label_file(split))
        assert [table.image.as_posix() for table in tables] == sorted(
            f"{split}_imgs/{path.name}" for path in layout.image_folder(split).iterdir()
        )
        for table in tables:
            assert (layout.folder / table.image).read_bytes() == (raw / "train" / table.image.name).read_bytes()
            assert list(table.structure) == TOKENS
            assert [cell.box for cell in table.cells] == [(5, 5, 45, 5, 45, 15, 5, 15), None]
    assert sorted(path.name for path in target.parent.iterdir()) == ["tiny", "tiny.lint"]


def test_documents_and_identical_pictures_do_not_straddle_splits(
    raw: Path, target: Path, make_tables: MakeDataset
) -> None:
    # doc4 has the pictures of doc0, so the two are one document.
    for number in range(2):
        (raw / f"train/doc4_t{number}.png").write_bytes((raw / f"train/doc0_t{number}.png").read_bytes())
    stats = prepare_dataset(make_tables(), 0, target)["table"]
    homes: dict[str, set[str]] = {}
    for split in SPLITS:
        for path in PreparedTable(target / "table").image_folder(split).iterdir():
            homes.setdefault(path.name[:4].replace("doc4", "doc0"), set()).add(split)
    assert [len(splits) for splits in homes.values()] == [1, 1, 1, 1]
    assert stats["num_identical_images"] == 2


def test_the_split_follows_from_the_seed(raw: Path, tmp_path: Path, make_tables: MakeDataset) -> None:
    digests = [
        prepare_dataset(make_tables(), seed, tmp_path / str(number))["table"]["digest"]
        for number, seed in enumerate((0, 0, 1))
    ]
    assert digests[0] == digests[1] != digests[2]


def test_a_few_refusals_are_left_out_told_and_listed(
    raw: Path, target: Path, make_tables: MakeDataset, caplog: pytest.LogCaptureFixture
) -> None:
    records = [record(f"doc{number // 2}_t{number % 2}.png") for number in range(10)]
    records[3] = record("doc1_t1.png", cells=[])
    write_lines(raw, [*records, records[0]])
    with caplog.at_level(logging.WARNING):
        stats = prepare_dataset(make_tables(), 0, target)["table"]
    assert sum(stats["num_tables"].values()) == 9
    assert (stats["dropped"], stats["num_refused"]) == ({"cell_count": 1, "repeated_line": 1}, 1)
    report = refusals_file(target)
    assert report == target.parent / "tiny.refusals.csv"
    assert caplog.messages[0] == f"tiny: tables left out: 1 cell_count; see {report}"
    assert f"{raw / 'train.jsonl'}:4: doc1_t1.png has 2 cells in its structure and 0 cells" in caplog.messages[1]
    with report.open(encoding="utf-8-sig", newline="") as file:
        ((file_name, line, code, _),) = list(csv.reader(file))[1:]
    assert (file_name, line, code) == (str(raw / "train.jsonl"), "4", "cell_count")


def test_more_refusals_than_the_limit_stop_and_the_report_stays(
    raw: Path, target: Path, make_tables: MakeDataset, page_png: PngFile
) -> None:
    records = [record(f"doc{number // 2}_t{number % 2}.png") for number in range(10)]
    records[3] = record("doc1_t1.png", structure={"tokens": ["<tfoot>"]})
    records[8] = record("gone.png")
    records += [record("doc0_t0.png", cells=[{"tokens": ["B"]}, {"tokens": []}])]
    write_lines(raw, records)
    (raw / "train/doc2_t0.png").write_bytes(b"broken")
    message = (
        r"train\.jsonl:9: image 'gone\.png' is missing .* Refused are 4 of 11 tables \(36%, and "
        r"dataset\.max_refused_tables is 35%\): 1 image_missing, 1 conflicting_label, 1 cell_count, 1 unknown_token, "
        r"1 image_corrupt\. All of them are listed in .*prepared/tiny\.refusals\.csv\."
    )
    with pytest.raises(DatasetError, match=message) as refusal:
        prepare_dataset(make_tables(max_refused_tables=0.35), 0, target)
    assert "\n" not in str(refusal.value)
    assert sorted(path.name for path in target.parent.iterdir()) == ["tiny.lint", "tiny.refusals.csv"]
    assert refusals_file(target).read_bytes().startswith(b"\xef\xbb\xbffile,line,code,message\n")
    assert refusals_file(target).read_text(encoding="utf-8").count("\n") == 1 + 5

    stats = prepare_dataset(make_tables(max_refused_tables=0.4), 0, target)["table"]
    assert sum(stats["num_tables"].values()) == 7


def test_a_report_goes_when_everything_is_mended(raw: Path, target: Path, make_tables: MakeDataset) -> None:
    whole = (raw / "train.jsonl").read_bytes()
    (raw / "train.jsonl").write_bytes(whole + b"{\n")
    prepare_dataset(make_tables(), 0, target)
    assert refusals_file(target).is_file()
    (raw / "train.jsonl").write_bytes(whole)
    prepare_dataset(make_tables(), 0, target)
    assert not refusals_file(target).exists()


def test_nothing_is_borne_with_a_limit_of_zero(raw: Path, target: Path, make_tables: MakeDataset) -> None:
    (raw / "train.jsonl").write_text((raw / "train.jsonl").read_text() + "{\n")
    with pytest.raises(DatasetError, match=r"train\.jsonl:11: the line is no JSON.*Refused are 1 of 11 tables"):
        prepare_dataset(make_tables(max_refused_tables=0.0), 0, target)


def test_tables_that_are_too_long_are_refused(target: Path, make_tables: MakeDataset) -> None:
    # <tbody> <tr> <td></td> <td colspan > </td> </tr> </tbody>: nine once the plain cell is one token
    with pytest.raises(DatasetError, match=r"has 9 structure tokens .* above dataset\.max_table_tokens=8\. Cut"):
        prepare_dataset(make_tables(max_table_tokens=8), 0, target)
    assert sum(prepare_dataset(make_tables(max_table_tokens=9), 0, target)["table"]["num_tables"].values()) == 10


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"max_refused_tables": 1.5}, r"dataset\.max_refused_tables is 1\.5: it is a share"),
        ({"max_dropped": -0.1}, r"dataset\.max_dropped is -0\.1: it is a share, from 0 \(none\) to 1 \(any\)"),
        ({"max_table_tokens": 0}, r"dataset\.max_table_tokens is 0: it must be 1 or more"),
    ],
)
def test_limits_that_make_no_sense_are_refused(
    make_dataset: MakeDataset, changes: dict[str, float], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        make_dataset(**changes)


def test_a_sample_of_fewer_than_no_tables_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"dataset\.sample\.num_tables must be 0 or more"):
        SampleConfig(num_pages=1, num_tables=-1)


def test_several_folders_are_read_as_one_set(raw: Path, target: Path, make_tables: MakeDataset) -> None:
    (raw / "other").mkdir()
    for name in ("train", "train.jsonl"):
        (raw / name).rename(raw / "other" / name)
    (raw / "more").mkdir()
    for number in range(4):
        picture = (raw / f"other/train/doc{number}_t0.png").read_bytes()
        (raw / f"more/doc{number}_t0.png").write_bytes(picture + b" ")
    lines = [json.dumps(record(f"doc{number}_t0.png")) for number in range(4)]
    (raw / "more/gt.jsonl").write_text("\n".join(lines), encoding="utf-8")
    dataset = make_tables(label_files=["other/train.jsonl", "more/gt.jsonl"])
    stats = prepare_dataset(dataset, 0, target)["table"]
    assert (sum(stats["num_tables"].values()), sum(stats["num_groups"].values())) == (14, 9)


def test_the_sample_makes_data_for_all_three_tasks_and_tables_change_nothing_of_the_pages(
    tmp_path: Path, make_dataset: MakeDataset
) -> None:
    stats = {}
    for num_tables in (0, 6):
        dataset = make_dataset(
            format="sample",
            raw=str(tmp_path / f"raw{num_tables}"),
            sample=SampleConfig(num_pages=3, num_tables=num_tables),
            split=SplitConfig(train=0.5, val=0.25, test=0.25, by_file=False, val_list=None, test_list=None),
        )
        stats[num_tables] = prepare_dataset(dataset, 0, tmp_path / f"prepared{num_tables}")
    assert (list(stats[0]), list(stats[6])) == (["det", "rec"], ["det", "rec", "table"])
    for task in ("det", "rec"):
        assert stats[0][task] == stats[6][task]
        folders = [sha256_folder(tmp_path / f"prepared{num_tables}" / task) for num_tables in (0, 6)]
        assert folders[0] == folders[1]
    assert sum(stats[6]["table"]["num_tables"].values()) == 6


def test_a_sample_of_tables_alone_makes_nothing_else(tmp_path: Path, make_dataset: MakeDataset) -> None:
    dataset = make_dataset(format="sample", raw=str(tmp_path / "raw"), sample=SampleConfig(num_pages=0, num_tables=4))
    assert list(prepare_dataset(dataset, 0, tmp_path / "prepared")) == ["table"]
