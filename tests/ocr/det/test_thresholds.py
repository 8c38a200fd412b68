from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from paddock.data.loader import Batch
from paddock.ocr.det.decode import DBPostProcess
from paddock.ocr.det.metric import DetMetric
from paddock.ocr.det.page import Page
from paddock.ocr.det.scorer import DetScorer
from paddock.ocr.det.thresholds import BOX_THRESH, THRESH, UNCLIP_RATIO, Candidates, Sweep, sweep
from paddock.ocr.task import Prediction
from tests.ocr.det_pages import make_page
from tests.ocr.det_spots import BAR, MAP_HW, OTHER_BAR, spots

Bar = tuple[int, int, int, int]
BASE = DBPostProcess(thresh=0.3, box_thresh=0.6, unclip_ratio=1.5)
METRIC = DetMetric()


def page_of(*bars: Bar) -> Page:
    labels = [[[x, y], [x + w, y], [x + w, y + h], [x, y + h]] for x, y, w, h in bars]
    return replace(make_page(labels), source_size=MAP_HW)


def said(*entries: tuple[Page, NDArray[np.float32]]) -> Iterator[Prediction]:
    """A network's outputs, one batch a page."""
    for page, probabilities in entries:
        yield [probabilities[None, None]], Batch(np.zeros((1, 3, *MAP_HW), np.float32), (), (page,))


def chosen(found: Sweep) -> tuple[float, float]:
    return found.best.thresh, found.best.box_thresh


def test_every_triple_is_tried_beside_the_configs_own() -> None:
    base = DBPostProcess(thresh=0.35, box_thresh=0.6, unclip_ratio=3.0)

    found = sweep(said((page_of(BAR), spots(BAR))), base, METRIC)

    assert len(found.settings) == (len(THRESH) + 1) * len(BOX_THRESH) * (len(UNCLIP_RATIO) + 1)
    assert {setting.thresh for setting in found.settings} == {*THRESH, 0.35}
    assert {setting.unclip_ratio for setting in found.settings} == {*UNCLIP_RATIO, 3.0}


def test_equals_keep_the_values_of_the_config() -> None:
    for base in (BASE, DBPostProcess(thresh=0.2, box_thresh=0.8, unclip_ratio=1.8)):
        found = sweep(said((page_of(BAR, OTHER_BAR), spots(BAR, OTHER_BAR))), base, METRIC)

        assert found.settings[0].hmean == 1
        assert chosen(found) == (base.thresh, base.box_thresh)


def test_a_network_that_finds_nothing_keeps_the_values_of_the_config() -> None:
    found = sweep(said((page_of(BAR), spots())), BASE, METRIC)

    assert found.best == BASE
    assert found.settings[0].hmean == 0


def test_unsure_noise_raises_the_threshold_of_boxes_and_unsure_text_lowers_it() -> None:
    noise = np.maximum(spots(BAR), spots(OTHER_BAR, probability=0.65))
    text = np.maximum(spots(BAR), spots(OTHER_BAR, probability=0.55))

    assert chosen(sweep(said((page_of(BAR), noise)), BASE, METRIC)) == (0.3, 0.7)
    assert chosen(sweep(said((page_of(BAR, OTHER_BAR), text)), BASE, METRIC)) == (0.3, 0.5)


def test_a_bridge_between_two_texts_raises_the_threshold_of_pixels() -> None:
    left, right = (10, 20, 70, 24), (90, 20, 70, 24)
    values = spots(left, right)
    values[27:37, 60:110] = np.maximum(values[27:37, 60:110], 0.35)

    found = sweep(said((page_of(left, right), values)), BASE, METRIC)

    assert found.best.thresh == 0.4
    assert found.settings[0].hmean == 1


def test_boxes_that_are_grown_too_far_are_grown_less() -> None:
    found = sweep(said((page_of(BAR), spots(BAR))), replace(BASE, unclip_ratio=6.0), METRIC)

    # The core's outline is 85 x 9 px, 7 px within the bar: 85 * 9 / 188 = 4.07 px times 1.8 comes nearest.
    assert found.best.unclip_ratio == 1.8
    assert found.settings[0].hmean == 1
    assert found.settings[0].iou > 0.94


def test_of_triples_that_find_the_same_the_one_whose_boxes_fit_is_taken() -> None:
    found = sweep(said((page_of(BAR), spots(BAR))), replace(BASE, unclip_ratio=1.2), METRIC)

    of_the_config = next(s for s in found.settings if (s.thresh, s.box_thresh, s.unclip_ratio) == (0.3, 0.6, 1.2))
    assert of_the_config.hmean == found.settings[0].hmean == 1
    assert of_the_config.iou < found.settings[0].iou - 0.1
    assert found.best == replace(BASE, unclip_ratio=1.8)


