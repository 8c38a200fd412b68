"""A data set in another format: what comes along, what is told, what is refused."""

from collections.abc import Callable
from pathlib import Path

import pytest

from paddock.config.schema import DatasetConfig, OnError
from paddock.core.errors import ConfigError, DatasetError
from paddock.core.files import read_json, sha256_folder
from paddock.data.check_raw import read_raw
from paddock.data.convert import MARKER, convert_dataset
from paddock.data.formats import WRITERS
from tests.data.formats.labels import said

MakeDataset = Callable[..., DatasetConfig]


def test_the_same_labels_come_out_and_the_raw_folder_stays(
    pages: Path, tmp_path: Path, make_dataset: MakeDataset
) -> None:
    dataset, before = make_dataset(raw=str(pages)), sha256_folder(pages)
    done = convert_dataset(dataset, 0, "coco", tmp_path / "out")
    assert (done.num_written, done.left_behind, done.lost) == ({"pages": 10, "boxes": 20}, {}, {})
    out = make_dataset(raw=str(tmp_path / "out"), format="coco")
    assert said(read_raw(out, 0)) == said(read_raw(dataset, 0))
    assert sha256_folder(pages) == before
    told = {"dataset": "tiny", "from": "ppocrlabel", "to": "coco", "written": {"pages": 10, "boxes": 20}}
    assert read_json(tmp_path / "out" / MARKER) == told | {"left_behind": {}, "lost": {}}


def test_pictures_are_linked_or_copied(pages: Path, tmp_path: Path, make_dataset: MakeDataset) -> None:
    dataset = make_dataset(raw=str(pages))
    done = convert_dataset(dataset, 0, "sroie", tmp_path / "out")
    assert (done.num_linked, done.num_copied) == (10, 0)
    assert (tmp_path / "out/img/page3.png").samefile(pages / "page3.png")
    done = convert_dataset(dataset, 0, "sroie", tmp_path / "out", copy=True)
    assert (done.num_linked, done.num_copied) == (0, 10)
    assert not (tmp_path / "out/img/page3.png").samefile(pages / "page3.png")


def test_a_picture_that_is_a_link_into_a_cache_is_linked_to_the_file(
    pages: Path, tmp_path: Path, make_dataset: MakeDataset
) -> None:
    (pages / "page3.png").rename(tmp_path / "cached")
    (pages / "page3.png").symlink_to("../cached")
    convert_dataset(make_dataset(raw=str(pages)), 0, "sroie", tmp_path / "out")
    assert not (tmp_path / "out/img/page3.png").is_symlink()
    assert (tmp_path / "out/img/page3.png").samefile(tmp_path / "cached")


def test_labels_that_cannot_be_read_stop_it_or_are_counted(
    pages: Path, tmp_path: Path, make_dataset: MakeDataset
) -> None:
    (pages / "page1.png").write_bytes(b"no picture")
    with (pages / "Label.txt").open("a") as file:
        file.write("pages/gone.png\t[]\npages/page2.png\t[]\n")
    message = (
        r"Label\.txt:11: image 'pages/gone\.png' is missing .*1 image_missing, 1 conflicting_label, 1 image_corrupt"
    )
    with pytest.raises(DatasetError, match=rf"{message}; dataset\.on_error=drop leaves them out"):
        convert_dataset(make_dataset(raw=str(pages)), 0, "coco", tmp_path / "out")
    assert not (tmp_path / "out").exists()
    done = convert_dataset(make_dataset(raw=str(pages), on_error=OnError.drop), 0, "coco", tmp_path / "out")
    assert done.left_behind == {"image_missing": 1, "conflicting_label": 1, "image_corrupt": 1}
    assert done.num_written == {"pages": 9, "boxes": 18}


def test_kinds_of_labels_that_a_format_does_not_hold_are_counted(
    pages: Path, tmp_path: Path, make_dataset: MakeDataset
) -> None:
    (pages / "rec_gt.txt").write_text("page1.png\tA1\n")
    dataset = make_dataset(raw=str(pages), label_files=["Label.txt", "rec_gt.txt"])
    done = convert_dataset(dataset, 0, "paddleocr_rec", tmp_path / "out")
    advice = "`paddock prepare` cuts crops from pages: convert data/prepared/<dataset>/rec then"
    assert (done.num_written, done.lost) == ({"crops": 1}, {f"pages are left out; {advice}": 10})
    assert convert_dataset(dataset, 0, "coco", tmp_path / "out").lost == {"crops are left out": 1}
    done = convert_dataset(dataset, 0, "ppocrlabel", tmp_path / "out")
    assert (done.num_written, done.label_files) == (
        {"pages": 10, "boxes": 20, "crops": 1},
        ["Label.txt", "rec_gt.txt"],
    )


def test_nothing_to_write_is_refused(pages: Path, tmp_path: Path, make_dataset: MakeDataset) -> None:
    message = r"tiny has 10 pages, and lmdb holds crops only; `paddock prepare` cuts crops from pages"
    with pytest.raises(DatasetError, match=message):
        convert_dataset(make_dataset(raw=str(pages)), 0, "lmdb", tmp_path / "out")


def test_folders_of_others_and_the_raw_folder_are_left_alone(
    pages: Path, tmp_path: Path, make_dataset: MakeDataset
) -> None:
    dataset = make_dataset(raw=str(pages))
    with pytest.raises(ConfigError, match=r"--out .*pages/out lies in the raw folder .* Choose another one"):
        convert_dataset(dataset, 0, "coco", pages / "out")
    with pytest.raises(ConfigError, match=r"--out .* would replace the raw folder"):
        convert_dataset(dataset, 0, "coco", tmp_path)
    (tmp_path / "out").mkdir()
    (tmp_path / "out/thesis.txt").touch()
    with pytest.raises(DatasetError, match=r"out holds what paddock did not make .*Choose another --out"):
        convert_dataset(dataset, 0, "coco", tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["thesis.txt"]


def test_an_unknown_format_is_refused_with_a_near_one(pages: Path, tmp_path: Path, make_dataset: MakeDataset) -> None:
    with pytest.raises(ConfigError, match=r"--to coca: nothing is written so\. Did you mean 'coco'\?"):
        convert_dataset(make_dataset(raw=str(pages)), 0, "coca", tmp_path / "out")


@pytest.mark.parametrize("to", WRITERS)
def test_what_is_written_can_be_written_again(
    to: str, project: Path, pages: Path, tmp_path: Path, make_dataset: MakeDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tables = tmp_path / "tables"
    tables.mkdir()
    (tables / "a.png").write_bytes((pages / "page0.png").read_bytes())
    record = '{"filename": "a.png", "html": {"structure": {"tokens": ["<tr>", "<td>", "</td>", "</tr>"]}, "cells": '
    (tables / "all.jsonl").write_text(f'{record}[{{"tokens": ["A"], "bbox": [1, 2, 3, 4]}}]}}}}\n')
    first = {
        ("pages",): make_dataset(raw=str(pages)),
        ("pages", "crops"): make_dataset(raw=str(pages)),
        ("crops",): make_dataset(raw=str(project)),
        ("tables",): make_dataset(raw=str(tables), format="pubtabnet"),
    }[WRITERS[to].holds]
    convert_dataset(first, 0, to, tmp_path / "one")
    convert_dataset(make_dataset(raw=str(tmp_path / "one"), format=to), 0, to, tmp_path / "two")
    assert (tmp_path / "one" / MARKER).is_file()
    assert said(read_raw(make_dataset(raw=str(tmp_path / "two"), format=to), 0)) == said(read_raw(first, 0))
