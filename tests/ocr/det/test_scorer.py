from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from paddock.data.loader import Batch
from paddock.ocr.det.decode import DBPostProcess
from paddock.ocr.det.metric import DetMetric
from paddock.ocr.det.page import Page
from paddock.ocr.det.scorer import DetScorer
from tests.ocr.det_pages import make_page
from tests.ocr.det_spots import BAR, MAP_HW, OTHER_BAR, spots


def page_of(*bars: tuple[int, int, int, int], name: str = "x.png") -> Page:
    labels = [[[x, y], [x + w, y], [x + w, y + h], [x, y + h]] for x, y, w, h in bars]
    return replace(make_page(labels), image=Path(name), source_size=MAP_HW)


def batch_of(*pages: Page, unreadable: tuple[tuple[Page, str], ...] = ()) -> Batch[Page]:
    return Batch(np.zeros((len(pages), 3, *MAP_HW), np.float32), (), pages, unreadable)


@pytest.fixture
def scorer() -> DetScorer:
    return DetScorer(DBPostProcess(unclip_ratio=1.5), DetMetric())


def test_boxes_of_a_batch_are_matched_with_the_labels_of_their_own_page(scorer: DetScorer) -> None:
    outputs = np.stack([spots(BAR), spots(BAR, OTHER_BAR)])[:, None]

    scorer.add([outputs], batch_of(page_of(BAR, OTHER_BAR), page_of(BAR)))

    metrics = scorer.metrics()
    assert [len(page.found) for page in scorer.pages] == [1, 2]
    assert [(page.match.missed, len(page.match.false)) for page in scorer.pages] == [((1,), 0), ((), 1)]
    assert (metrics["precision"], metrics["recall"], metrics["n_eval"]) == (2 / 3, 2 / 3, 2)


def test_boxes_are_scored_in_pixels_of_the_file(scorer: DetScorer) -> None:
    x, y, width, height = BAR
    page = replace(page_of((3 * x, 2 * y, 3 * width, 2 * height)), source_size=(2 * MAP_HW[0], 3 * MAP_HW[1]))

    scorer.add([spots(BAR)[None, None]], batch_of(page))

    assert scorer.metrics()["hmean"] == 1


def test_unreadable_pages_count_as_missed_and_are_named(scorer: DetScorer) -> None:
    scorer.add([spots(BAR)[None, None]], batch_of(page_of(BAR), unreadable=((page_of(BAR, name="lost.png"), "gone"),)))
    scorer.add([], batch_of(unreadable=((page_of(BAR, name="lost.png"), "gone"),)))

    metrics = scorer.metrics()
    assert (metrics["recall"], metrics["precision"]) == (1 / 3, 1)
    assert (metrics["n_eval"], metrics["n_unreadable"]) == (3, 2)
    assert [page.unreadable for page in scorer.pages] == ["", "gone", "gone"]


def test_pages_with_most_wrong_boxes_come_first(scorer: DetScorer) -> None:
    outputs = np.stack([spots(BAR), spots(), spots(BAR)])[:, None]
    pages = [page_of(BAR, name="right.png"), page_of(BAR, OTHER_BAR, name="two.png"), page_of(name="one.png")]

    scorer.add([outputs], batch_of(*pages))

    assert [(page.image.name, page.num_wrong) for page in scorer.worst(2)] == [("two.png", 2), ("one.png", 1)]


def test_an_evaluation_without_labels_and_boxes_scores_nothing(scorer: DetScorer) -> None:
    scorer.add([spots()[None, None]], batch_of(page_of()))

    assert scorer.metrics() == {"precision": 0, "recall": 0, "hmean": 0, "n_eval": 1, "n_unreadable": 0}
