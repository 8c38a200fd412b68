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
