"""Two versions of prepared data, as folders; tests/test_remotes.py has git revisions."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from paddock.core.errors import DatasetError
from paddock.core.files import read_json
from paddock.data.compare import LIST, SUMMARY, Comparison
from paddock.data.version import read_folder

Rows = dict[str, list[tuple[str, str]]]
"""By split: image and label."""

OLD: Rows = {
    "train": [("a.png", "A"), ("b.png", "B"), ("c.png", "C")],
    "val": [("d.png", "D")],
    "test": [("e.png", "E")],
}


def text_line(image: str, text: str) -> str:
    return f"{image}\t{text}\n"


def page_line(image: str, text: str) -> str:
    boxes = [{"transcription": word, "points": [[0, 0], [9, 0], [9, at], [0, at]]} for at, word in enumerate(text, 5)]
    return f"{image}\t{json.dumps(boxes)}\n"


def table_line(image: str, text: str) -> str:
    cells = [{"tokens": [word], "bbox": [0, 0, 9, 0, 9, at, 0, at]} for at, word in enumerate(text, 5)]
    tokens = ["<tr>", *["<td>", "</td>"] * len(text), "</tr>"]
    return json.dumps({"filename": image, "html": {"structure": {"tokens": tokens}, "cells": cells}}) + "\n"


TASKS = {
    "det": ("{}_imgs", "{}_label.txt", page_line),
    "rec": ("crop_img_{}", "rec_gt_{}.txt", text_line),
    "table": ("{}_imgs", "{}_label.txt", table_line),
}


def write(folder: Path, rows: Rows, task: str = "rec", dictionary: str = "", **pictures: str) -> Path:
    """Write a prepared data set; a picture holds its name, unless ``pictures`` says by stem what it holds."""
    images, labels, line = TASKS[task]
    home = folder / task
    for split, entries in rows.items():
        (home / images.format(split)).mkdir(parents=True)
        for name, _ in entries:
            content = pictures.get(Path(name).stem, name)
            (home / images.format(split) / name).write_text(content)
        lines = [line(f"{images.format(split)}/{name}", text) for name, text in entries]
        (home / labels.format(split)).write_text("".join(lines), encoding="utf-8")
    (home / "stats.json").write_text("{}")
    if dictionary:
        (home / "dict.txt").write_text("".join(f"{character}\n" for character in dictionary), encoding="utf-8")
    return folder


@pytest.fixture
def compared(tmp_path: Path) -> Callable[..., Comparison]:
    """The comparison of `OLD` with other rows."""

    def compare(new: Rows, task: str = "rec", old: Rows = OLD, **pictures: str) -> Comparison:
        before, after = write(tmp_path / "old", old, task), write(tmp_path / "new", new, task, **pictures)
        return Comparison.of(read_folder(before), read_folder(after))

    return compare


def found(comparison: Comparison, task: str = "rec") -> list[tuple[str, str]]:
    """Kinds and name of each change."""
    named = [(change.kinds, change.after or change.before) for change in comparison.changes[task]]
    return [(" ".join(kinds), sample.name) for kinds, sample in named if sample]


def test_each_change_is_told_by_what_the_picture_holds(compared: Callable[..., Comparison]) -> None:
    new: Rows = {
        "train": [("a.png", "A"), ("b.png", "8"), ("f.png", "F"), ("c.png", "C")],
        "val": [("e.png", "E")],
        "test": [("g.png", "G")],
    }
    comparison = compared(new, c="drawn again")
    assert found(comparison) == [
        ("relabelled", "b.png"),
        ("added", "f.png"),
        ("replaced", "c.png"),
        ("moved", "e.png"),
        ("added", "g.png"),
        ("removed", "d.png"),
    ]
    assert comparison.summary()[1] == (
        "rec: 2 added (train 1, test 1), 1 removed (val 1), 1 relabelled (train 1), 1 moved (val 1), "
        "1 replaced (train 1); 1 of 6 as they were"
    )


def test_one_sample_can_change_in_two_ways(compared: Callable[..., Comparison]) -> None:
    new = OLD | {"train": [*OLD["train"], ("d.png", "8")], "val": [("h.png", "H")]}
    assert found(compared(new)) == [("relabelled moved", "d.png"), ("added", "h.png")]


def test_the_same_data_have_not_changed(compared: Callable[..., Comparison]) -> None:
    comparison = compared(OLD)
    assert comparison.changes == {"rec": []}
    assert comparison.summary()[1:] == ["rec: nothing changed; 5 of 5 as they were"]


def test_another_name_or_order_is_no_change(compared: Callable[..., Comparison]) -> None:
    new = OLD | {"train": [("c.png", "C"), ("x.png", "B"), ("a.png", "A")]}
    assert found(compared(new, x="b.png")) == []


def test_a_picture_that_is_there_twice_is_counted_twice(compared: Callable[..., Comparison]) -> None:
    old = OLD | {"train": [("a.png", "A"), ("twin.png", "A")]}
    new = old | {"train": [("a.png", "A"), ("twin.png", "B"), ("third.png", "A")]}
    twins = {"twin": "a.png", "third": "a.png"}
    assert found(compared(new, old=old, **twins)) == [("replaced relabelled", "twin.png"), ("added", "third.png")]


@pytest.mark.parametrize(
    ("task", "before", "after"),
    [
        ("rec", "B", "BX"),
        (
            "det",
            "[]",
            '[{"transcription": "X", "points": [[0, 0], [9, 0], [9, 6], [0, 6]], "difficult": false}]',
        ),
        (
            "table",
            "<table><tr><td>B</td></tr></table>",
            "<table><tr><td>B</td><td>X</td></tr></table>",
        ),
    ],
)
def test_the_list_says_of_every_task_what_differs(
    compared: Callable[..., Comparison], tmp_path: Path, task: str, before: str, after: str
) -> None:
    new = OLD | {"train": [("a.png", "A"), ("b.png", "BX"), ("c.png", "C")]}
    compared(new, task).write(tmp_path / "out")
    with (tmp_path / "out" / LIST).open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    folder = TASKS[task][0].format("train")
    assert row == {
        "task": task,
        "change": "relabelled",
        "image_before": f"{folder}/b.png",
        "image_after": f"{folder}/b.png",
        "split_before": "train",
        "split_after": "train",
        "label_before": before,
        "label_after": after,
    }


def test_boxes_of_a_table_that_only_moved_are_named(compared: Callable[..., Comparison], tmp_path: Path) -> None:
    comparison = compared(OLD, "table")
    path = tmp_path / "new/table/train_label.txt"
    path.write_text(path.read_text().replace("9, 5, 0, 5]", "9, 7, 0, 7]", 1))
    comparison = Comparison.of(comparison.before, read_folder(tmp_path / "new"))
    comparison.write(tmp_path / "out")
    text = (tmp_path / "out" / LIST).read_text()
    assert "cell 1" in text
    assert "[0.0, 0.0, 9.0, 0.0, 9.0, 7.0, 0.0, 7.0]" in text


def test_the_summary_for_programs_counts_by_split_and_names_characters(tmp_path: Path) -> None:
    write(tmp_path / "old", OLD, dictionary="ABC")
    write(tmp_path / "new", OLD | {"test": [("e.png", "E"), ("f.png", "é")]}, dictionary="ABé")
    comparison = Comparison.of(read_folder(tmp_path / "old"), read_folder(tmp_path / "new"))
    comparison.write(tmp_path / "out")
    assert read_json(tmp_path / "out" / SUMMARY)["tasks"]["rec"] == {
        "samples_before": {"train": 3, "val": 1, "test": 1},
        "samples_after": {"train": 3, "val": 1, "test": 2},
        "added": {"test": 1},
        "dictionary": {"added": ["é"], "removed": ["C"]},
    }
    assert comparison.summary()[2:] == ["rec: dictionary: 1 added: 'é'", "rec: dictionary: 1 removed: 'C'"]


def test_a_task_that_only_one_version_has_is_added_as_a_whole(tmp_path: Path) -> None:
    write(tmp_path / "old", OLD)
    write(write(tmp_path / "new", OLD), OLD, "det")
    comparison = Comparison.of(read_folder(tmp_path / "old"), read_folder(tmp_path / "new"))
    assert comparison.summary()[1] == "det: 5 added (train 3, val 1, test 1); 0 of 5 as they were"


def test_a_folder_without_prepared_data_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"holds no prepared data: there is no det/stats\.json or .*Run paddock"):
        read_folder(tmp_path)


def test_a_labelled_picture_that_is_gone_is_named(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    (tmp_path / "rec/crop_img_val/d.png").unlink()
    with pytest.raises(DatasetError, match=r"crop_img_val/d\.png is labelled and cannot be read \(No such file"):
        read_folder(tmp_path)
