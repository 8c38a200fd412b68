"""Recognition against PaddleOCR 2.10's own numbers."""

from typing import Any

import numpy as np
import paddle
import pytest

from paddock.data.charset import Charset
from paddock.ocr.rec.charset import CTCClasses
from paddock.ocr.rec.decode import CTCLabelDecode
from paddock.ocr.rec.loss import CTCLoss
from paddock.ocr.rec.metric import RecMetric
from paddock.ocr.rec.model import CRNN, build_network
from tests.ocr import parity

TOLERANCE = 1e-4
ARCHITECTURES: dict[str, dict[str, Any]] = {
    "rec_mv3_none_bilstm_ctc": {
        "algorithm": "CRNN",
        "Backbone": {"name": "MobileNetV3", "scale": 0.5, "model_name": "large"},
        "Neck": {"name": "SequenceEncoder", "encoder_type": "rnn", "hidden_size": 96},
        "Head": {"name": "CTCHead", "fc_decay": 0},
    },
    "rec_r34_vd_none_bilstm_ctc": {
        "algorithm": "CRNN",
        "Backbone": {"name": "ResNet", "layers": 34},
        "Neck": {"name": "SequenceEncoder", "encoder_type": "rnn", "hidden_size": 256},
        "Head": {"name": "CTCHead", "fc_decay": 0},
    },
}


@pytest.fixture(params=sorted(ARCHITECTURES))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def network(name: str) -> CRNN:
    stored = parity.reference(name)
    network = build_network(ARCHITECTURES[name], stored["out_channels"])
    network.set_state_dict(parity.weights(stored["parameters"]))
    return network


def test_rec_parity_state_dict_has_the_names_shapes_and_order_of_paddleocr(name: str) -> None:
    stored = parity.reference(name)
    network = build_network(ARCHITECTURES[name], stored["out_channels"])

    found = [(key, list(value.shape)) for key, value in network.state_dict().items()]

    assert found == [(key, shape) for key, shape in stored["parameters"].items()]


def test_rec_parity_of_probabilities_in_evaluation(name: str, network: CRNN) -> None:
    stored = parity.arrays(name)
    network.eval()

    found = network(paddle.to_tensor(stored["input"])).numpy()

    assert parity.relative_error(found, stored["eval_out"]) < TOLERANCE


def test_rec_parity_of_scores_and_loss_in_training(name: str, network: CRNN) -> None:
    stored = parity.arrays(name)
    network.train()

    logits = network(paddle.to_tensor(stored["input"]))
    loss = CTCLoss()(logits, paddle.to_tensor(stored["label"]), paddle.to_tensor(stored["length"]))

    assert parity.relative_error(logits.numpy(), stored["train_logits"]) < TOLERANCE
    assert float(loss) == pytest.approx(parity.reference(name)["loss"]["loss"], rel=TOLERANCE)


@pytest.fixture
def ctc() -> Any:
    return parity.reference("ctc")


@pytest.fixture
def classes(ctc: Any) -> CTCClasses:
    return CTCClasses(Charset(tuple(ctc["dict"]), ctc["use_space_char"]))


def test_rec_parity_of_class_numbers(ctc: Any, classes: CTCClasses) -> None:
    assert classes.characters == ctc["character"]
    limit = ctc["max_text_length"]
    for text, expected in zip(ctc["texts"], ctc["encoded"], strict=True):
        found = classes.encode(text, limit)
        if expected is None:
            assert found is None
            continue
        assert found is not None
        assert len(found) == expected["length"]
        assert found + [0] * (limit - len(found)) == expected["label"]


def test_rec_parity_of_greedy_decoding_and_confidence(ctc: Any, classes: CTCClasses) -> None:
    found = CTCLabelDecode(classes)(np.asarray(ctc["probs"], dtype=np.float32))

    assert [text for text, _ in found] == [text for text, _ in ctc["decoded"]]
    assert [value for _, value in found] == pytest.approx([value for _, value in ctc["decoded"]], rel=TOLERANCE)


def test_rec_parity_of_accuracy_and_edit_distance_for_every_setting() -> None:
    stored = parity.reference("rec_metric")
    for setting, expected in stored["metric"].items():
        flags = dict(part.split("=") for part in setting.split(","))
        metric = RecMetric(is_filter=flags["is_filter"] == "True", ignore_space=flags["ignore_space"] == "True")

        assert metric([tuple(pair) for pair in stored["pairs"]]) == pytest.approx(expected, rel=1e-9), setting
