"""What is written in a format is what is read from it again, as far as the format has a place for it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from paddock.config.schema import DatasetConfig
from paddock.data.formats import FORMATS, WRITERS
from paddock.data.formats.guess import guess_format
from paddock.data.formats.target import Target
from paddock.data.raw_data import RawData
from paddock.data.samples import PageSample, Points, RecSample, Region
from paddock.data.tables import Box, RawTables, TableCell, TableSample
from tests.data.formats.labels import said

MakeDataset = Callable[..., DatasetConfig]
Png = Callable[[int], bytes]

UPRIGHT: Points = ((5, 5), (45, 5), (45, 15), (5, 15))
TILTED: Points = ((5.25, 20), (45, 22.5), (44, 33), (4, 30))
BENT: Points = ((5, 20), (25, 15), (45, 20), (45, 30), (25, 25), (5, 30))
TEXTS = [
    *("A1", "27,JALAN DEDAP 13,", "###", "*", '"', '""', 'say "no"', 'a\\"b', "\\", "[06]", '["a.png"]', "A\u2028B"),
    *("待识别 了", "e\u0301", "\ufeffA", "1,2,3", "{}", "x\\ty", "'", "=1+1", "</td>", "𝔸", "A\u3000B"),
]
BOX: Box = (1, 2, 9, 2, 9, 6.5, 1, 6)
PAGES = [name for name, writer in WRITERS.items() if "pages" in writer.holds]
CROPS = [name for name, writer in WRITERS.items() if "crops" in writer.holds]
TABLES = [name for name, writer in WRITERS.items() if "tables" in writer.holds]


@pytest.fixture
def images(tmp_path: Path, png: Png, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Pictures with names that are hard to tell apart or to write down; the project's folder is elsewhere."""
    monkeypatch.chdir(tmp_path)
    names = [
        "a.png",
        "a.PNG",
        "b/a.png",
        "b/a.jpg",
        "b/c, d.png",
        "[e].png",
        "\xfc f.png",
        'g".png',
        "h\\i.png",
        "j\t.png",
    ]
    paths = [tmp_path / "raw" / name for name in names]
    for number, path in enumerate(paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png(number))
    return paths


def again(data: RawData, to: str, out: Path, make_dataset: MakeDataset) -> tuple[RawData, Counter[str]]:
    """Write and read ``data``; what was read, and what the writer says is lost."""
    out.mkdir()
    target = Target(out, out.name, out.parent / "raw")
    WRITERS[to].write(data, target)
    read = FORMATS[to](out, make_dataset(format=to, raw=str(out), label_files=target.label_files))
    return read, Counter({what: count for what, count in target.lost.items() if count})


def pages_of(images: list[Path], *points: Points) -> RawData:
    """A page for each image; every text of `TEXTS` in a box of each shape."""
    regions = [Region(text, corners) for text in TEXTS for corners in points]
    pages = [PageSample(image, tuple(regions[number::3]), "", f"{image}") for number, image in enumerate(images)]
    return RawData(pages=[*pages[:-1], replace(pages[-1], regions=())])


@pytest.mark.parametrize("to", PAGES)
def test_upright_boxes_with_any_text_stay_what_they_are(
    to: str, images: list[Path], tmp_path: Path, make_dataset: MakeDataset
) -> None:
    data = pages_of(images, UPRIGHT)
    read, lost = again(data, to, tmp_path / "out", make_dataset)
    assert said(read) == said(data)
    assert {problem.code for problem in read.problems} <= {"non_ascii_name"}
    assert set(lost) <= {"images have another name now", "folders of pictures are one folder now"}
    assert lost["images have another name now"] == {"icdar2015": 5, "funsd": 6, "sroie": 6}.get(to, 4)
    assert guess_format(tmp_path / "out") == to


@pytest.mark.parametrize("to", PAGES)
def test_what_a_format_has_no_place_for_is_counted(
    to: str, images: list[Path], tmp_path: Path, make_dataset: MakeDataset
) -> None:
    regions = (
        Region("difficult", UPRIGHT, difficult=True),
        Region("tilted", TILTED),
        Region("bent", BENT),
        Region(" two\nlines ", UPRIGHT),
    )
    data = RawData(
        pages=[PageSample(images[0], regions, "", "train.txt:1"), PageSample(images[4], (), "", "val.txt:1")]
    )
    read, lost = again(data, to, tmp_path / "out", make_dataset)
    lists = {"lists of splits (train, val) are one list now": 2}
    flat = lists | {"folders of pictures are one folder now": 2}
    marks = {"boxes are no longer marked as difficult": 1}
    lines = marks | {
        "texts had tabs or line breaks, which are blanks now": 1,
        "texts had blanks at their ends": 1,
        "boxes of more than four corners have four now": 1,
    }
    expected = {
        "coco": {},
        "paddleocr_det": {},
        "ppocrlabel": lists,
        "funsd": flat | marks | {"boxes are the upright rectangles around them now": 2},
        "icdar2015": lists | lines,
        "sroie": flat | lines,
    }
    assert lost == expected[to]
    assert len(read.pages) == 2
    if not lost or to == "ppocrlabel":
        assert said(read) == said(data)
    else:
        words = [region.text for page in read.pages for region in page.regions]
        assert sorted(map(str.strip, words)) == [
            "bent",
            "difficult",
            "tilted",
            "two lines" if to != "funsd" else "two\nlines",
        ]


