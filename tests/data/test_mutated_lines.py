"""Whatever a label line looks like, it ends in boxes that can be cut or in a named problem."""

import json
import random
from pathlib import Path

import numpy as np

from paddock.data.crops import cut, quad_of
from paddock.data.formats.pubtabnet import parse_record
from paddock.data.label_lines import LabelLine
from paddock.data.page_lines import PageLine, parse_page
from paddock.data.quad_lines import read_quads
from paddock.data.regions import fit_region
from paddock.data.samples import Problem, Region
from paddock.data.tables import check_tables

NUM_LINES = 500
CHARACTERS = '[]{}",:.0123456789-eENaInfity\\\t null true'
PAGE = np.zeros((100, 100, 3), np.uint8)


def mutated(line: str, draw: random.Random) -> str:
    characters = list(line)
    for _ in range(draw.randint(1, 5)):
        at = draw.randrange(len(characters))
        characters[at : at + draw.randint(0, 1)] = draw.choice(("", draw.choice(CHARACTERS)))
    return "".join(characters)


def codes_of(region: Region) -> set[str]:
    fitted = fit_region(region, (100, 100), "box 1", "Label.txt:1")
    if isinstance(fitted, Problem):
        return {fitted.code}
    assert cut(PAGE, quad_of(np.array(fitted[0].points, np.float32))).size > 0
    return {"cut"}


def test_mutated_json() -> None:
    draw, codes = random.Random(0), set()
    box = {"transcription": "A", "points": [[1, 2], [90, 2], [90, 60], [1, 60]]}
    for _ in range(NUM_LINES):
        for entry in parse_page(LabelLine("a.jpg", mutated(json.dumps([box]), draw), "Label.txt:1")):
            if isinstance(entry, PageLine):
                codes.update(*map(codes_of, entry.regions))
            else:
                codes.add(entry.code)
    assert codes == {"cut", "bad_json", "bad_points", "self_crossing"}


def test_mutated_fields(tmp_path: Path) -> None:
    draw, codes = random.Random(0), set()
    lines = [mutated("1,2,90,2,90,60,1,60,TEXT, MORE", draw) for _ in range(NUM_LINES)]
    (tmp_path / "gt_a.txt").write_text("\n".join(lines))
    raw = read_quads({tmp_path / "gt_a.txt": "a"}, {"a": [tmp_path / "a.jpg"]}, lambda image: image.name)
    codes.update(problem.code for problem in raw.problems)
    codes.update(*map(codes_of, raw.pages[0].regions))
    assert codes == {"cut", "bad_points", "few_fields", "outside_image", "self_crossing"}


def test_mutated_records() -> None:
    draw, codes = random.Random(0), set()
    tokens = ["<tr>", "<td", ' colspan="2"', ">", "</td>", "</tr>"]
    cells = [{"tokens": ["A"], "bbox": [1, 2, 90, 60]}]
    line = json.dumps({"filename": "a.jpg", "html": {"structure": {"tokens": tokens}, "cells": cells}})
    box = json.dumps(cells[0]["bbox"])
    for number in range(4 * NUM_LINES):
        changed = line.replace(box, mutated(box, draw)) if number % 2 else mutated(line, draw)
        entry = parse_record(changed, "train.jsonl:1")
        problems = [entry] if isinstance(entry, Problem) else check_tables([entry], 10)[1]
        codes.update(problem.code for problem in problems)
    assert codes == {
        "bad_box",
        "bad_json",
        "bad_record",
        "broken_structure",
        "cell_count",
        "span_range",
        "unknown_token",
    }


def test_any_corners() -> None:
    draw, codes = random.Random(0), set()
    for _ in range(NUM_LINES):
        reach = draw.choice((1, 3, 30, 120, 1e5, 1e9))
        points = ((draw.uniform(-reach, reach), draw.uniform(0, reach)) for _ in range(draw.choice((4, 4, 5, 8))))
        codes |= codes_of(Region("A", tuple(points)))
    assert codes == {"cut", "no_area", "outside_image", "self_crossing"}


def fuzzed_text(line: str, draw: random.Random) -> bytes:
    """A mutated line; one in ten has bytes changed, which may be no UTF-8 then."""
    content = mutated(line, draw).replace("\n", " ").encode()
    if draw.random() < 0.1:
        at = draw.randrange(len(content) + 1)
        content = content[:at] + bytes([draw.choice((0, 9, 0x5C, 0xC3, 0xED, 0xFF))]) + content[at:]
    return content.replace(b"\n", b" ")


def many(path: Path, line: str, draw: random.Random) -> None:
    """A label file of mutated lines."""
    path.write_bytes(b"\n".join(fuzzed_text(line, draw) for _ in range(NUM_FILED)))


