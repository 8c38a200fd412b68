import time

import numpy as np
import pytest
from numpy.typing import NDArray

from paddock.ocr.det.metric import DetMetric, Pair, SizeScores, height_px

METRIC = DetMetric()


def rectangle(left: float, top: float, width: float = 100, height: float = 20) -> NDArray[np.float32]:
    right, bottom = left + width, top + height
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], dtype=np.float32)


def test_each_label_and_each_box_is_matched_once() -> None:
    labels = [rectangle(0, 0), rectangle(0, 50), rectangle(0, 100)]
    boxes = [rectangle(10, 0), rectangle(0, 0), rectangle(300, 300), rectangle(0, 50)]

    match = METRIC.match(labels, [False] * 3, boxes)

    # 10 of 100 px aside: 90 / 110 of the union. The first box that overlaps enough is taken, as PaddleOCR does.
    assert match.pairs == (Pair(0, 0, pytest.approx(90 / 110)), Pair(1, 3, pytest.approx(1.0)))
    assert (match.missed, match.false, match.on_ignored) == ((2,), (1, 2), ())
    assert METRIC([match]) == pytest.approx({"precision": 2 / 4, "recall": 2 / 3, "hmean": 4 / 7})


def test_half_of_the_union_is_not_enough() -> None:
    half = METRIC.match([rectangle(0, 0, width=100)], [False], [rectangle(0, 0, width=50)])
    more = METRIC.match([rectangle(0, 0, width=100)], [False], [rectangle(0, 0, width=51)])

    assert not half.pairs
    assert len(more.pairs) == 1


def test_boxes_on_ignored_labels_count_nowhere() -> None:
    labels = [rectangle(0, 0), rectangle(200, 0)]
    boxes = [rectangle(40, 0), rectangle(60, 0), rectangle(200, 0)]  # 60 % and 40 % of them on the ignored label

    match = METRIC.match(labels, [True, False], boxes)

    assert (match.on_ignored, match.false, match.missed) == ((0,), (1,), ())
    assert METRIC([match]) == pytest.approx({"precision": 1 / 2, "recall": 1.0, "hmean": 2 / 3})


def test_outlines_that_cross_themselves_are_left_out_and_named() -> None:
    bow = rectangle(0, 0)[[0, 2, 1, 3]]

    match = METRIC.match([bow, rectangle(0, 50)], [False] * 2, [rectangle(0, 50), bow])

    assert (match.invalid_labels, match.invalid_boxes) == ((0,), (1,))
    assert METRIC([match])["hmean"] == 1.0


def test_pages_are_scored_together() -> None:
    full = METRIC.match([rectangle(0, 0)], [False], [rectangle(0, 0)])
    empty = METRIC.match([rectangle(0, 0)] * 3, [False] * 3, [])

    assert METRIC([full, empty]) == pytest.approx({"precision": 1.0, "recall": 0.25, "hmean": 0.4})


@pytest.mark.parametrize(("num_labels", "num_boxes"), [(0, 0), (0, 2), (2, 0)])
def test_nothing_to_match_scores_nothing(num_labels: int, num_boxes: int) -> None:
    match = METRIC.match([rectangle(0, 0)] * num_labels, [False] * num_labels, [rectangle(0, 0)] * num_boxes)

    assert METRIC([match]) == {"precision": 0.0, "recall": 0.0, "hmean": 0.0}
    assert (len(match.missed), len(match.false)) == (num_labels, num_boxes)


def test_polygons_of_any_number_of_corners_are_matched() -> None:
    seven = np.array([[0, 0], [50, -5], [100, 0], [100, 20], [70, 24], [50, 25], [0, 20]], dtype=np.float32)

    match = METRIC.match([seven], [False], [rectangle(0, 0)])

    # What the polygon has beyond the rectangle: 50 * 5 / 2 * 2 above, and (0 + 5) / 2 * 50 + (5 + 4) / 2 * 20
    # + 4 / 2 * 30 below, which makes 250 + 275 beside the 2000 that they share.
    assert match.pairs[0].iou == pytest.approx(2000 / 2525)


def test_a_page_of_hundreds_of_boxes_is_matched_in_no_time() -> None:
    labels = [rectangle(x, y) for x in range(0, 2200, 110) for y in range(0, 750, 25)]  # 20 x 30
    boxes = [points + 1 for points in labels]

    start = time.perf_counter()
    match = METRIC.match(labels, [False] * len(labels), boxes)

    assert len(match.pairs) == 600
    assert time.perf_counter() - start < 2


def test_scores_by_height_of_text() -> None:
    labels = [rectangle(0, 0, height=10), rectangle(0, 50, height=20), rectangle(0, 100, height=70)]
    boxes = [rectangle(0, 0, height=10), rectangle(0, 100, height=60), rectangle(0, 300, height=20)]
    sizes = SizeScores()

    sizes.add(METRIC.match(labels, [False] * 3, boxes), labels, boxes)

    by_name = sizes.by_name()
    assert list(by_name) == ["0-8", "8-16", "16-32", "32-64", "64-"]
    assert (by_name["8-16"].recall, by_name["8-16"].precision) == (1.0, 1.0)
    assert (by_name["16-32"].num_labels, by_name["16-32"].recall, by_name["16-32"].precision) == (1, 0.0, 0.0)
    assert (by_name["32-64"].num_labels, by_name["32-64"].precision) == (0, 1.0)
    assert (by_name["64-"].recall, by_name["64-"].num_boxes) == (1.0, 0)


def test_height_is_across_the_text() -> None:
    assert height_px(rectangle(0, 0, 100, 20)) == pytest.approx(20)
    assert height_px(rectangle(0, 0, 20, 100)) == pytest.approx(20)
