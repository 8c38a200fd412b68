"""Whole pages through paddleocr's pipeline, on packages of two tiny networks."""

import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

import paddock
from paddock.core.errors import DatasetError, ExportError, TrackingError
from paddock.export.detector import Detector
from paddock.export.recognizer import Recognizer
from paddock.serving.ocr import OCR, Line
from tests.tiny_detector import BARS, DEPLOYED_AS, drawn_page
from tests.tiny_recognizer import SETTINGS

PAGE = drawn_page(3)


@pytest.mark.slow
def test_a_page_is_its_lines_from_top_to_bottom(ocr: OCR) -> None:
    lines = ocr(PAGE)

    assert [line.box[0] for line in lines] == [pytest.approx(bar[:2], abs=10) for bar in BARS]
    assert all(line.text and 0 < line.confidence <= 1 for line in lines)
    assert len({line.text for line in lines}) == len(BARS), "the bars must read differently for this to say much"


@pytest.mark.slow
def test_a_name_a_path_and_pixels_are_read_alike(ocr: OCR, tmp_path: Path) -> None:
    path = tmp_path / "Straße 中文.png"
    path.write_bytes(cv2.imencode(".png", PAGE)[1].tobytes())

    readings = [[(line.text, line.box) for line in ocr(given)] for given in (PAGE, path, str(path))]

    assert readings[0] == readings[1] == readings[2]


@pytest.mark.slow
def test_boxes_are_those_of_the_detector_alone_and_readings_those_of_the_recogniser(
    ocr: OCR, det_package: Path, package: Path
) -> None:
    lines = ocr(PAGE)

    (alone,) = Detector(det_package, DEPLOYED_AS).find([PAGE])
    assert sorted(line.polygon.tolist() for line in lines) == sorted(polygon.tolist() for polygon in alone.polygons)
    crops = []
    for line in lines:
        (left, top), (right, bottom) = line.polygon.min(axis=0).astype(int), line.polygon.max(axis=0).astype(int)
        crops.append(np.ascontiguousarray(PAGE[top:bottom, left:right]))
    read = Recognizer(package, SETTINGS.model_name).read(crops)
    assert [line.text for line in lines] == [result.text for result in read]


@pytest.mark.slow
def test_thresholds_and_limit_of_the_package_reach_the_pipeline(ocr: OCR) -> None:
    (page,) = ocr._pipeline.predict(PAGE)

    assert page["text_det_params"] == {
        "limit_side_len": 960,
        "limit_type": "max",
        "max_side_limit": 4000,
        "thresh": 0.3,
        "box_thresh": 0.6,
        "unclip_ratio": 1.2,
    }
    assert page["text_rec_score_thresh"] == 0
    assert page["model_settings"]["use_doc_preprocessor"] is False
    assert page["model_settings"]["use_textline_orientation"] is False


@pytest.mark.slow
def test_a_page_without_text_has_no_lines(ocr: OCR) -> None:
    assert ocr(np.zeros((64, 96, 3), np.uint8)) == []


@pytest.mark.slow
def test_a_file_that_is_no_picture_is_named(ocr: OCR, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no picture")

    with pytest.raises(DatasetError, match=r"notes\.txt is not a picture or is damaged"):
        ocr(tmp_path / "notes.txt")


@pytest.mark.slow
def test_packages_in_the_wrong_order_are_refused(det_package: Path, package: Path) -> None:
    with pytest.raises(ExportError, match=r"rec_tiny is a model for rec, not for text detection"):
        OCR(package, det_package)
    with pytest.raises(ExportError, match=r"det_tiny is a model for det, not for text recognition"):
        OCR(det_package, det_package)


@pytest.mark.slow
def test_a_changed_package_is_not_used(det_package: Path, package: Path, tmp_path: Path) -> None:
    changed = Path(shutil.copytree(det_package, tmp_path / "package"))
    yml = changed / "inference.yml"
    yml.write_text(yml.read_text(encoding="utf-8").replace("thresh: 0.3", "thresh: 0.2"), encoding="utf-8")

    with pytest.raises(ExportError, match=r"inference\.yml differs from its hash"):
        OCR(changed, package)


@pytest.mark.slow
def test_a_registry_without_models_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(TrackingError, match=r"holds no model 'paddock-det'\. Train and register one with `dvc repro`"):
        OCR.from_registry()


def test_a_polygon_of_more_corners_has_the_upright_box_around_it() -> None:
    hexagon = np.array([[2, 5], [9, 1], [20, 3], [22, 8], [10, 9], [3, 7]], np.float32)

    assert Line(hexagon, "", 0.0).box == [[2, 1], [22, 1], [22, 9], [2, 9]]
    assert Line(hexagon[:4], "", 0.0).box == hexagon[:4].tolist()


def test_ocr_is_imported_from_paddock_itself_and_only_when_it_is_asked_for() -> None:
    assert paddock.OCR is OCR
    code = "import sys, paddock; print('paddle' in sys.modules, 'numpy' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["False", "False"]


def test_what_paddock_does_not_have_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'paddock' has no attribute 'OCRR'"):
        _ = paddock.OCRR
