"""The stage on the built-in sample, from the project's own conf/."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from paddock.cli import parse
from paddock.config.compose import compose
from paddock.core.errors import ConfigError
from paddock.data.prepared import PreparedRec
from paddock.stages import prepare

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write_crops(raw: Path, texts: list[str]) -> None:
    """A PPOCRLabel folder with five crops a page; the page's name is in the crops'."""
    (raw / "crop_img").mkdir(parents=True)
    for number, text in enumerate(texts):
        name = f"crop_img/page_{number // 5}_crop_{number % 5}.png"
        pixels = np.random.default_rng(number).integers(0, 256, (8, 24, 3), dtype=np.uint8)
        cv2.imwrite(str(raw / name), pixels)
        with (raw / "rec_gt.txt").open("a", encoding="utf-8") as file:
            file.write(f"{name}\t{text}\n")


def test_the_sample_is_prepared_and_summed_up(capsys: pytest.CaptureFixture[str]) -> None:
    prepare.run(compose(["dataset=sample", "dataset.sample.num_pages=5", "dataset.sample.num_tables=0"], ROOT))
    layout = PreparedRec(Path("data/prepared/sample/rec"))
    counts = layout.stats()["num_samples"]
    assert len(list(Path("data/raw/sample").glob("*.jpg"))) == 5
    shown = capsys.readouterr().out.splitlines()
    first_image, first_text = layout.label_file("train").read_text(encoding="utf-8").splitlines()[0].split("\t")
    rec = shown.index(next(line for line in shown if line.startswith("sample rec: ")))
    assert shown[rec].startswith("sample rec: train {train}, val {val}, test {test}; left out: ".format(**counts))
    assert shown[rec + 1].startswith("dictionary: ")
    assert shown[rec + 2] == f"  {first_image}  {first_text}"
    assert shown[-2:] == ["written to data/prepared/sample/rec", "checked: data/prepared/sample.lint/report.html"]


def test_what_was_left_out_and_what_training_never_sees_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Three pages of five lines: each page is a split, so each has a character of its own.
    write_crops(tmp_path / "raw", [f"X {page}" for page in "012" for _ in range(5)])
    with (tmp_path / "raw" / "rec_gt.txt").open("a", encoding="utf-8") as file:
        file.write("no tab\n")
    prepare.run(compose(["dataset=ppocrlabel", "dataset.raw=raw", "dataset.on_error=drop"], ROOT))
    shown = capsys.readouterr().out
    assert "ppocrlabel rec: train 5, val 5, test 5; left out: no_tab 1" in shown
    assert "dictionary: 4 characters and the space" in shown
    assert "never seen in training, so never read: '" in shown


def test_a_folder_with_boxes_is_summed_up_for_both_tasks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw = tmp_path / "boxes"
    raw.mkdir()
    lines = []
    for number in range(10):
        pixels = np.random.default_rng(number).integers(0, 256, (40, 60, 3), dtype=np.uint8)
        cv2.imwrite(str(raw / f"{number}.png"), pixels)
        box = {"transcription": f"A{number}", "point": [[5, 5], [45, 5], [45, 15], [5, 15]]}
        lines.append(f"boxes/{number}.png\t{json.dumps([box])}\n")
    (raw / "Label.txt").write_text("".join(lines), encoding="utf-8")
    prepare.run(compose(["dataset=ppocrlabel", "dataset.raw=boxes"], ROOT))
    shown = capsys.readouterr().out.splitlines()
    assert shown[:5] == [
        "ppocrlabel det: pages (and boxes) train 8 (8), val 1 (1), test 1 (1); left out: none",
        "boxes: median 40 x 10 px, 1 a page, 0 ignored",
        "mended: point_key 10",
        "written to data/prepared/ppocrlabel/det",
        "ppocrlabel rec: train 8, val 1, test 1; left out: none",
    ]
    report = "data/prepared/ppocrlabel.lint/report.html"
    assert shown[-2:] == ["written to data/prepared/ppocrlabel/rec", f"checked: {report}"]
    assert Path(report).is_file()


def test_a_data_set_without_data_for_the_pipelines_task_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_crops(tmp_path / "raw", [f"A{number}" for number in range(25)])
    prepare.run(compose(["model=det_db_mv3", "dataset=ppocrlabel", "dataset.raw=raw"], ROOT))
    assert capsys.readouterr().out.splitlines()[-1] == "nothing for det: ppocrlabel has no boxes"


def test_identical_pictures_under_different_texts_are_called_noise(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = tmp_path / "raw"
    write_crops(raw, [f"A{number}" for number in range(25)])
    copy = raw / "crop_img/page_0_crop_9.png"
    copy.write_bytes((raw / "crop_img/page_0_crop_0.png").read_bytes())
    with (raw / "rec_gt.txt").open("a", encoding="utf-8") as file:
        file.write(f"crop_img/{copy.name}\tOTHER\n")
    prepare.run(compose(["dataset=ppocrlabel", "dataset.raw=raw"], ROOT))
    assert "label noise: 1 picture(s) come twice under different texts" in capsys.readouterr().out


def test_tables_are_summed_up_with_what_was_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    lines = []
    for number in range(10):
        cv2.imwrite(str(raw / f"{number}.png"), np.random.default_rng(number).integers(0, 256, (40, 60, 3)))
        tokens = ["<tr>", "<td", f' rowspan="{2 + number}"', ">", "</td>", "<td>", "</td>", "</tr>"]
        cells = [{"tokens": ["A"], "bbox": [5, 5, 45, 15]}] * (1 if number == 7 else 2)
        lines.append({"filename": f"{number}.png", "html": {"structure": {"tokens": tokens}, "cells": cells}})
    (raw / "train.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    words = ["dataset=ppocrlabel", "dataset.format=pubtabnet", "dataset.name=tiny", "dataset.raw=raw"]
    prepare.run(compose(words, ROOT))
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == "tiny table: tables (and cells) train 7 (14), val 1 (2), test 1 (2); left out: cell_count 1"
    assert shown[1] == "tables: median 6 x 2 cells, 9 cells span, up to 7 structure tokens"
    assert shown[2] == "refused: 1 tables, listed in data/prepared/tiny.refusals.csv"
    assert shown[3].startswith('never seen in training, so never written: rowspan="')
    assert shown[-3:] == [
        "written to data/prepared/tiny/table",
        "checked: data/prepared/tiny.lint/report.html",
        "nothing for rec: tiny has no readable text",
    ]
    assert Path("data/prepared/tiny.refusals.csv").is_file()


def test_what_has_not_changed_is_told_again_and_not_made_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_crops(tmp_path / "raw", [f"A{number}" for number in range(25)])
    config = compose(["dataset=ppocrlabel", "dataset.raw=raw"], ROOT)
    prepare.run(config)
    told = capsys.readouterr().out
    made = Path("data/prepared/ppocrlabel/rec/stats.json").stat().st_mtime_ns
    prepare.run(config)
    assert capsys.readouterr().out == f"nothing has changed since the last time (--force prepares again)\n{told}"
    assert Path("data/prepared/ppocrlabel/rec/stats.json").stat().st_mtime_ns == made
    prepare.run(config, parse("prepare", ["--force"]))
    assert capsys.readouterr().out == told
    assert Path("data/prepared/ppocrlabel/rec/stats.json").stat().st_mtime_ns != made


def test_a_list_that_was_pinned_is_never_pinned_again_even_if_nothing_has_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_crops(tmp_path / "raw", [f"A{number}" for number in range(100)])
    config = compose(["dataset=ppocrlabel", "dataset.raw=raw", "dataset.split.test_list=test.txt"], ROOT)
    pin = parse("prepare", ["--pin"])
    prepare.run(config, pin)
    pinned = Path("test.txt").read_text()
    prepare.run(config)
    prepare.run(config)
    assert "nothing has changed since the last time" in capsys.readouterr().out
    with pytest.raises(ConfigError, match=r"test\.txt is there already and is never written again"):
        prepare.run(config, pin)
    assert Path("test.txt").read_text() == pinned
