from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from paddlex.inference.models.text_detection.processors import DBPostProcess as DeployedPostProcess

from paddock.core.errors import ConfigError
from paddock.ocr.det.decode import DBPostProcess, smallest_rectangle

Map = NDArray[np.float32]


def noise_map(rng: np.random.Generator) -> Map:
    """Smooth noise: spots of any outline, with holes."""
    height, width = rng.integers(40, 300, size=2)
    values = cv2.GaussianBlur(rng.random((height, width), dtype=np.float32), (0, 0), float(rng.uniform(1, 6)))
    return (values - values.min()) / (values.max() - values.min())


def text_map(rng: np.random.Generator) -> Map:
    """What a trained network says: tilted bars with soft edges, some of them faint."""
    values = np.zeros((192, 256), dtype=np.float32)
    for _ in range(12):
        centre, size = rng.uniform((0, 0), (256, 192)), rng.uniform((8, 4), (90, 20))
        corners = cv2.boxPoints((centre.tolist(), size.tolist(), float(rng.uniform(-30, 30))))
        bar = np.zeros_like(values)
        cv2.fillPoly(bar, [corners.astype(np.int32)], float(rng.uniform(0.4, 1)))
        values = np.maximum(values, cv2.GaussianBlur(bar, (0, 0), 1.5))
    return values


@pytest.mark.parametrize("draw", [noise_map, text_map])
@pytest.mark.parametrize("box_type", ["quad", "poly"])
@pytest.mark.parametrize("score_mode", ["fast", "slow"])
@pytest.mark.parametrize("use_dilation", [False, True])
def test_boxes_and_scores_are_those_of_deployment(
    draw: Any, box_type: str, score_mode: str, use_dilation: bool
) -> None:
    rng = np.random.default_rng(3)
    settings: dict[str, Any] = {
        "thresh": 0.5,
        "box_thresh": 0.45,
        "unclip_ratio": 1.6,
        "score_mode": score_mode,
        "box_type": box_type,
        "use_dilation": use_dilation,
    }
    num_boxes = 0
    for _ in range(5):
        values = draw(rng)
        source_hw = tuple(rng.integers(30, 1500, size=2).tolist())

        found = DBPostProcess(**settings)(values, source_hw)

        boxes, scores = DeployedPostProcess(**settings)([values[None, None]], [np.array([*source_hw, 1.0, 1.0])])
        assert [box.points.tolist() for box in found] == [np.array(box).tolist() for box in boxes[0]]
        assert [box.score for box in found] == pytest.approx(list(scores[0]), rel=1e-12)
        num_boxes += len(found)
    assert num_boxes > 10


def bar_map(value: float = 0.9) -> Map:
    values = np.zeros((64, 128), dtype=np.float32)
    values[20:31, 30:91] = value
    return values


def test_a_bar_becomes_a_box_that_is_grown_and_scaled() -> None:
    decode = DBPostProcess(unclip_ratio=1.5)

    (box,) = decode(bar_map(), (128, 384))

    # The bar measures 60 x 10 px between the middles of its pixels: 60 * 10 * 1.5 / (2 * 70) = 6.4 px are added.
    assert box.points.tolist() == [[(30 - 6) * 3, (20 - 6) * 2], [(90 + 6) * 3, 28], [288, (30 + 6) * 2], [72, 72]]
    assert box.score == pytest.approx(0.9)


def test_thresholds_of_boxes_can_be_swept_without_looking_at_the_map_again() -> None:
    candidates = DBPostProcess(thresh=0.3).candidates(bar_map(0.65))

    for box_thresh, num_boxes in ((0.6, 1), (0.7, 0)):
        decode = DBPostProcess(thresh=0.3, box_thresh=box_thresh)
        assert len(decode.boxes(candidates, (64, 128), (64, 128))) == num_boxes


def test_no_more_candidates_than_allowed_are_looked_at() -> None:
    values = np.zeros((64, 128), dtype=np.float32)
    values[10:20, 10:40] = values[30:40, 10:40] = 1

    assert len(DBPostProcess(max_candidates=1)(values, (64, 128))) == 1
    assert len(DBPostProcess()(values, (64, 128))) == 2


def test_an_empty_map_has_no_boxes() -> None:
    assert DBPostProcess()(np.zeros((32, 32), dtype=np.float32), (32, 32)) == []


def test_a_rectangle_begins_at_its_top_left() -> None:
    corners, side = smallest_rectangle(np.array([[9, 5], [1, 5], [1, 2], [9, 2]], dtype=np.int32))

    assert corners.tolist() == [[1, 2], [9, 2], [9, 5], [1, 5]]
    assert side == 3


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"score_mode": "quick"}, r"PostProcess.score_mode is 'quick'. Choose one of \['fast', 'slow'\]"),
        ({"box_type": "box"}, r"Choose one of \['quad', 'poly'\]"),
        ({"thresh": 30}, "PostProcess.thresh is 30: it is a probability"),
        ({"unclip_ratio": 0}, r"PostProcess.unclip_ratio \(0\) must be above 0"),
    ],
)
def test_a_wrong_setting_is_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        DBPostProcess(**settings)
