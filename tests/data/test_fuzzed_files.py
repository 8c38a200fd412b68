"""Whole files of mutated labels, as each format has them: each ends in a sample or a problem of the catalogue."""

import json
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import lmdb as library
import pytest

from paddock.config.schema import DatasetConfig, OnError
from paddock.data.check_raw import check_raw, read_raw
from paddock.data.convert import convert_dataset
from paddock.data.problem_codes import CODES
from tests.data.test_mutated_lines import mutated

NUM_LABELS = 2000
NUM_PAGES = 40
QUAD = "1,2,50,2,50,30,1,30,12,50 EUR"
BOXES = json.dumps([{"transcription": "12,50 EUR", "points": [[1, 2], [50, 2], [50, 30], [1, 30]], "difficult": False}])
RECORD = json.dumps(
    {
        "filename": "a.png",
        "html": {
            "structure": {"tokens": ["<tr>", "<td", ' colspan="2"', ">", "</td>", "</tr>"]},
            "cells": [{"tokens": ["A"], "bbox": [1, 2, 50, 30]}],
        },
    }
)


def fuzzed_text(line: str, draw: random.Random) -> bytes:
    """A mutated line; one in ten has bytes changed, which may be no UTF-8 then."""
    content = mutated(line, draw).replace("\n", " ").encode()
    if draw.random() < 0.1:
        at = draw.randrange(len(content) + 1)
        content = content[:at] + bytes([draw.choice((0, 9, 0x5C, 0xC3, 0xED, 0xFF))]) + content[at:]
    return content.replace(b"\n", b" ")


def many(path: Path, line: str, draw: random.Random, number: int = NUM_LABELS) -> None:
    """A label file of mutated lines."""
    path.write_bytes(b"\n".join(fuzzed_text(line, draw) for _ in range(number)))


def ppocrlabel(raw: Path, draw: random.Random) -> None:
    many(raw / "Label.txt", f"raw/a.png\t{BOXES}", draw)


def ppocrlabel_states(raw: Path, draw: random.Random) -> None:
    many(raw / "FileState.TXT", "C:\\raw\\a.png\t1", draw)
    (raw / "Label.txt").write_text(f"raw/a.png\t{BOXES}\n" * NUM_LABELS)


def ppocrlabel_crops(raw: Path, draw: random.Random) -> None:
    many(raw / "rec_gt.txt", "crop_img/a.png\t12,50 EUR", draw)


def ppocrlabel_table(raw: Path, draw: random.Random) -> None:
    many(raw / "gt.txt", RECORD, draw)
    many(raw / "Label.txt", f"raw/a.png\t{BOXES}", draw)


def paddleocr_det(raw: Path, draw: random.Random) -> None:
    many(raw / "train_label.txt", f"a.png\t{BOXES}", draw)


def paddleocr_rec(raw: Path, draw: random.Random) -> None:
    many(raw / "rec_gt_train.txt", '["a.png", "crop_img/a.png"]\t12,50 EUR', draw)


