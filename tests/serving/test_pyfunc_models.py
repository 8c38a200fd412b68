"""The MLflow models: what they find and read is what paddleocr does, and bad requests are answered, not raised."""

import base64
from pathlib import Path
from typing import Any

import cv2
import pytest

from paddock.export.detector import Detector
from paddock.export.recognizer import Recognizer
from paddock.export.table_recognizer import TableRecognizer
from paddock.serving.registered import PYFUNC_MODELS, requirements
from tests.tiny_detector import DEPLOYED_AS, drawn_page
from tests.tiny_recognizer import SETTINGS
from tests.tiny_slanet import drawn_table

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*Any type hint"),  # MLflow, of its own code at its import
]


@pytest.fixture(scope="module")
def model(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A recogniser, stored and loaded by MLflow itself."""
    return stored_and_loaded("rec", package, tmp_path_factory.mktemp("mlflow") / "model")


def stored_and_loaded(task: str, package: Path, folder: Path) -> Any:
    from mlflow import pyfunc

    pyfunc.save_model(
        str(folder),
        python_model=str(PYFUNC_MODELS[task]),
        artifacts={"inference": str(package)},
        pip_requirements=requirements(),
    )
    return pyfunc.load_model(str(folder))


def test_a_stored_model_reads_what_the_package_reads(model: Any, package: Path, pictures: list[Path]) -> None:
    request = [{"image": base64.b64encode(path.read_bytes()).decode()} for path in pictures]

    answers = model.predict(request)

    expected = Recognizer(package, SETTINGS.model_name).read(pictures)
    assert [answer.text for answer in answers] == [result.text for result in expected]
    assert answers[0].confidence == pytest.approx(expected[0].confidence, abs=1e-5)
    assert {answer.error for answer in answers} == {None}


def test_what_cannot_be_read_is_answered_beside_what_can(model: Any, pictures: list[Path]) -> None:
    good = base64.b64encode(pictures[0].read_bytes()).decode()
    text = base64.b64encode(b"no picture").decode()

    answers = model.predict([{"image": "?"}, {"image": text}, {"image": ""}, {"image": good}])

    assert [bool(answer.error) for answer in answers] == [True, True, True, False]
    assert "not base64" in answers[0].error
    assert "not a picture" in answers[1].error
    assert answers[3].text


def test_a_stored_detector_finds_what_the_package_finds_and_answers_what_it_cannot_read(
    det_package: Path, tmp_path: Path
) -> None:
    model = stored_and_loaded("det", det_package, tmp_path / "model")
    page = base64.b64encode(cv2.imencode(".png", drawn_page(0))[1].tobytes()).decode()

    found, *bad = model.predict([{"image": page}, {"image": "?"}, {"image": ""}])

    (expected,) = Detector(det_package, DEPLOYED_AS).find([drawn_page(0)])
    assert [box.points for box in found.boxes] == [polygon.tolist() for polygon in expected.polygons]
    assert [box.score for box in found.boxes] == pytest.approx(expected.scores, abs=1e-6)
    assert (found.error, len(found.boxes)) == (None, 3)
    assert ["not base64" in bad[0].error, "not a picture" in bad[1].error] == [True, True]


def test_a_stored_table_model_reads_what_the_package_reads_and_answers_what_it_cannot_read(
    table_package: Path, tmp_path: Path
) -> None:
    model = stored_and_loaded("table", table_package, tmp_path / "model")
    picture = base64.b64encode(cv2.imencode(".png", drawn_table(0))[1].tobytes()).decode()

    found, *bad = model.predict([{"image": picture}, {"image": "?"}, {"image": ""}])

    (expected,) = TableRecognizer(table_package, "SLANet").read([drawn_table(0)])
    assert found.html == f"<html><body><table>{''.join(expected.structure)}</table></body></html>"
    assert found.boxes == expected.boxes.tolist()
    assert found.confidence == pytest.approx(expected.confidence, abs=1e-6)
    assert found.error is None
    assert ["not base64" in bad[0].error, "not a picture" in bad[1].error] == [True, True]


def test_the_requirements_name_paddle_and_paddleocr_with_their_versions() -> None:
    names = {requirement.split("==")[0]: requirement.split("==")[1] for requirement in requirements()}

    assert {"paddleocr", "numpy"} <= set(names)
    assert len({"paddlepaddle", "paddlepaddle-gpu"} & set(names)) == 1
    assert all(version[0].isdigit() for version in names.values())
