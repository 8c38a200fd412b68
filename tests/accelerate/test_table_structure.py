"""SLANet's backbone and neck against float64, and whole trainings against Paddle's."""

import logging

import numpy as np
import paddle
import psutil
import pytest
from paddle import Tensor, nn
from paddle.optimizer import Adam

from paddock.accelerate import accelerated, networks
from paddock.accelerate.table_structure import lower_features
from paddock.ocr.table.loss import SLALoss
from paddock.ocr.table.model import SLANet, build_network
from tests.accelerate.against_float64 import assert_as_exact_as_paddle

NUM_CLASSES, STEPS = 9, 7


def slanet() -> SLANet:
    paddle.seed(5)
    architecture = {
        "algorithm": "SLANet",
        "Backbone": {"name": "PPLCNet", "scale": 0.25},
        "Neck": {"name": "CSPPAN", "out_channels": 24},
        "Head": {"name": "SLAHead", "hidden_size": 32, "max_text_length": STEPS, "loc_reg_num": 8},
    }
    return build_network(architecture, NUM_CLASSES)


class Features(nn.Layer):
    """What of SLANet is accelerated, as a network of its own."""

    def __init__(self) -> None:
        super().__init__()
        whole = slanet()
        self.backbone = whole.backbone
        self.neck = whole.neck

    def forward(self, images: Tensor) -> Tensor:
        return self.neck(self.backbone(images))[-1]


@pytest.mark.parametrize("size", [(96, 96), (70, 122)], ids=["multiples of 32", "maps that are no doubles"])
@pytest.mark.parametrize("is_training", [True, False], ids=["training", "evaluation"])
def test_backbone_and_neck_are_as_exact_as_paddles(
    is_training: bool, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(networks.NETWORKS, Features, networks.Computed(lower_features))
    assert_as_exact_as_paddle(Features, *size, is_training)


def train(network: SLANet, num_steps: int, sizes: tuple[int, ...], attention_weight: float = 0.0) -> list[float]:
    """Losses of the first steps, on pictures of noise; why the learning rate is small is said in test_accelerated."""
    loss_of, optimizer = SLALoss(1.0, 2.0, "smooth_l1", attention_weight), Adam(5e-5, parameters=network.parameters())
    rng = np.random.default_rng(4)
    losses = []
    for step in range(num_steps):
        size = sizes[step % len(sizes)]
        images = paddle.to_tensor(rng.uniform(-1, 1, (4, 3, size, size)).astype(np.float32))
        structure = paddle.to_tensor(rng.integers(1, NUM_CLASSES, (4, STEPS + 1)))
        boxes = paddle.to_tensor(rng.uniform(0, 1, (4, STEPS, 8)).astype(np.float32))
        outputs = network(images, structure[:, :-1])
        loss = loss_of(outputs, structure[:, 1:], boxes, paddle.ones([4, STEPS, 1]), paddle.ones([4, 2]))["loss"]
        loss.backward()
        optimizer.step()
        optimizer.clear_grad()
        losses.append(float(loss))
    return losses


def test_the_first_losses_are_paddles_and_nothing_falls_back(caplog: pytest.LogCaptureFixture) -> None:
    network = slanet()
    with caplog.at_level(logging.WARNING), accelerated(network, 1):
        found = train(network, 6, sizes=(96, 76))
    np.testing.assert_allclose(found, train(slanet(), 6, sizes=(96, 76)), rtol=1e-3)
    assert not caplog.records


@pytest.mark.slow
@pytest.mark.parametrize("attention_weight", [0.0, 1.0])
def test_the_first_20_losses_are_paddles(attention_weight: float) -> None:
    network = slanet()
    with accelerated(network, 2):
        found = train(network, 20, (128,), attention_weight)
    np.testing.assert_allclose(found, train(slanet(), 20, (128,), attention_weight), rtol=1e-3)


@pytest.mark.usefixtures("two_threads")
def test_the_same_training_gives_the_same_bits() -> None:
    weights = []
    for _ in range(2):
        network = slanet()
        with accelerated(network, 2):
            train(network, 2, sizes=(96, 76))
        weights.append({name: value.numpy() for name, value in network.state_dict().items()})
    for name, value in weights[0].items():
        np.testing.assert_array_equal(value, weights[1][name])


@pytest.mark.slow
def test_memory_stays_flat_over_1000_steps() -> None:
    network, process = slanet(), psutil.Process()
    with accelerated(network, 1):
        train(network, 100, sizes=(64, 76))
        before = process.memory_info().rss
        train(network, 900, sizes=(64, 76))
    assert process.memory_info().rss - before < 20e6


def test_the_structure_read_is_paddles() -> None:
    network = slanet()
    network.eval()
    images = paddle.to_tensor(np.random.default_rng(0).uniform(-1, 1, (8, 3, 96, 96)).astype(np.float32))
    with paddle.no_grad():
        expected = network(images)
        with accelerated(network, 1):
            assert "features" in vars(network)
            found = network(images)
    for value, wanted in zip(found, expected, strict=True):
        np.testing.assert_allclose(value.numpy(), wanted.numpy(), atol=1e-4)
    assert "features" not in vars(network)
