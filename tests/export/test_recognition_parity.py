"""The parity gate: what paddleocr reads is what was trained, or nothing is exported."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from paddock.core.errors import ExportError
from paddock.data.charset import Charset
from paddock.export.differences import Differences
from paddock.export.recognition_parity import RecognitionParity, compare, gate
from paddock.export.recognizer import DeployedLine, Recognizer
from paddock.ocr.rec.charset import CTCClasses
from paddock.ocr.rec.decode import CTCLabelDecode
from tests.tiny_recognizer import CHARSET, SETTINGS, lines_of, recognizer, weights_of

pytestmark = pytest.mark.slow

DECODE = CTCLabelDecode(CTCClasses(CHARSET))


@pytest.fixture(scope="module")
def deployed(package: Path, pictures: list[Path]) -> list[DeployedLine]:
    """What paddleocr makes of the pictures."""
    return Recognizer(package, SETTINGS.model_name).read(pictures)


def test_paddleocr_reads_an_exported_recognizer_as_the_network_does(
    deployed: list[DeployedLine], pictures: list[Path]
) -> None:
    parity = compare(recognizer(), DECODE, lines_of(pictures), deployed)

    assert len({result.text for result in deployed}) == len(pictures), "each picture must read differently"
    assert parity.differences.num_samples == 4
    assert parity.differences.max_input == 0
    assert parity.differences.max_output < 1e-5
    assert parity.num_texts_differ == 0


def test_wide_pictures_stay_wide_in_deployment(deployed: list[DeployedLine]) -> None:
    widths = [result.pixels.shape[2] for result in deployed]

    # 32 rows: 32 * 85 / 20 = 136 and 32 * 217 / 31 = 224; narrower ones are padded to 100.
    assert widths == [100, 100, 136, 224]


def test_exact_match_of_both_is_counted_against_the_labels(deployed: list[DeployedLine], pictures: list[Path]) -> None:
    lines = lines_of(pictures)
    lines[0] = replace(lines[0], text=deployed[0].text)

    parity = compare(recognizer(), DECODE, lines, deployed)

    assert (parity.exact_trained, parity.exact_deployed) == (0.25, 0.25)
    assert parity.metrics()["export/exact_deployed"] == 0.25


def test_another_networks_weights_are_noticed(deployed: list[DeployedLine], pictures: list[Path]) -> None:
    network = recognizer()
    weights = weights_of(network)
    weights["head.fc.bias"] = weights["head.fc.bias"] + np.linspace(
        0, 1, len(weights["head.fc.bias"]), dtype=np.float32
    )
    network.set_state_dict(weights)
    parity = compare(network, DECODE, lines_of(pictures), deployed)

    with pytest.raises(
        ExportError, match=r"differs from the trained one by .* above export\.tolerance=0\.0001 .*Nothing"
    ):
        gate(parity, 1e-4)


def test_probabilities_that_are_not_numbers_never_pass(deployed: list[DeployedLine], pictures: list[Path]) -> None:
    broken = replace(deployed[1], probabilities=np.full_like(deployed[1].probabilities, np.nan), text="")

    parity = compare(recognizer(), DECODE, lines_of(pictures), [deployed[0], broken, *deployed[2:]])

    with pytest.raises(ExportError, match="differs from the trained one by nan"):
        gate(parity, 1e9)


def test_a_difference_within_the_tolerance_passes() -> None:
    differences = Differences(num_samples=1, max_input=0.0, max_output=1e-4, worst=Path("a.png"))

    gate(RecognitionParity(differences, 0.0, 0, 1.0, 1.0), 1e-4)


def test_another_image_shape_in_validation_is_noticed(deployed: list[DeployedLine], pictures: list[Path]) -> None:
    with pytest.raises(ExportError, match=r"as \[3, 32, 100\], validation as \[3, 32, 160\]\. RecResizeImg"):
        compare(recognizer(), DECODE, lines_of(pictures, (3, 32, 160)), deployed)


def test_a_dictionary_in_another_order_is_noticed(deployed: list[DeployedLine], pictures: list[Path]) -> None:
    shuffled = Charset(tuple(reversed(CHARSET.characters)), use_space_char=True)

    with pytest.raises(ExportError, match=r"paddleocr decodes .*crop_0\.png to .* the dictionary of the training to"):
        compare(recognizer(), CTCLabelDecode(CTCClasses(shuffled)), lines_of(pictures), deployed)


def test_a_model_with_another_number_of_steps_or_classes_is_noticed(
    deployed: list[DeployedLine], pictures: list[Path]
) -> None:
    smaller = Charset(CHARSET.characters[:5], use_space_char=False)

    with pytest.raises(ExportError, match=r"gives \[25, 32\] probabilities for .* the trained one \[25, 6\]"):
        compare(recognizer(smaller), CTCLabelDecode(CTCClasses(smaller)), lines_of(pictures), deployed)


def test_lines_without_tensors_are_a_programming_error(deployed: list[DeployedLine], pictures: list[Path]) -> None:
    with pytest.raises(ValueError, match="put RecResizeImg into the transforms"):
        compare(recognizer(), DECODE, [replace(lines_of(pictures)[0], tensor=None)], deployed[:1])
