"""The parity gate of detectors: what paddleocr finds is what was trained, or nothing is exported."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from paddock.core.errors import ExportError
from paddock.export.detection_parity import DetectionParity, compare, gate
from paddock.export.detector import DeployedPage, Detector
from paddock.export.differences import Differences
from paddock.export.spread import spread_samples
from paddock.ocr.det.page import Page
from paddock.ocr.det.task import DetTask
from tests.tiny_detector import BARS, DEPLOYED_AS, detector

PARITY = DetectionParity(
    differences=Differences(num_samples=2, max_input=0.0, max_output=1e-4, worst=Path("page.png")),
    num_boxes=100,
    same_boxes=0.99,
    hmean_trained=1.0,
    hmean_deployed=1.0,
)


@pytest.fixture(scope="module")
def pages(det_task: DetTask) -> list[Page]:
    """Validation pages as the network sees them."""
    return spread_samples(det_task.eval_loader("val"), 2)


@pytest.fixture(scope="module")
def deployed(det_package: Path, pages: list[Page]) -> list[DeployedPage]:
    """What paddleocr makes of the pages."""
    return list(Detector(det_package, DEPLOYED_AS).find([page.image for page in pages]))


def compared(task: DetTask, pages: list[Page], deployed: list[DeployedPage]) -> DetectionParity:
    return compare(detector(task), task.postprocess, task.metric, pages, deployed)


@pytest.mark.slow
def test_paddleocr_finds_with_an_exported_detector_what_the_network_finds(
    det_task: DetTask, pages: list[Page], deployed: list[DeployedPage]
) -> None:
    parity = compared(det_task, pages, deployed)

    assert parity.differences.num_samples == 2
    assert parity.differences.max_input == 0
    assert parity.differences.max_output < 1e-4
    assert (parity.num_boxes, parity.same_boxes) == (2 * len(BARS), 1)
    assert (parity.hmean_trained, parity.hmean_deployed) == (1, 1)
    assert parity.metrics()["export/same_boxes"] == 1


@pytest.mark.slow
def test_boxes_that_only_one_of_both_has_are_counted(
    det_task: DetTask, pages: list[Page], deployed: list[DeployedPage]
) -> None:
    first = deployed[0]
    more = replace(first, polygons=[*first.polygons, first.polygons[0] / 4])
    less = replace(deployed[1], polygons=deployed[1].polygons[1:])

    parity = compared(det_task, pages, [more, less])

    # Of the first page 3 of 4 boxes are those of both, of the second 2 of 3.
    assert (parity.num_boxes, parity.same_boxes) == (7, pytest.approx(5 / 7))
    assert parity.hmean_trained == 1
    assert parity.hmean_deployed == pytest.approx(5 / 6)  # 5 right among 6 found and 6 labelled


@pytest.mark.slow
def test_a_box_that_lies_elsewhere_is_another_box(
    det_task: DetTask, pages: list[Page], deployed: list[DeployedPage]
) -> None:
    moved = replace(deployed[0], polygons=[deployed[0].polygons[0] + 4, *deployed[0].polygons[1:]])

    assert compared(det_task, pages[:1], [moved]).same_boxes == pytest.approx(2 / 4)


@pytest.mark.slow
def test_another_networks_weights_are_noticed_and_the_worst_page_is_named(
    det_task: DetTask, pages: list[Page], deployed: list[DeployedPage]
) -> None:
    other = replace(deployed[1], probabilities=np.clip(deployed[1].probabilities - 0.25, 0, 1))

    parity = compared(det_task, pages, [deployed[0], other])

    assert parity.differences.max_output == pytest.approx(0.25, abs=1e-3)
    with pytest.raises(ExportError, match=rf"by 2\.50e-01 in a probability of {pages[1].image.name} "):
        gate(parity, tolerance=1e-4, min_same_boxes=0.99)


@pytest.mark.slow
def test_probabilities_that_are_not_numbers_never_pass(
    det_task: DetTask, pages: list[Page], deployed: list[DeployedPage]
) -> None:
    broken = replace(deployed[0], probabilities=np.full_like(deployed[0].probabilities, np.nan))

    parity = compared(det_task, pages, [broken, deployed[1]])

    with pytest.raises(ExportError, match="differs from the trained one by nan"):
        gate(parity, tolerance=1e9, min_same_boxes=0.0)


@pytest.mark.slow
def test_a_page_that_paddleocr_prepares_otherwise_is_named(
    det_task: DetTask, pages: list[Page], deployed: list[DeployedPage]
) -> None:
    smaller = replace(deployed[0], pixels=deployed[0].pixels[:, :128])

    with pytest.raises(
        ExportError, match=r"as \[3, 128, 288\], validation as \[3, 256, 288\]\. DetResizeForTest of Eval"
    ):
        compared(det_task, pages[:1], [smaller])


@pytest.mark.slow
def test_pages_without_tensors_are_a_programming_error(
    det_task: DetTask, pages: list[Page], deployed: list[DeployedPage]
) -> None:
    with pytest.raises(ValueError, match="put ToCHWImage into the transforms"):
        compared(det_task, [replace(pages[0], tensor=None)], deployed[:1])


def test_a_difference_within_the_gate_passes() -> None:
    gate(PARITY, tolerance=1e-4, min_same_boxes=0.99)


@pytest.mark.parametrize(("max_output", "same_boxes"), [(1.1e-4, 0.99), (1e-4, 0.98), (float("nan"), 0.99)])
def test_a_difference_beyond_the_gate_is_refused(max_output: float, same_boxes: float) -> None:
    differences = replace(PARITY.differences, max_output=max_output)

    with pytest.raises(ExportError, match=r"over 2 pages\. Nothing was exported or registered"):
        gate(replace(PARITY, differences=differences, same_boxes=same_boxes), tolerance=1e-4, min_same_boxes=0.99)
