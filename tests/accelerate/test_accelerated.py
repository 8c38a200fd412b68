"""Whole networks: accelerated training against Paddle's, and what a caller may rely on."""

import logging
from pathlib import Path

import numpy as np
import paddle
import psutil
import pytest
from paddle import Tensor, nn
from paddle.optimizer import Adam

from paddock.accelerate import accelerated, library, lowering, networks
from paddock.accelerate.library import UnsupportedError
from paddock.accelerate.tape import Output, Tape, Value
from paddock.ocr.rec.loss import CTCLoss
from paddock.ocr.rec.model import CRNN, build_network

NUM_CLASSES = 12
ARCHITECTURES = {
    "mv3": {"name": "MobileNetV3", "scale": 0.5, "model_name": "large"},
    "r34": {"name": "ResNet", "layers": 34},
}


def crnn(backbone: str) -> CRNN:
    paddle.seed(3)
    architecture = {
        "algorithm": "CRNN",
        "Backbone": ARCHITECTURES[backbone],
        "Neck": {"name": "SequenceEncoder", "encoder_type": "rnn", "hidden_size": 48},
        "Head": {"name": "CTCHead", "fc_decay": 0},
    }
    return build_network(architecture, NUM_CLASSES)


def train(network: nn.Layer, num_steps: int, batch_size: int, widths: tuple[int, ...] = (100,)) -> list[float]:
    """Losses of the first steps, on pictures of noise; as many widths as are given take turns.

    The learning rate is a tenth of PaddleOCR's, because Adam makes whole steps of gradients that are rounding noise: at
    5e-4, weights changed by 1e-6 move the losses of plain Paddle by 5e-3 within 12 steps (ResNet34, batch of 4).
    """
    loss_of, optimizer = CTCLoss(), Adam(5e-5, parameters=network.parameters())
    rng = np.random.default_rng(4)
    losses = []
    for step in range(num_steps):
        images = rng.uniform(-1, 1, (batch_size, 3, 32, widths[step % len(widths)])).astype(np.float32)
        labels = rng.integers(1, NUM_CLASSES, (batch_size, 6))
        logits, lengths = network(paddle.to_tensor(images)), paddle.full([batch_size], 6, "int64")
        loss = loss_of(logits, paddle.to_tensor(labels), lengths)
        loss.backward()
        optimizer.step()
        optimizer.clear_grad()
        losses.append(float(loss))
    return losses


def test_the_first_losses_of_a_mobile_network_are_paddles() -> None:
    network = crnn("mv3")
    with accelerated(network, 1):
        found = train(network, 5, 4, widths=(100, 132))
    np.testing.assert_allclose(found, train(crnn("mv3"), 5, 4, widths=(100, 132)), rtol=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("backbone", ARCHITECTURES)
def test_the_first_20_losses_are_paddles(backbone: str) -> None:
    network = crnn(backbone)
    with accelerated(network, 2):
        found = train(network, 20, 4)
    np.testing.assert_allclose(found, train(crnn(backbone), 20, 4), rtol=1e-3)


@pytest.mark.usefixtures("two_threads")
def test_the_same_training_gives_the_same_bits() -> None:
    weights = []
    for _ in range(2):
        network = crnn("mv3")
        with accelerated(network, 2):
            train(network, 3, 4, widths=(100, 132))
        weights.append({name: value.numpy() for name, value in network.state_dict().items()})
    for name, value in weights[0].items():
        np.testing.assert_array_equal(value, weights[1][name])


def test_afterwards_and_in_its_state_dict_the_network_is_the_plain_one() -> None:
    network = crnn("mv3")
    names = list(network.state_dict())
    with accelerated(network, 1):
        assert list(network.state_dict()) == names
        assert "forward" in vars(network)
    assert "forward" not in vars(network)


def test_without_the_library_paddle_computes_and_says_so_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(library, "LIBRARY", Path("missing.so"))
    network = crnn("mv3")
    with caplog.at_level(logging.WARNING), accelerated(network, 1):
        assert network(paddle.rand([1, 3, 32, 100])).shape == [1, 25, NUM_CLASSES]
    (record,) = caplog.records
    assert "Paddle computes what oneDNN cannot: oneDNN cannot be loaded" in record.getMessage()


def test_a_picture_that_needs_a_gradient_falls_back_to_paddle_once_said(caplog: pytest.LogCaptureFixture) -> None:
    network = crnn("mv3")
    images = paddle.rand([1, 3, 32, 100])
    images.stop_gradient = False
    with caplog.at_level(logging.WARNING), accelerated(network, 1):
        for _ in range(2):
            network(images).sum().backward()
    assert images.grad is not None
    assert len(caplog.records) == 1


class EvenWidths(nn.Layer):
    """A convolution of which only pictures of even width have an accelerated form."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2D(3, 4, 3)

    def forward(self, images: Tensor) -> Tensor:
        return self.conv(images)

    def lower(self, tape: Tape, images: Value) -> list[Output]:
        if images.shape[3] % 2:
            raise UnsupportedError("an odd width")
        found = lowering.lower(tape, self.conv, images)
        return [Output((found,), found.shape)]


def test_a_shape_that_cannot_be_accelerated_leaves_the_others_accelerated(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(
        networks.NETWORKS, EvenWidths, networks.Computed(lambda tape, layer, images: layer.lower(tape, images))
    )
    network = EvenWidths()
    with caplog.at_level(logging.WARNING), accelerated(network, 1):
        origins = [network(paddle.rand([1, 3, 8, width])).grad_fn.name() for width in (8, 9, 8, 9, 11)]
    assert ["PyLayer" in name for name in origins] == [True, False, True, False, False]
    (record,) = caplog.records
    assert "an odd width (pictures of 3 x 8 x 9)" in record.getMessage()


@pytest.mark.slow
def test_memory_stays_flat_over_1000_steps() -> None:
    network, process = crnn("mv3"), psutil.Process()
    with accelerated(network, 1):
        train(network, 100, 2, widths=(100, 116, 132))
        before = process.memory_info().rss
        train(network, 900, 2, widths=(100, 116, 132))
    assert process.memory_info().rss - before < 20e6
