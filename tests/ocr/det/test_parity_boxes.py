"""Detection's targets, boxes and scores against PaddleOCR 2.10's own numbers."""

from pathlib import Path

import numpy as np
import pytest

from paddock.ocr.det.decode import DBPostProcess
from paddock.ocr.det.metric import DetMetric
from paddock.ocr.det.page import Page
from paddock.ocr.det.targets import MakeBorderMap, MakeShrinkMap
from tests.ocr import parity

RNG = np.random.default_rng(0)
HALF_PRECISION = 5e-4
"""The maps are stored in float16."""
ODD_PIXELS = 1e-4
"""Share of pixels that may differ: the stored masks were drawn by OpenCV 4.11 or newer, whose lines leave the picture
another way."""


def test_det_parity_of_threshold_and_shrink_maps() -> None:
    stored = parity.reference("db_targets")
    maps = parity.arrays("db_targets")
    border = MakeBorderMap(stored["shrink_ratio"], stored["thresh_min"], stored["thresh_max"])
    shrink = MakeShrinkMap(stored["min_text_size"], stored["shrink_ratio"])
    for number, case in enumerate(stored["cases"]):
        polygons = tuple(np.array(points, dtype=np.float32) for points in case["polys"])
        pixels = np.zeros((*case["hw"], 3), dtype=np.uint8)
        page = Page(Path("x"), polygons, ("",) * len(polygons), tuple(case["ignore_tags"]), "x:1", pixels)

        found = shrink(border(page, RNG), RNG)

        assert list(found.ignored) == case["ignore_tags_after"], number
        for name in ("threshold_map", "threshold_mask", "shrink_map", "shrink_mask"):
            differ = np.abs(found.maps[name] - maps[f"{number}_{name}"].astype(np.float32)) > HALF_PRECISION
            assert differ.mean() <= ODD_PIXELS, (number, name, int(differ.sum()))


def test_det_parity_of_boxes() -> None:
    stored = parity.reference("db_postprocess")
    maps = parity.arrays("db_postprocess")
    for case in stored["cases"]:
        decode = DBPostProcess(
            stored["thresh"],
            stored["box_thresh"],
            stored["max_candidates"],
            stored["unclip_ratio"],
            score_mode=case["score_mode"],
        )

        found = decode(maps[str(case["map"])].astype(np.float32), tuple(case["source_hw"]))

        assert len(found) == len(case["boxes"]), case["map"]
        for box, expected in zip(found, case["boxes"], strict=True):
            # PaddleOCR 2.10 rounds halves after float32, paddleocr 3.x after float64, and deployment is what counts.
            assert np.abs(box.points - np.array(expected)).max() <= 1, case["map"]


def test_det_parity_of_precision_recall_and_hmean() -> None:
    stored = parity.reference("det_metric")
    metric = DetMetric(iou_constraint=stored["iou"])
    matches = [
        metric.match(
            [np.array(points) for points in sample["gt"]],
            sample["ignore"],
            [np.array(points) for points in sample["det"]],
        )
        for sample in stored["samples"]
    ]

    assert metric(matches) == pytest.approx(stored["metric"], rel=1e-9)
