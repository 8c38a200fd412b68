"""PaddleOCR on a package: opened as its users open it, and refusals in one line."""

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from paddock.core.errors import ExportError
from paddock.export.detector import Detector
from paddock.export.recognizer import Recognizer
from paddock.export.runtime import open_paddleocr
from tests.tiny_detector import DEPLOYED_AS, drawn_page
from tests.tiny_recognizer import SETTINGS

pytestmark = pytest.mark.slow


def test_pictures_are_read_in_their_order_in_batches_too(package: Path, pictures: list[Path]) -> None:
    runtime = Recognizer(package, SETTINGS.model_name)
    narrow = [pictures[0], pictures[1]]  # both fit into 100 pixels, so a batch pads neither

    alone, together = runtime.read(narrow), runtime.read(narrow, batch_size=2)

    assert [result.text for result in alone] == [result.text for result in together]
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_allclose(one.probabilities, other.probabilities, atol=1e-5)


def test_a_folder_that_is_no_exported_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"is no exported model: inference\.json is missing\. Run `paddock export`"):
        Recognizer(tmp_path, SETTINGS.model_name)


def test_a_package_for_another_name_is_refused(package: Path) -> None:
    with pytest.raises(ExportError, match=r"as 'PP-OCRv4_mobile_rec': Model name mismatch.*Check export\.model_name"):
        Recognizer(package, "PP-OCRv4_mobile_rec")


def test_a_name_that_paddleocr_does_not_know_is_refused(package: Path, tmp_path: Path) -> None:
    folder = _changed(package, tmp_path, "PP-OCRv3_mobile_rec", "my_rec")

    with pytest.raises(
        ExportError, match=r"does not load .* as 'my_rec': .*No engine bindings.*Check export\.model_name"
    ):
        Recognizer(folder, "my_rec")


def test_an_inference_yml_without_a_size_is_refused(package: Path, tmp_path: Path) -> None:
    folder = _changed(package, tmp_path, "RecResizeImg:", "MultiLabelEncode:")

    with pytest.raises(ExportError, match=r"inference\.yml has no RecResizeImg"):
        Recognizer(folder, SETTINGS.model_name)


def test_a_detector_finds_the_same_in_files_and_in_pixels(det_package: Path, tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.png" for number in range(2)]
    for number, path in enumerate(files):
        cv2.imwrite(str(path), drawn_page(number))
    runtime = Detector(det_package, DEPLOYED_AS)

    in_files, in_pixels = list(runtime.find(files)), list(runtime.find([drawn_page(0), drawn_page(1)]))

    for one, other in zip(in_files, in_pixels, strict=True):
        assert [polygon.tolist() for polygon in one.polygons] == [polygon.tolist() for polygon in other.polygons]
        assert one.pixels.shape == (3, 256, 288)
        assert one.probabilities.shape == (256, 288)
        assert len(one.scores) == len(one.polygons) == 3
    assert not np.array_equal(in_files[0].pixels, in_files[1].pixels)


def test_a_package_of_a_recogniser_is_no_detector(package: Path) -> None:
    with pytest.raises(ExportError, match=r"inference\.yml has no DetResizeForTest: the package is for another task"):
        Detector(package, SETTINGS.model_name)


def test_what_paddleocr_refuses_is_one_line_with_what_was_opened_and_advice(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"^paddleocr does not load this model: .+\. Do that\.$"):
        open_paddleocr("TextDetection", "this model", "Do that.", model_name="no_such_model", model_dir=str(tmp_path))


def _changed(package: Path, tmp_path: Path, old: str, new: str) -> Path:
    folder = Path(shutil.copytree(package, tmp_path / "package"))
    path = folder / "inference.yml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    return folder
