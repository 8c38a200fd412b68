"""The parity gate of table models: what paddleocr reads is what was trained, or nothing is exported."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from paddock.core.errors import ExportError
from paddock.export.differences import Differences
from paddock.export.table_parity import TableParity, compare, gate
from paddock.export.table_recognizer import DeployedTable, TableRecognizer
from paddock.ocr.table.decode import TableLabelDecode
from paddock.ocr.table.picture import TablePicture
from paddock.ocr.table.tokens import TableClasses
from tests.tiny_slanet import CLASSES, PICTURE_HW, SETTINGS, pictures_of, slanet

DECODE = TableLabelDecode(CLASSES)
NUM_CELLS = 5
PARITY = TableParity(
    differences=Differences(num_samples=2, max_input=0.0, max_output=1e-4, worst=Path("table.png")),
    num_structures_differ=0,
    num_cells=100,
    same_boxes=0.99,
    acc_trained=1.0,
    acc_deployed=1.0,
    iou_trained=0.9,
    iou_deployed=0.9,
)


@pytest.fixture(scope="module")
def pictures(table_pictures: list[Path]) -> list[TablePicture]:
    """As validation prepares them."""
    return pictures_of(table_pictures)


@pytest.fixture(scope="module")
def deployed(table_package: Path, table_pictures: list[Path]) -> list[DeployedTable]:
    """What paddleocr makes of the pictures."""
    return TableRecognizer(table_package, SETTINGS.model_name).read(table_pictures)


def rewritten(table: DeployedTable, step: int, token: str, probability: float) -> DeployedTable:
    """As if the deployed network wrote something else at ``step``, as surely as ``probability`` says."""
    probabilities = table.probabilities.copy()
    probabilities[step] = (1 - probability) / (len(CLASSES) - 1)
    probabilities[step, CLASSES.characters.index(token)] = probability
    return decoded(table, probabilities)


def decoded(table: DeployedTable, probabilities: NDArray[np.float32]) -> DeployedTable:
    """As if these had come out of the network for the first picture."""
    (reading,) = DECODE(table.shares[None], probabilities[None], [PICTURE_HW])
    return replace(table, structure=reading.structure, boxes=reading.boxes, probabilities=probabilities)


@pytest.mark.slow
def test_paddleocr_reads_with_an_exported_model_what_the_network_reads(
    pictures: list[TablePicture], deployed: list[DeployedTable]
) -> None:
    parity = compare(slanet(), DECODE, pictures, deployed)

    assert parity.differences.num_samples == len(pictures)
    assert parity.differences.max_input == 0
    assert parity.differences.max_output < 1e-5
    assert (parity.num_structures_differ, parity.num_cells, parity.same_boxes) == (0, NUM_CELLS * len(pictures), 1)
    assert parity.acc_trained == parity.acc_deployed == pytest.approx(1)
    assert parity.iou_deployed == pytest.approx(parity.iou_trained, abs=0.05)  # but for whole pixels
    assert parity.metrics()["export/same_boxes"] == 1


@pytest.mark.slow
def test_boxes_on_another_scale_are_other_boxes(pictures: list[TablePicture], deployed: list[DeployedTable]) -> None:
    padded = replace(deployed[0], boxes=deployed[0].boxes * np.array([1, 1.6] * 4, np.float32))

    parity = compare(slanet(), DECODE, pictures[:2], [padded, deployed[1]])

    assert parity.num_structures_differ == 0
    assert parity.same_boxes == pytest.approx(1 / 2)
    assert parity.iou_deployed < parity.iou_trained - 0.2
    with pytest.raises(ExportError, match=r"of 10 cells 50\.00% lie in the same place"):
        gate(parity, SETTINGS.tolerance, SETTINGS.min_same_boxes)


@pytest.mark.slow
def test_another_token_is_noticed_and_what_follows_it_is_not_compared(
    pictures: list[TablePicture], deployed: list[DeployedTable]
) -> None:
    other = rewritten(deployed[0], 10, "</tr>", 0.9)  # the second of five cells

    parity = compare(slanet(), DECODE, pictures[:1], [other])

    assert (parity.num_structures_differ, parity.num_cells, parity.same_boxes) == (1, 1, 1)
    assert parity.acc_deployed < parity.acc_trained
    assert parity.differences.max_output > 0.8
    with pytest.raises(ExportError, match=r"1 structures differ.*Nothing was exported or registered"):
        gate(parity, SETTINGS.tolerance, SETTINGS.min_same_boxes)


@pytest.mark.slow
def test_probabilities_that_are_not_numbers_never_pass(
    pictures: list[TablePicture], deployed: list[DeployedTable]
) -> None:
    broken = decoded(deployed[0], np.full_like(deployed[0].probabilities, np.nan))

    parity = compare(slanet(), DECODE, pictures[:2], [broken, deployed[1]])

    with pytest.raises(ExportError, match="differs from the trained one by nan"):
        gate(parity, tolerance=1e9, min_same_boxes=0.0)


@pytest.mark.slow
def test_another_size_in_validation_is_named(pictures: list[TablePicture], deployed: list[DeployedTable]) -> None:
    smaller = replace(deployed[0], pixels=deployed[0].pixels[:, :64, :64])

    with pytest.raises(ExportError, match=r"as \[3, 64, 64\], validation as \[3, 96, 96\]\. ResizeTableImage and"):
        compare(slanet(), DECODE, pictures[:1], [smaller])


@pytest.mark.slow
def test_a_dictionary_in_another_order_is_noticed(pictures: list[TablePicture], deployed: list[DeployedTable]) -> None:
    shuffled = TableLabelDecode(TableClasses(CLASSES.tokens[::-1]))

    with pytest.raises(ExportError, match=r"paddleocr decodes .*table_0\.png to '<thead><tr>.*the dictionary of the"):
        compare(slanet(), shuffled, pictures[:1], deployed[:1])


@pytest.mark.slow
def test_a_model_with_other_classes_is_noticed(pictures: list[TablePicture], deployed: list[DeployedTable]) -> None:
    fewer = replace(deployed[0], probabilities=deployed[0].probabilities[:, :-1])

    with pytest.raises(ExportError, match=r"has 49 classes, the trained one 50"):
        compare(slanet(), DECODE, pictures[:1], [fewer])


def test_a_difference_within_the_gate_passes() -> None:
    gate(PARITY, tolerance=1e-4, min_same_boxes=0.99)


@pytest.mark.parametrize(("max_output", "same_boxes"), [(1.1e-4, 0.99), (1e-4, 0.98), (float("nan"), 0.99)])
def test_a_difference_beyond_the_gate_is_refused(max_output: float, same_boxes: float) -> None:
    differences = replace(PARITY.differences, max_output=max_output)

    with pytest.raises(ExportError, match=r"over 2 pictures\. Nothing was exported or registered"):
        gate(replace(PARITY, differences=differences, same_boxes=same_boxes), tolerance=1e-4, min_same_boxes=0.99)
