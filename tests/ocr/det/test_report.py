"""What an evaluation of a detector leaves: tables, plots, and the worst pages with their boxes."""

import csv
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from paddock.core.files import read_json
from paddock.data.loader import Batch
from paddock.data.page_picture import FALSE, IGNORED, MATCHED, MISSED
from paddock.ocr.det import gallery, report
from paddock.ocr.det.decode import DBPostProcess
from paddock.ocr.det.metric import DetMetric
from paddock.ocr.det.page import Page
from paddock.ocr.det.scorer import DetScorer
from paddock.ocr.det.thresholds import sweep
from tests.ocr.det_pages import make_page
from tests.ocr.det_spots import BAR, MAP_HW, OTHER_BAR, spots

LOST = (150, 5, 30, 12)
DECODE = DBPostProcess(thresh=0.3, box_thresh=0.6, unclip_ratio=1.5)


def page_of(image: Path, *bars: tuple[int, int, int, int], ignored: tuple[bool, ...] = ()) -> Page:
    labels = [[[x, y], [x + w, y], [x + w, y + h], [x, y + h]] for x, y, w, h in bars]
    page = replace(make_page(labels, MAP_HW), image=image, source_size=MAP_HW)
    return replace(page, ignored=ignored or page.ignored)


@pytest.fixture
def scorer(tmp_path: Path) -> DetScorer:
    """A page with one bar right, one missed and one found in vain; and one that cannot be read."""
    image = tmp_path / "page.png"
    cv2.imwrite(str(image), np.full((*MAP_HW, 3), 200, np.uint8))
    scorer = DetScorer(DECODE, DetMetric())
    page, lost = page_of(image, BAR, LOST), page_of(tmp_path / "lost.png", BAR)
    batch = Batch(np.zeros((1, 3, *MAP_HW), np.float32), (), (page,), ((lost, "it is gone"),))
    scorer.add([spots(BAR, OTHER_BAR)[None, None]], batch)
    return scorer


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_page_has_a_row_that_says_what_became_of_its_boxes(scorer: DetScorer, tmp_path: Path) -> None:
    report.write(scorer, None, tmp_path / "report")

    found, lost = rows_of(tmp_path / "report/samples.csv")
    assert {name: found[name] for name in ("precision", "recall", "hmean", "matched", "missed", "false")} == {
        "precision": "0.5", "recall": "0.5", "hmean": "0.5", "matched": "1", "missed": "1", "false": "1",
    }  # fmt: skip
    assert (lost["recall"], lost["missed"], lost["unreadable"]) == ("0.0", "1", "it is gone")
    assert not (tmp_path / "report" / "postprocess.json").exists()
    assert not (tmp_path / "report" / "pr_curve.csv").exists()


def test_scores_stand_by_height_of_text(scorer: DetScorer, tmp_path: Path) -> None:
    report.write(scorer, None, tmp_path)

    # Labels: two of 24 px, one of them on the lost page, and one of 12 px. The boxes: 22 and 14 px.
    assert read_json(tmp_path / "by_size.json") == [
        {"height_px": "8-16", "count": 1, "recall": 0.0, "precision": 0.0},
        {"height_px": "16-32", "count": 2, "recall": 0.5, "precision": 1.0},
    ]
    with Image.open(tmp_path / "by_size.png") as picture:
        assert picture.width > 100


