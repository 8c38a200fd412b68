"""Whole exports of detectors."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from paddock.config.schema import Config
from paddock.core.errors import ConfigError, DatasetError, ExportError
from paddock.export.detection import export_detection
from paddock.export.detector import Detector
from paddock.ocr.det.task import DetTask
from tests.tiny_detector import BARS, DEPLOYED_AS, detector, drawn_page

pytestmark = pytest.mark.slow


def with_eval(config: Config, **changes: Any) -> DetTask:
    """The task with other settings of Eval.dataset."""
    return DetTask.open(replace(config, Eval={**config.Eval, "dataset": {**config.Eval["dataset"], **changes}}))


def limited_to(config: Config, rule: dict[str, Any]) -> DetTask:
    """The task with another rule of resizing."""
    steps = [
        {"DetResizeForTest": rule} if "DetResizeForTest" in entry else entry
        for entry in config.Eval["dataset"]["transforms"]
    ]
    return with_eval(config, transforms=steps)


def test_the_package_says_how_validation_prepares_pages_and_chooses_boxes(det_package: Path) -> None:
    content = yaml.safe_load((det_package / "inference.yml").read_text(encoding="utf-8"))

    assert {"DetResizeForTest": {"resize_long": 960}} in content["PreProcess"]["transform_ops"]
    assert content["PostProcess"] == {
        "name": "DBPostProcess",
        "thresh": 0.3,
        "box_thresh": 0.6,
        "max_candidates": 1000,
        "unclip_ratio": 1.5,
        "use_dilation": False,
        "score_mode": "fast",
        "box_type": "quad",
    }


def test_paddleocr_finds_every_bar_with_the_package(det_package: Path) -> None:
    (found,) = Detector(det_package, DEPLOYED_AS).find([drawn_page(0)])

    boxes = sorted((*polygon.min(axis=0), *np.ptp(polygon, axis=0)) for polygon in found.polygons)
    for box, bar in zip(boxes, sorted(BARS), strict=True):
        assert box == pytest.approx(bar, abs=10)


def test_other_thresholds_travel_with_the_package(det_config: Config, tmp_path: Path) -> None:
    chosen = {**det_config.PostProcess, "thresh": 0.2, "unclip_ratio": 1.2, "score_mode": "slow"}
    task = DetTask.open(replace(det_config, PostProcess=chosen))

    parity = export_detection(task, detector(task), det_config.export, tmp_path)

    assert (parity.num_boxes, parity.same_boxes) == (2 * len(BARS), 1)
    content = yaml.safe_load((tmp_path / "inference.yml").read_text(encoding="utf-8"))
    assert content["PostProcess"]["unclip_ratio"] == 1.2
    assert content["PostProcess"]["score_mode"] == "slow"


def test_another_limit_of_the_longer_side_travels_with_the_package(det_config: Config, tmp_path: Path) -> None:
    task = limited_to(det_config, {"limit_side_len": 160, "limit_type": "max"})

    parity = export_detection(task, detector(task), det_config.export, tmp_path)

    assert (parity.differences.max_input, parity.same_boxes) == (0, 1)
    (found,) = Detector(tmp_path, DEPLOYED_AS).find([drawn_page(0)])
    assert found.pixels.shape == (3, 128, 160)  # 256 x 288 becomes 142 x 160, then multiples of 32


def test_a_rule_of_resizing_that_paddleocr_does_not_have_is_refused(det_config: Config, tmp_path: Path) -> None:
    task = limited_to(det_config, {"image_shape": [256, 256]})

    with pytest.raises(ConfigError, match=r"paddleocr 3\.x runs a detector with DetResizeForTest"):
        export_detection(task, detector(task), det_config.export, tmp_path)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"tolerance": -1.0}, r"differs from the trained one by .* \(export\.tolerance=-1\)"),
        ({"min_same_boxes": 1.01}, r"of 6 boxes 100\.00% are the same \(export\.min_same_boxes=1\.01\)"),
    ],
)
def test_a_difference_beyond_the_gate_fails_the_export(
    det_config: Config, tmp_path: Path, setting: dict[str, float], message: str
) -> None:
    task = DetTask.open(det_config)

    with pytest.raises(ExportError, match=message):
        export_detection(task, detector(task), replace(det_config.export, **setting), tmp_path)


def test_an_export_without_pages_to_compare_on_is_refused(det_config: Config, tmp_path: Path) -> None:
    labels = tmp_path / "lost.txt"
    labels.write_text("lost.png\t[]\n")
    task = with_eval(det_config, data_dir=str(tmp_path), label_file_list=[str(labels)])

    with pytest.raises(ExportError, match="no validation page is left"):
        export_detection(task, detector(task), det_config.export, tmp_path / "package")


def test_labels_that_are_gone_are_named(det_config: Config, tmp_path: Path) -> None:
    task = with_eval(det_config, label_file_list=[str(tmp_path / "gone.txt")])

    with pytest.raises(DatasetError, match=r"gone\.txt"):
        export_detection(task, detector(task), det_config.export, tmp_path)