@pytest.mark.parametrize("to", CROPS)
def test_crops_with_any_text_stay_what_they_are(
    to: str, images: list[Path], tmp_path: Path, make_dataset: MakeDataset
) -> None:
    texts = [text for text in TEXTS if text not in ("###", "*")]
    crops = [
        RecSample(images[number % len(images)], text, "", f"rec_gt.txt:{number}") for number, text in enumerate(texts)
    ]
    for first in range(0, len(crops), len(images)):
        data = RawData(crops=crops[first : first + len(images)])
        read, lost = again(data, to, tmp_path / f"out{first}", make_dataset)
        assert said(read) == said(data)
        assert {problem.code for problem in read.problems} <= {"non_ascii_name"}
        assert set(lost) <= {"images have another name now", "folders of pictures are one folder now"}
        assert guess_format(tmp_path / f"out{first}") in (to, "ppocrlabel")


@pytest.mark.parametrize("to", TABLES)
def test_tables_stay_what_they_are(to: str, images: list[Path], tmp_path: Path, make_dataset: MakeDataset) -> None:
    structure = ("<thead>", "<tr>", "<td", ' colspan="2"', ">", "</td>", "</tr>", "</thead>")
    cells = [TableCell(("<b>", *text, "</b>"), BOX if number % 3 else None) for number, text in enumerate(TEXTS)]
    tables = [
        TableSample(image, structure, (cells[number], TableCell())[: number % 3], "", f"gt.txt:{number}")
        for number, image in enumerate(images)
    ]
    read, lost = again(RawData(tables=RawTables(tables)), to, tmp_path / "out", make_dataset)
    assert said(read) == said(RawData(tables=RawTables(tables)))
    assert {problem.code for problem in read.tables.problems} <= {"non_ascii_name"}
    assert set(lost) == {"images have another name now"}
    assert guess_format(tmp_path / "out") == to


@pytest.mark.parametrize("to", ["coco", "lmdb", "paddleocr_det", "paddleocr_rec", "icdar2015_rec"])
def test_lists_of_splits_stay_lists(to: str, images: list[Path], tmp_path: Path, make_dataset: MakeDataset) -> None:
    region = Region("A", UPRIGHT)
    data = RawData(
        pages=[
            PageSample(images[0], (region,), "", "det/train.txt:1"),
            PageSample(images[1], (region,), "", "test.txt:1"),
        ],
        crops=[RecSample(images[0], "A", "", "rec_gt_train.txt:1"), RecSample(images[1], "B", "", "rec_gt_test.txt:1")],
    )
    again(data, to, tmp_path / "out", make_dataset)
    names = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    expected = {
        "coco": {"instances_train.json", "instances_test.json"},
        "lmdb": {"train/data.mdb", "test/data.mdb"},
        "paddleocr_det": {"train_label.txt", "test_label.txt"},
        "paddleocr_rec": {"rec_gt_train.txt", "rec_gt_test.txt"},
        "icdar2015_rec": {"train_gt.txt", "test_gt.txt"},
    }
    assert expected[to] <= names


def test_pages_of_several_folders_are_several_projects(
    images: list[Path], tmp_path: Path, make_dataset: MakeDataset
) -> None:
    data = pages_of(images[:4], UPRIGHT)
    data.crops = [RecSample(images[4], "A", "", "rec_gt.txt:1")]
    read, _ = again(data, "ppocrlabel", tmp_path / "out", make_dataset)
    assert said(read) == said(data)
    labels = sorted(path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.txt"))
    assert labels == ["b/Label.txt", "b/fileState.txt", "out/Label.txt", "out/fileState.txt", "rec_gt.txt"]


def test_crops_of_one_line_stay_one_line(images: list[Path], tmp_path: Path, make_dataset: MakeDataset) -> None:
    crops = [RecSample(image, "A", "", f"rec_gt.txt:{number // 2}") for number, image in enumerate(images[:4])]
    again(RawData(crops=crops), "paddleocr_rec", tmp_path / "out", make_dataset)
    text = (tmp_path / "out/rec_gt.txt").read_text()
    assert text == '["a.png", "a_2.PNG"]\tA\n["b/a.png", "b/a.jpg"]\tA\n'