def test_boxes_that_fit_do_not_make_up_for_texts_that_are_missed() -> None:
    faint = np.maximum(spots(BAR), spots(OTHER_BAR, probability=0.55))
    x, y, width, height = OTHER_BAR
    loose = (x - 2, y - 2, width + 4, height + 4)  # the box that finds it fits worse than that of BAR

    found = sweep(said((page_of(BAR, loose), faint)), BASE, METRIC)

    surer = max(setting.iou for setting in found.settings if setting.box_thresh == 0.6)
    assert found.best.box_thresh == 0.5
    assert found.settings[0].iou < surer


def test_the_best_triple_scores_as_the_sweep_says() -> None:
    values = np.maximum(spots(BAR), spots(OTHER_BAR, probability=0.55))
    page = page_of(BAR, OTHER_BAR, (150, 5, 30, 12))
    found = sweep(said((page, values)), BASE, METRIC)
    scorer = DetScorer(found.best, METRIC)

    for outputs, batch in said((page, values)):
        scorer.add(outputs, batch)

    best = found.settings[0]
    assert scorer.metrics()["hmean"] == pytest.approx(best.hmean)
    assert (best.precision, best.recall) == (1, pytest.approx(2 / 3))


def test_a_config_below_all_that_is_tried_is_scored_with_all_of_its_boxes() -> None:
    base = replace(BASE, thresh=0.1, box_thresh=0.2)

    found = sweep(said((page_of(BAR), spots(BAR, probability=0.25))), base, METRIC)

    assert chosen(found) == (0.1, 0.2)
    assert found.settings[0].hmean == 1


def test_matches_of_a_higher_threshold_are_among_those_of_a_lower_one() -> None:
    candidates = sweep(noisy_pages(), BASE, METRIC).candidates

    counts = [candidates.is_text[candidates.scores >= value].sum() for value in np.arange(0.3, 1, 0.05)]
    assert counts[0] > counts[-1]
    assert counts == sorted(counts, reverse=True)


def noisy_pages() -> Iterator[Prediction]:
    """Bars of all probabilities, half of them labelled."""
    rng = np.random.default_rng(0)
    for _ in range(4):
        bars = [(x, y, 50, 22) for x in (5, 70, 130) for y in (5, 36, 68)]
        values = np.max([spots(bar, probability=float(rng.uniform(0.3, 1))) for bar in bars], axis=0)
        yield from said((page_of(*bars[::2]), values))


@pytest.mark.parametrize("box_thresh", BOX_THRESH)
def test_one_matching_serves_every_threshold_of_boxes(box_thresh: float) -> None:
    scorer = DetScorer(replace(BASE, box_thresh=box_thresh), METRIC)
    for outputs, batch in noisy_pages():
        scorer.add(outputs, batch)

    found = sweep(noisy_pages(), BASE, METRIC)

    (setting,) = [
        entry
        for entry in found.settings
        if (entry.thresh, entry.box_thresh, entry.unclip_ratio) == (0.3, box_thresh, 1.5)
    ]
    assert scorer.metrics()["hmean"] == pytest.approx(setting.hmean)


def test_unreadable_pages_count_as_missed() -> None:
    crossed = page_of(BAR, OTHER_BAR)
    bow_tie = np.array([[0, 0], [20, 20], [20, 0], [0, 20]], np.float32)  # PaddleOCR leaves such a label out
    crossed = replace(crossed, polygons=(crossed.polygons[0], bow_tie))

    def predictions() -> Iterator[Prediction]:
        yield from said((page_of(BAR), spots(BAR)))
        yield [], Batch(np.zeros((0, 3, 0, 0), np.float32), (), (), ((page_of(BAR, OTHER_BAR), "gone"),))
        yield [], Batch(np.zeros((0, 3, 0, 0), np.float32), (), (), ((crossed, "gone"),))

    best = sweep(predictions(), BASE, METRIC).settings[0]

    assert (best.precision, best.recall) == (1, 1 / 4)


def test_candidates_at_a_threshold_are_those_that_reach_it() -> None:
    candidates = Candidates(np.array([0.9, 0.6, 0.5]), np.array([True, False, True]), num_labels=4)

    assert candidates.at(0.6) == {"precision": 1 / 2, "recall": 1 / 4, "hmean": pytest.approx(1 / 3)}
    assert candidates.at(0.95) == {"precision": 0, "recall": 0, "hmean": 0}
