"""`paddock lint` as it is typed: what it reads, where it writes, how it ends."""

from collections.abc import Callable
from pathlib import Path

import pytest

from paddock.cli import main
from paddock.core.files import read_json, sha256_folder


def add(raw: Path, line: str) -> None:
    with (raw / "rec_gt.txt").open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")


def test_a_sound_folder_ends_with_0_and_a_report_and_stays_as_it_is(
    raw: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sha256_folder(raw)
    assert main(["lint", "my labels"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == "my labels, read as ppocrlabel: 1 label file, 10 crops"
    assert shown[-2:] == ["nothing is left to mend", "report: outputs/lint/my labels/report.html"]
    assert sorted(path.name for path in Path("outputs/lint/my labels").iterdir()) == ["lint.json", "report.html"]
    assert sha256_folder(raw) == before


def test_problems_end_with_1_until_they_are_mended_or_accepted(raw: Path) -> None:
    add(raw, "crop_img/p1_crop_0.png A1")
    assert main(["lint", str(raw), "--report", "found"]) == 1
    assert read_json(Path("found/lint.json"))["codes"]["no_tab"]["count"] == 1
    assert main(["lint", str(raw), "dataset.on_error=repair"]) == 0
    assert main(["lint", str(raw), "--accept", "no_tab"]) == 0
    assert main(["lint", str(raw), "--accept", "warning"]) == 1


def test_a_data_set_of_conf_is_looked_at_with_its_own_settings(
    raw: Path, checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (raw / "rec_gt.txt").rename(raw / "other.txt")
    (checkout / "conf/dataset/mine.yaml").write_text(
        "# @package _global_\ndataset: {name: mine, format: paddleocr_rec, raw: my labels, label_files: [other.txt]}\n"
    )
    assert main(["lint", "dataset=mine"]) == 0
    assert "my labels, read as paddleocr_rec: 1 label file, 10 crops" in capsys.readouterr().out
    moved = raw.rename(checkout / "moved")
    assert main(["lint", "dataset=mine", str(moved)]) == 0
    assert (checkout / "outputs/lint/mine/report.html").is_file()


def test_the_format_can_be_said(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", str(raw), "--format", "paddleocr_rec"]) == 0
    assert main(["lint", str(raw), "dataset.format=paddleocr_rec"]) == 0
    assert capsys.readouterr().out.count("read as paddleocr_rec: 1 label file, 10 crops") == 2


def test_texts_are_held_against_the_model_that_is_chosen(raw: Path) -> None:
    add(raw, f"crop_img/p1_crop_0.png\t{'A' * 30}")
    (raw / "rec_gt.txt").write_text((raw / "rec_gt.txt").read_text().replace("_crop_0.png\tA1\n", "_crop_0.png\t###\n"))
    assert main(["lint", str(raw)]) == 1
    assert main(["lint", str(raw), "Global.max_text_length=30"]) == 0


def remove(raw: Path) -> None:
    (raw / "rec_gt.txt").unlink()


@pytest.mark.parametrize(
    ("spoil", "words", "message"),
    [
        (remove, ["my labels"], "no label file is in my labels (looked for Label.txt"),
        (
            remove,
            ["my labels", "--format", "ppocrlabel"],
            "neither Label.txt nor rec_gt.txt is in my labels or a folder of it.",
        ),
        (None, ["nowhere"], "raw folder nowhere is missing. Check the path."),
        (None, ["my labels", "--format", "ppocrlable"], "dataset.format 'ppocrlable' is unknown. Did you mean"),
        (None, ["my labels", "--accept", "no_tap"], "--accept no_tap: there is no such code. Did you mean 'no_tab'?"),
        (None, ["my labels", "--report", "my labels/r"], "--report my labels/r lies in the raw folder"),
        (None, ["my labels", "conf"], "lint takes one folder, not my labels and conf. Take one at a time."),
        (None, ["my labels", "dataset.dictionary=no.txt"], "dictionary no.txt is missing."),
    ],
)
def test_what_cannot_be_looked_at_is_one_line_and_status_2(
    raw: Path, capsys: pytest.CaptureFixture[str], spoil: Callable[[Path], None] | None, words: list[str], message: str
) -> None:
    if spoil:
        spoil(raw)
    assert main(["lint", *words]) == 2
    said = capsys.readouterr().err
    assert f"paddock lint: {message}" in said
    assert said.count("\n") == 1
    assert not Path("outputs").exists()