def test_a_sweep_leaves_the_best_triple_all_others_and_the_curve(scorer: DetScorer, tmp_path: Path) -> None:
    values = np.maximum(spots(BAR), spots(OTHER_BAR, probability=0.65))[None, None]
    batch = Batch(np.zeros((1, 3, *MAP_HW), np.float32), (), (page_of(tmp_path / "page.png", BAR),))
    found = sweep(iter([([values], batch)]), DECODE, DetMetric())

    report.write(scorer, found, tmp_path)

    assert read_json(tmp_path / "postprocess.json") == {"thresh": 0.3, "box_thresh": 0.7, "unclip_ratio": 1.8}
    settings = rows_of(tmp_path / "thresholds.csv")
    assert len(settings) == len(found.settings)
    assert settings[0] == {
        "thresh": "0.3",
        "box_thresh": "0.7",
        "unclip_ratio": "1.8",
        "precision": "1.0",
        "recall": "1.0",
        "hmean": "1.0",
        "iou": f"{found.settings[0].iou:.4f}".rstrip("0"),
    }
    curve = rows_of(tmp_path / "pr_curve.csv")
    assert list(curve[0]) == ["box_thresh", "precision", "recall", "hmean"]
    assert [
        (row["precision"], row["recall"]) for row in curve if row["box_thresh"] in ("0.3", "0.8", "0.98")
    ] == [  # nothing is so sure as 0.98
        ("0.5", "1.0"),
        ("1.0", "1.0"),
    ]
    with Image.open(tmp_path / "pr_curve.png") as picture:
        assert picture.width > 100


def test_an_evaluation_without_any_text_still_leaves_its_tables(tmp_path: Path) -> None:
    scorer = DetScorer(DECODE, DetMetric())
    page = page_of(tmp_path / "page.png")
    scorer.add([spots()[None, None]], Batch(np.zeros((1, 3, *MAP_HW), np.float32), (), (page,)))

    report.write(
        scorer,
        sweep(iter([([spots()[None, None]], Batch(np.zeros((1,)), (), (page,)))]), DECODE, DetMetric()),
        tmp_path,
    )

    assert read_json(tmp_path / "by_size.json") == []
    assert (tmp_path / "pr_curve.png").exists()


def test_the_worst_pages_are_drawn_with_their_faults_in_the_name(scorer: DetScorer, tmp_path: Path) -> None:
    gallery.write(scorer.worst(8), tmp_path / "gallery")

    (path,) = (tmp_path / "gallery").iterdir()  # what cannot be read cannot be drawn
    assert path.name == "01_1_missed_1_false_page.jpg"
    with Image.open(path) as picture:
        assert picture.size == (MAP_HW[1], MAP_HW[0])
        left, top, width, _ = LOST
        red, green, blue = picture.getpixel((left + width // 2, top))
        assert red - max(green, blue) > 50  # the outline of what was missed


def test_every_box_has_the_colour_of_what_became_of_it(tmp_path: Path) -> None:
    scorer = DetScorer(DECODE, DetMetric())
    ignored, false = (5, 68, 60, 22), (110, 68, 60, 22)
    page = page_of(tmp_path / "page.png", BAR, LOST, ignored, ignored=(False, False, True))
    values = spots(BAR, ignored, false)[None, None]
    scorer.add([values], Batch(np.zeros((1, 3, *MAP_HW), np.float32), (), (page,)))

    marks = list(gallery.marks(scorer.pages[0]))

    lefts = {
        colour: sorted(float(mark.polygon.min(axis=0)[0]) for mark in marks if mark.colour == colour)
        for colour in (MATCHED, MISSED, FALSE, IGNORED)
    }
    assert lefts[MISSED] == [LOST[0]]
    assert lefts[MATCHED] == [pytest.approx(BAR[0], abs=3)]
    assert lefts[FALSE] == [pytest.approx(false[0], abs=3)]
    assert lefts[IGNORED] == [pytest.approx(ignored[0], abs=4), pytest.approx(ignored[0], abs=4)]


def test_large_pages_are_drawn_smaller(tmp_path: Path) -> None:
    image = tmp_path / "large.png"
    cv2.imwrite(str(image), np.zeros((100, 2560, 3), np.uint8))
    scorer = DetScorer(DECODE, DetMetric())
    scorer.add([spots()[None, None]], Batch(np.zeros((1, 3, *MAP_HW), np.float32), (), (page_of(image, BAR),)))

    gallery.write(scorer.worst(1), tmp_path / "gallery")

    with Image.open(tmp_path / "gallery/01_1_missed_0_false_large.jpg") as picture:
        assert picture.size == (1280, 50)
