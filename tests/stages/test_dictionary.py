"""`paddock dictionary` as it is typed."""

import csv
from pathlib import Path

import pytest

from paddock.cli import main


def test_a_dictionary_is_built_checked_and_extended(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dictionary", "build", "my labels", "--out", "dict.txt"]) == 0
    assert Path("dict.txt").read_text() == "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\nA\n"
    assert main(["dictionary", "check", "dict.txt", "my labels"]) == 0
    (raw / "rec_gt.txt").write_text((raw / "rec_gt.txt").read_text().replace("A3\n", "-3 +\n"))
    capsys.readouterr()
    assert main(["dictionary", "check", "dict.txt", "my labels", "--counts", "counts.csv"]) == 1
    shown = capsys.readouterr().out.splitlines()
    assert shown[:4] == [
        "dict.txt: 11 characters and the space",
        "labels: 10 texts with 14 characters",
        "outside the dictionary: 2",
        "  '+' (U+002B) in 1 text(s): my labels/rec_gt.txt:4",
    ]
    with Path("counts.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.DictReader(file))["character"] == "A"
    assert main(["dictionary", "extend", "dict.txt", "my labels", "--out", "new.txt"]) == 0
    assert Path("new.txt").read_text() == Path("dict.txt").read_text() + "+\n-\n"
    assert capsys.readouterr().out.splitlines()[-3:] == [
        "appended: 2",
        "  '+' (U+002B) in 1 text(s)",
        "  '-' (U+002D) in 1 text(s)",
    ]
    assert main(["dictionary", "check", "my labels", "dataset.dictionary=new.txt"]) == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["build", "my labels"], "dictionary build writes a file. Name it: --out FILE."),
        (["check", "my labels"], "dictionary check needs the dictionary: paddock dictionary check DICT.txt RAW."),
        (["check", "none.txt", "my labels"], "dictionary none.txt is missing."),
        (["check", "a.txt", "b.txt", "my labels"], "dictionary takes one dictionary, not a.txt and b.txt."),
        (["build", "a.txt", "my labels"], "dictionary build starts from labels alone, not from a.txt. Use extend."),
        (["build", "my labels", "conf", "--out", "x"], "dictionary takes one folder, not my labels and conf."),
        (["build", "conf", "--out", "x"], "no label file is in conf"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_status_2(
    raw: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    assert main(["dictionary", *words]) == 2
    said = capsys.readouterr().err
    assert f"paddock dictionary: {message}" in said
    assert said.count("\n") == 1
    assert not Path("x").exists()
