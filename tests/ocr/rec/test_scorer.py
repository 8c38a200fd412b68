import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from paddock.core.files import read_json
from paddock.data.charset import Charset
from paddock.data.loader import Batch
from paddock.ocr.rec import gallery, report
from paddock.ocr.rec.charset import CTCClasses
from paddock.ocr.rec.decode import CTCLabelDecode
from paddock.ocr.rec.line import TextLine
from paddock.ocr.rec.metric import RecMetric, by_character, by_length, strict_scores
from paddock.ocr.rec.scorer import RecScorer

CLASSES = CTCClasses(Charset(("a", "b"), use_space_char=True))


def line(text: str, image: Path = Path("x.png")) -> TextLine:
    return TextLine(image, text, "labels.txt:1")


def probabilities(*paths: list[int]) -> np.ndarray:
    """Class 0.9 sure at each time step, of 4 classes."""
    out = np.full((len(paths), len(paths[0]), 4), 0.1 / 3, dtype=np.float32)
    for row, path in enumerate(paths):
        out[row, np.arange(len(path)), path] = 0.9
    return out


@pytest.fixture
def scorer() -> RecScorer:
    return RecScorer(CTCLabelDecode(CLASSES), RecMetric())


def test_scores_of_a_batch(scorer: RecScorer) -> None:
    outputs = probabilities([1, 0, 1, 2], [1, 1, 3, 2], [0, 0, 0, 0])  # "aab", "a b", ""
    batch = Batch(np.zeros((3, 3, 32, 100), np.float32), (), (line("aab"), line("ab"), line("b")))

    scorer.add([outputs], batch)

    metrics = scorer.metrics()
    assert [entry.reading for entry in scorer.lines] == ["aab", "a b", ""]
    assert metrics["exact"] == pytest.approx(1 / 3)  # "a b" is not "ab"
    assert metrics["acc"] == pytest.approx(2 / 3, rel=1e-4)  # PaddleOCR ignores blanks
    assert metrics["cer"] == pytest.approx((0 + 1 + 1) / 6)
    assert metrics["n_eval"] == 3


def test_unreadable_pictures_count_as_misses_and_are_named(scorer: RecScorer) -> None:
    batch = Batch(
        np.zeros((1, 3, 32, 100), np.float32), (), (line("a"),), ((line("b", Path("lost.png")), "lost.png is corrupt"),)
    )

    scorer.add([probabilities([1])], batch)

    metrics = scorer.metrics()
    assert (metrics["n_eval"], metrics["n_unreadable"], metrics["exact"]) == (2, 1, 0.5)
    assert scorer.worst(1)[0].unreadable == "lost.png is corrupt"


def test_worst_come_first_and_the_surest_mistakes_before_the_others(scorer: RecScorer) -> None:
    outputs = probabilities([1, 0], [2, 0], [2, 0])
    outputs[1, 0] = [0.2, 0.1, 0.6, 0.1]
    batch = Batch(np.zeros((3, 3, 32, 100), np.float32), (), (line("a"), line("a"), line("a")))
    scorer.add([outputs], batch)

    assert [(entry.reading, round(entry.confidence, 1)) for entry in scorer.worst(3)] == [
        ("b", 0.9),
        ("b", 0.6),
        ("a", 0.9),
    ]


def test_an_empty_evaluation_scores_nothing() -> None:
    assert strict_scores([]) == {"exact": 0.0, "cer": 1.0}


def test_characters_are_scored_by_the_edits_of_their_label() -> None:
    scores = by_character([("axc", "abc"), ("abcd", "abc"), ("a", "ab")])

    assert (scores["b"].support, scores["b"].correct, scores["b"].read_as) == (3, 1, {"x": 1, "": 1})
    assert scores["d"].invented == 1
    assert scores["a"].correct == 3


def test_lengths_are_those_of_the_labels() -> None:
    assert by_length([("a", "a"), ("b", "a"), ("ab", "ab")]) == {1: (2, 0.5), 2: (1, 1.0)}


def test_report_and_gallery_show_every_sample(scorer: RecScorer, tmp_path: Path) -> None:
    image = tmp_path / "x.png"
    Image.new("RGB", (60, 20), "white").save(image)
    batch = Batch(np.zeros((2, 3, 32, 100), np.float32), (), (line("a b", image), line("中", image)))
    scorer.add([probabilities([1, 3, 2], [1, 1, 1])], batch)

    report.write(scorer, tmp_path / "report")
    gallery.write(scorer.worst(8), tmp_path / "report")

    with (tmp_path / "report" / "samples.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["truth"], row["reading"], row["exact"]) for row in rows] == [
        ("a b", "a b", "True"),
        ("中", "a", "False"),
    ]
    assert [row["character"] for row in read_json(tmp_path / "report" / "by_character.json")] == [" ", "a", "b", "中"]
    for name in ("by_length.png", "by_character.png", "worst.png"):
        with Image.open(tmp_path / "report" / name) as picture:
            assert picture.width > 100
