"""Whole exports of table models."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import yaml

from paddock.config.stored import DICTIONARY
from paddock.core.errors import ConfigError, ExportError
from paddock.data.loader import BatchSource, EvalPlan, Loader
from paddock.data.table_tokens import merged
from paddock.export.table import export_table, export_table_model
from paddock.export.table_recognizer import TableRecognizer
from paddock.ocr.table.batch import collate
from paddock.ocr.table.picture import TablePicture
from paddock.ocr.table.transforms import build_pipeline
from tests.tiny_slanet import (
    BARS,
    CLASSES,
    PICTURE_HW,
    SETTINGS,
    SIDE_PX,
    STRUCTURE,
    TRANSFORMS,
    cells_of,
    corners,
    drawn_table,
    pictures_of,
    slanet,
)

pytestmark = pytest.mark.slow


def test_the_package_says_how_validation_prepares_pictures_and_what_the_classes_are(table_package: Path) -> None:
    content = yaml.safe_load((table_package / "inference.yml").read_text(encoding="utf-8"))

    assert {"ResizeTableImage": {"max_len": SIDE_PX}} in content["PreProcess"]["transform_ops"]
    assert content["PostProcess"]["character_dict"] == list(CLASSES.tokens)
    assert (table_package / DICTIONARY).read_text(encoding="utf-8") == CLASSES.file_text()


@pytest.mark.parametrize("size_hw", [PICTURE_HW, (480, 300), (100, 480), (96, 96)])
def test_paddleocr_puts_the_cells_where_they_are_on_the_picture_whatever_its_shape(
    table_package: Path, size_hw: tuple[int, int]
) -> None:
    (found,) = TableRecognizer(table_package, SETTINGS.model_name).read([drawn_table(0, size_hw)])

    assert found.structure == merged(STRUCTURE)
    assert found.confidence > 0.99
    grown = np.array([size_hw[1] / PICTURE_HW[1], size_hw[0] / PICTURE_HW[0]] * 4)
    expected = np.array([corners(bar) for bar in BARS]) * grown
    np.testing.assert_allclose(found.boxes[: len(BARS)], expected, atol=0.08 * max(size_hw))
    assert found.boxes.shape == (len(BARS) + 1, 8)


def test_files_and_pixels_are_read_alike(table_package: Path, table_pictures: list[Path]) -> None:
    runtime = TableRecognizer(table_package, SETTINGS.model_name)

    in_files = runtime.read(table_pictures)
    in_pixels = runtime.read([np.asarray(cv2.imread(str(path)), np.uint8) for path in table_pictures])

    for one, other in zip(in_files, in_pixels, strict=True):
        np.testing.assert_array_equal(one.boxes, other.boxes)
        assert one.pixels.shape == (3, SIDE_PX, SIDE_PX)
        assert len(one.shares) == len(one.probabilities) == len(one.structure) + 1  # and the end


def test_the_name_by_which_paddleocr_scales_boxes_otherwise_fails_the_gate(
    table_pictures: list[Path], tmp_path: Path
) -> None:
    settings = replace(SETTINGS, model_name="SLANet_plus")

    with pytest.raises(ExportError, match=r"of 20 cells 25\.00% lie in the same place"):  # those of the square picture
        export_table_model(slanet(), CLASSES, TRANSFORMS, pictures_of(table_pictures), settings, tmp_path)


def test_pictures_are_taken_from_the_validation_split_of_the_task(table_pictures: list[Path], tmp_path: Path) -> None:
    sizes = [cv2.imread(str(path)).shape[:2] for path in table_pictures]
    listed = [
        TablePicture(path, STRUCTURE, cells_of(size), f"val.txt:{number}")
        for number, (path, size) in enumerate(zip(table_pictures, sizes, strict=True), start=1)
    ]
    source = BatchSource(listed, build_pipeline(TRANSFORMS, CLASSES), collate, 0, tolerant=True)
    loader = Loader(source, EvalPlan([0] * len(listed), 2), 0)
    task = SimpleNamespace(
        config=SimpleNamespace(Eval={"dataset": {"transforms": TRANSFORMS}}),
        classes=CLASSES,
        eval_loader=lambda split: {"val": loader}[split],
    )

    parity = export_table(task, slanet(), replace(SETTINGS, parity_samples=3), tmp_path)

    assert (parity.differences.num_samples, parity.same_boxes) == (3, 1)
    assert parity.acc_deployed == pytest.approx(1)
    assert parity.iou_deployed > 0.6


def test_validation_that_prepares_pictures_otherwise_than_paddleocr_is_refused(tmp_path: Path) -> None:
    unpadded = [entry for entry in TRANSFORMS if "PaddingTableImage" not in entry]

    with pytest.raises(ConfigError, match=r"there is no PaddingTableImage, without which paddleocr"):
        export_table_model(slanet(), CLASSES, unpadded, [], SETTINGS, tmp_path)


def test_an_export_without_pictures_to_compare_on_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="no validation picture is left"):
        export_table_model(slanet(), CLASSES, TRANSFORMS, [], SETTINGS, tmp_path)


def test_a_package_of_another_task_is_no_table_model(package: Path) -> None:
    with pytest.raises(ExportError, match=r"inference\.yml has no ResizeTableImage: the package is for another task"):
        TableRecognizer(package, "PP-OCRv3_mobile_rec")