def ppocrlabel(raw: Path, draw: random.Random) -> None:
    many(raw / "Label.txt", f"raw/a.png\t{BOXES}", draw)


def ppocrlabel_states(raw: Path, draw: random.Random) -> None:
    many(raw / "FileState.TXT", "C:\\raw\\a.png\t1", draw)
    (raw / "Label.txt").write_text(f"raw/a.png\t{BOXES}\n")


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
    many(raw / "gt_a.txt", "1,2,50,2,50,30,1,30,12,50 EUR", draw)


def icdar2015_rec(raw: Path, draw: random.Random) -> None:
    many(raw / "gt.txt", 'a.png, "12,50 \\"EUR\\""', draw)


def sroie(raw: Path, draw: random.Random) -> None:
    (raw / "box").mkdir()
    (raw / "img").mkdir()
    (raw / "a.png").rename(raw / "img/a.png")
    many(raw / "box/a.csv", "1,2,50,2,50,30,1,30,12,50 EUR", draw)


def pubtabnet(raw: Path, draw: random.Random) -> None:
    many(raw / "train.jsonl", RECORD, draw)


def coco(raw: Path, draw: random.Random) -> None:
    # A small file, and for half of them one value only, so that mutations reach deeper than its brackets.
    box = '"bbox": [1, 2, 40, 20], "segmentation": [[1, 2, 41, 2, 41, 22, 1, 22]], "utf8_string": "A\\ud83d\\ude00"'
    image = '"images": [{"id": 1, "file_name": "a.png"}]'
    rest = '"categories": [{"id": 1, "name": "text"}, {"id": 2, "name": "figure"}]'
    annotations = f'"annotations": [{{"id": 1, "image_id": 1, "category_id": 1, {box}}}]'
    text = f"{{{image}, {annotations}, {rest}}}"
    for number in range(NUM_FILED):
        part = box if number % 2 else text
        (raw / f"coco_{number}.json").write_bytes(text.encode().replace(part.encode(), fuzzed_text(part, draw)))


def funsd(raw: Path, draw: random.Random) -> None:
    (raw / "annotations").mkdir()
    (raw / "images").mkdir()
    word = '{"box": [1, 2, 41, 22], "text": "A\\ud83d\\ude00"}'
    text = f'{{"form": [{{"box": [1, 2, 50, 30], "text": "A", "label": "question", "words": [{word}], "linking": []}}]}}'
    for number in range(NUM_FILED):
        part = word if number % 2 else text
        content = text.encode().replace(part.encode(), fuzzed_text(part, draw))
        (raw / f"annotations/{number}.json").write_bytes(content)
        (raw / f"images/{number}.png").hardlink_to(raw / "a.png")


def lmdb(raw: Path, draw: random.Random) -> None:
    image = (raw / "a.png").read_bytes()
    with lmdb_library.open(str(raw), map_size=1 << 26, lock=False) as database, database.begin(write=True) as entries:
        entries.put(b"num-samples", str(NUM_FILED).encode())
        for number in range(1, NUM_FILED + 1):
            for key, value in {"label": "12,50 EUR", "name": "a/../b.png"}.items():
                entries.put(b"%s-%09d" % (fuzzed_text(key, draw) if number % 9 == 0 else key.encode(), number), fuzzed_text(value, draw))
            entries.put(b"image-%09d" % number, image[: draw.choice((len(image), len(image), 20, 1))])


@pytest.mark.slow
@pytest.mark.parametrize("on_error", [OnError.drop, OnError.repair])
@pytest.mark.parametrize(
    ("fill", "kind"),
    [
        *((ppocrlabel, "pages"), (ppocrlabel_states, "pages"), (ppocrlabel_crops, "crops")),
        *((ppocrlabel_table, "tables"), (paddleocr_det, "pages"), (paddleocr_rec, "crops"), (icdar2015, "pages")),
        *((icdar2015_rec, "crops"), (sroie, "pages"), (pubtabnet, "tables"), (coco, "pages"), (funsd, "pages")),
        (lmdb, "crops"),
    ],
)
def test_every_mutated_label_ends_in_a_sample_or_a_named_problem(
    fill: Callable[[Path, random.Random], None],
    kind: str,
    on_error: OnError,
    tmp_path: Path,
    page_png: Callable[[int], bytes],
    make_dataset: Callable[..., DatasetConfig],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    raw = tmp_path / "raw"
    (raw / "crop_img").mkdir(parents=True)
    for name in ("a.png", "crop_img/a.png"):
        (raw / name).write_bytes(page_png(0))
    fill(raw, random.Random(0))
    name = next(name for name in FORMATS if fill.__name__.startswith(name) and not (fill.__name__ == "icdar2015_rec" and name == "icdar2015"))
    dataset = make_dataset(raw=str(raw), format=name, on_error=on_error)
