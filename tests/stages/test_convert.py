"""`paddock convert` as it is typed."""

from pathlib import Path

import pytest

from paddock.cli import main
from paddock.data.formats import WRITERS
from paddock.verbs.data import WRITABLE


@pytest.fixture
def raw(checkout: Path) -> Path:
    """A folder with a receipt in SROIE's format."""
    folder = checkout / "receipts"
    for name in ("img", "box", "key"):
        (folder / name).mkdir(parents=True)
    (folder / "img/1.png").write_bytes((checkout / "picture.png").read_bytes())
    (folder / "box/1.csv").write_text("1,2,9,2,9,6,1,6,TOTAL, NET\n")
    (folder / "key/1.json").write_text("{}")
    return folder


@pytest.fixture
def checkout(checkout: Path) -> Path:
    """A project with a picture in it."""
    from PIL import Image

    Image.new("RGB", (20, 10), "white").save(checkout / "picture.png")
    return checkout


def test_it_says_what_came_along_and_what_did_not(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", "receipts", "--to", "paddleocr_det", "--out", "out"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "receipts, read as sroie",
        "not read (`paddock lint` says where):",
        "       1 not_read: a part of the label that paddock has no use for",
        "written to out as paddleocr_det: 1 page, 1 box; pictures: 1 linked",
        "to read it: dataset.format=paddleocr_det dataset.raw=out",
    ]
    assert Path("out/all_label.txt").read_text().startswith('img/1.png\t[{"transcription": "TOTAL, NET"')


def test_what_was_said_to_read_it_reads_it(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["convert", "receipts", "--to", "funsd", "--out", "form", "--copy"])
    words = capsys.readouterr().out.splitlines()[-1].removeprefix("to read it: ").split()
    assert main(["convert", "dataset=ppocrlabel", *words, "--to", "coco", "--out", "out"]) == 0
    assert "nothing is lost" in capsys.readouterr().out
    assert Path("out/instances_all.json").is_file()


def test_mistakes_are_one_line_and_status_2(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", "receipts", "--to", "lmdb", "--out", "out"]) == 2
    assert main(["convert", "receipts", "--to", "coco", "--out", "receipts/out"]) == 2
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("paddock convert: receipts has 1 page, and lmdb holds crops only")
    assert said[1].startswith("paddock convert: --out receipts/out lies in the raw folder")
    assert not Path("out").exists()


def test_help_names_every_format_that_is_written() -> None:
    assert set(WRITABLE) == set(WRITERS)
