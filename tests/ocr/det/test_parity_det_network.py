"""The detection network and its loss against PaddleOCR 2.10's own numbers."""

from typing import Any

import numpy as np
import paddle
import pytest

from paddock.ocr.det.loss import DBLoss
from paddock.ocr.det.model import DB, build_network
from tests.ocr import parity

TOLERANCE = 1e-4
HALF_STEP = 2.0**-12
"""The stored maps of training are float16: between 0.5 and 1 they are up to this far from what was computed."""

MAP_TOLERANCES = [HALF_STEP + TOLERANCE, HALF_STEP + TOLERANCE, HALF_STEP + 50 / 4 * TOLERANCE]
"""Shrunk text, threshold, binary map; the binary map's step of k = 50 magnifies a difference by up to k / 4."""

NAME = "det_mv3_db"
ARCHITECTURE: dict[str, Any] = {
    "algorithm": "DB",
    "Transform": None,
    "Backbone": {"name": "MobileNetV3", "scale": 0.5, "model_name": "large"},
    "Neck": {"name": "DBFPN", "out_channels": 256},
    "Head": {"name": "DBHead", "k": 50},
}
TARGETS = ("threshold_map", "threshold_mask", "shrink_map", "shrink_mask")


@pytest.fixture
def network() -> DB:
    network = build_network(ARCHITECTURE)
    network.set_state_dict(parity.weights(parity.reference(NAME)["parameters"]))
    return network


@pytest.fixture
def images() -> paddle.Tensor:
    return paddle.to_tensor(parity.arrays(NAME)["input"].astype(np.float32))


def test_det_parity_state_dict_has_the_names_shapes_and_order_of_paddleocr() -> None:
    found = [(key, list(value.shape)) for key, value in build_network(ARCHITECTURE).state_dict().items()]

    assert found == list(parity.reference(NAME)["parameters"].items())


def test_det_parity_of_the_text_map_in_evaluation(network: DB, images: paddle.Tensor) -> None:
    network.eval()

    found = network(images).numpy()

    assert parity.relative_error(found, parity.arrays(NAME)["eval_maps"]) < TOLERANCE


def test_det_parity_of_maps_and_loss_in_training(network: DB, images: paddle.Tensor) -> None:
    stored = parity.arrays(NAME)
    network.train()

    maps = network(images)
    terms = DBLoss()(maps, *(paddle.to_tensor(stored[name].astype(np.float32)) for name in TARGETS))

    differences = np.abs(maps.numpy() - stored["train_maps"].astype(np.float32)).max(axis=(0, 2, 3))
    assert (differences < MAP_TOLERANCES).all()
    expected = {name: value for name, value in parity.reference(NAME)["loss"].items() if name != "loss_cbn"}
    assert {name: float(value) for name, value in terms.items()} == pytest.approx(expected, rel=TOLERANCE)


def test_det_parity_of_the_resnet_backbone_with_the_same_layers_in_recognition() -> None:
    """PaddleOCR's two ResNet-vd differ in strides, not in values: names and shapes are the same."""
    backbone = build_network({**ARCHITECTURE, "Backbone": {"name": "ResNet_vd", "layers": 34}}).backbone
    recognition = parity.reference("rec_r34_vd_none_bilstm_ctc")["parameters"]

    found = [(f"backbone.{key}", list(value.shape)) for key, value in backbone.state_dict().items()]

    assert found == [(name, shape) for name, shape in recognition.items() if name.startswith("backbone.")]
