"""PaddleOCR on a package: opened as its users open it, and refusals in one line."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from paddock.core.errors import ExportError
from paddock.export.recognizer import Recognizer
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


def _changed(package: Path, tmp_path: Path, old: str, new: str) -> Path:
    folder = Path(shutil.copytree(package, tmp_path / "package"))
    path = folder / "inference.yml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    return folder