def icdar2015(raw: Path, draw: random.Random) -> None:
    for number in range(NUM_PAGES):
        (raw / f"{number}.png").hardlink_to(raw / "a.png")
        many(raw / f"gt_{number}.txt", QUAD, draw, NUM_LABELS // NUM_PAGES)


def icdar2015_rec(raw: Path, draw: random.Random) -> None:
    many(raw / "gt.txt", 'a.png, "12,50 \\"EUR\\""', draw)


def sroie(raw: Path, draw: random.Random) -> None:
    (raw / "box").mkdir()
    (raw / "img").mkdir()
    for number in range(NUM_PAGES):
        (raw / f"img/{number}.png").hardlink_to(raw / "a.png")
        many(raw / f"box/{number}.csv", QUAD, draw, NUM_LABELS // NUM_PAGES)


def pubtabnet(raw: Path, draw: random.Random) -> None:
    many(raw / "train.jsonl", RECORD, draw)


def coco(raw: Path, draw: random.Random) -> None:
    # A small file, and for half of them one value only, so that mutations reach deeper than its brackets.
    box = '"bbox": [1, 2, 40, 20], "segmentation": [[1, 2, 41, 2, 41, 22, 1, 22]], "utf8_string": "A\\ud83d\\ude00"'
    image = '"images": [{"id": 1, "file_name": "a.png"}]'
    rest = '"categories": [{"id": 1, "name": "text"}, {"id": 2, "name": "figure"}]'
    annotations = f'"annotations": [{{"id": 1, "image_id": 1, "category_id": 1, {box}}}]'
    text = f"{{{image}, {annotations}, {rest}}}"
    for number in range(NUM_LABELS):
        part = box if number % 2 else text
        (raw / f"coco_{number}.json").write_bytes(text.encode().replace(part.encode(), fuzzed_text(part, draw)))


def funsd(raw: Path, draw: random.Random) -> None:
    (raw / "annotations").mkdir()
    (raw / "images").mkdir()
    word = '{"box": [1, 2, 41, 22], "text": "A\\ud83d\\ude00"}'
    entry = f'{{"box": [1, 2, 50, 30], "text": "A", "label": "question", "words": [{word}], "linking": []}}'
    text = f'{{"form": [{entry}]}}'
    for number in range(NUM_LABELS):
        part = word if number % 2 else text
        content = text.encode().replace(part.encode(), fuzzed_text(part, draw))
        (raw / f"annotations/{number}.json").write_bytes(content)
        (raw / f"images/{number}.png").hardlink_to(raw / "a.png")


def lmdb(raw: Path, draw: random.Random) -> None:
    image = (raw / "a.png").read_bytes()
    with library.open(str(raw), map_size=1 << 26, lock=False) as database, database.begin(write=True) as entries:
        entries.put(b"num-samples", str(NUM_LABELS).encode())
        for number in range(1, NUM_LABELS + 1):
            for key, value in {"label": "12,50 EUR", "name": "a/b.png"}.items():
                written = fuzzed_text(key, draw) if number % 9 == 0 else key.encode()
                entries.put(b"%s-%09d" % (written, number), fuzzed_text(value, draw) or b" ")
            entries.put(b"image-%09d" % number, image[: draw.choice((len(image), len(image), 20, 1))])


@pytest.mark.slow
@pytest.mark.parametrize("on_error", [OnError.drop, OnError.repair])
@pytest.mark.parametrize(
    ("fill", "name", "to"),
    [
        (ppocrlabel, "ppocrlabel", "icdar2015"),
        (ppocrlabel_states, "ppocrlabel", "coco"),
        (ppocrlabel_crops, "ppocrlabel", "icdar2015_rec"),
        (ppocrlabel_table, "ppocrlabel_table", "pubtabnet"),
        (paddleocr_det, "paddleocr_det", "sroie"),
        (paddleocr_rec, "paddleocr_rec", "lmdb"),
        (icdar2015, "icdar2015", "ppocrlabel"),
        (icdar2015_rec, "icdar2015_rec", "paddleocr_rec"),
        (sroie, "sroie", "funsd"),
        (pubtabnet, "pubtabnet", "ppocrlabel_table"),
        (coco, "coco", "paddleocr_det"),
        (funsd, "funsd", "coco"),
        (lmdb, "lmdb", "icdar2015_rec"),
    ],
)
def test_every_mutated_label_ends_in_a_sample_or_a_named_problem(
    fill: Callable[[Path, random.Random], None],
    name: str,
    to: str,
    on_error: OnError,
    tmp_path: Path,
    page_png: Callable[[int], bytes],
    make_dataset: Callable[..., DatasetConfig],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    raw = tmp_path / "raw"
    (raw / "crop_img").mkdir(parents=True)
    for image in ("a.png", "crop_img/a.png"):
        (raw / image).write_bytes(page_png(0))
    fill(raw, random.Random(0))
    dataset = make_dataset(raw=str(raw), format=name, on_error=on_error)
    found = read_raw(dataset, 0)
    checked = check_raw(found, dataset, 0, None)
    told = Counter(problem.code for problem in checked.all_problems)
    assert set(told) <= set(CODES)
    num_samples = sum(len(page.regions) or 1 for page in found.pages) + len(found.crops) + len(found.tables.samples)
    assert num_samples + sum(told.values()) >= NUM_LABELS
    assert len(told) > 1
    # What was read can be written: no text and no name is too odd for another format.
    if num_samples:
        convert_dataset(dataset, 0, to, tmp_path / "out")
