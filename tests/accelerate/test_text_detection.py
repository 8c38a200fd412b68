"""What text detection adds: operators against float64, and whole networks. Shapes: B pictures, C channels."""

from collections.abc import Callable
from typing import Any

import numpy as np
import paddle
import paddle.nn.functional as F
import psutil
import pytest
from paddle import Tensor, nn
from paddle.optimizer import Adam

from paddock.accelerate import accelerated, lowering, networks
from paddock.accelerate.convolution import convolution
from paddock.accelerate.executor import Executor
from paddock.accelerate.kernels import composed
from paddock.accelerate.library import OneDnn
from paddock.accelerate.pointwise import add, difference, sigmoid
from paddock.accelerate.rearranging import split
from paddock.accelerate.resampling import enlarged
from paddock.accelerate.tape import Output, Tape, Value
from paddock.accelerate.text_detection import Term, convolved, joined_scales, lower_head
from paddock.accelerate.window import Window
from paddock.ocr.det.fpn import DBFPN, enlarge
from paddock.ocr.det.head import DBHead
from paddock.ocr.det.loss import DBLoss
from paddock.ocr.det.model import build_network
from tests.accelerate.against_float64 import assert_as_exact_as_paddle, assert_exact

SAME_SIZE = Window((3, 3), (1, 1), (1, 1))
BACKBONES = {
    "mobile": {"name": "MobileNetV3", "scale": 0.35, "model_name": "large"},
    "mobile without excitation": {"name": "MobileNetV3", "scale": 0.35, "model_name": "small", "disable_se": True},
    "basic blocks": {"name": "ResNet_vd", "layers": 18},
    "bottlenecks": {"name": "ResNet_vd", "layers": 50},
}


class Enlarged(nn.Layer):
    """Nearest upsampling."""

    def __init__(self, factor: int) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, x: Tensor) -> Tensor:
        return enlarge(x, self.factor)

    def lower(self, tape: Tape, x: Value) -> Value:
        return enlarged(tape, x, self.factor)


class ConvolvedEnlargement(nn.Layer):
    """A 3x3 convolution of an enlarged map."""

    def __init__(self, factor: int) -> None:
        super().__init__()
        self.factor = factor
        self.conv = nn.Conv2D(8, 6, 3, padding=1, bias_attr=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(enlarge(x, self.factor))

    def lower(self, tape: Tape, x: Value) -> Value:
        return convolved(tape, [Term(x, self.factor)], [tape.variable(self.conv.weight)])


class Composed(nn.Layer):
    """A 3x3 convolution behind a 1x1 convolution."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Conv2D(8, 20, 1, bias_attr=False)
        self.outer = nn.Conv2D(20, 6, 3, padding=1, bias_attr=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.outer(self.inner(x))

    def lower(self, tape: Tape, x: Value) -> Value:
        kernels = composed(tape, tape.variable(self.outer.weight), tape.variable(self.inner.weight))
        return convolution(tape, x, kernels, None, SAME_SIZE)


class SharedBySum(nn.Layer):
    """One convolution of a map and of twice the map joined to itself: kernels in parts, used twice, summed up."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2D(16, 6, 3, padding=1, bias_attr=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(paddle.concat([x, x + x], axis=1)) + self.conv(paddle.concat([x, x], axis=1))

    def lower(self, tape: Tape, x: Value) -> Value:
        first, second = split(tape, tape.variable(self.conv.weight), [8, 8])
        twice = add(tape, x, x)
        y = None
        for part, kernels in ((x, first), (twice, second), (x, first), (x, second)):
            y = convolution(tape, part, kernels, None, SAME_SIZE, onto=y)
        assert y is not None
        return y


class Step(nn.Layer):
    """Differentiable binarization of a map by another one."""

    def __init__(self) -> None:
        super().__init__()
        self.threshold = nn.Conv2D(8, 8, 1)

    def forward(self, x: Tensor) -> Tensor:
        return F.sigmoid(3.0 * (F.sigmoid(x) - self.threshold(x)))

    def lower(self, tape: Tape, x: Value) -> Value:
        threshold = lowering.lower(tape, self.threshold, x)
        return sigmoid(tape, difference(tape, sigmoid(tape, x), threshold, 3.0))


OPERATORS: dict[str, Callable[[], Any]] = {
    "enlarged twice": lambda: Enlarged(2),
    "enlarged eight times": lambda: Enlarged(8),
    "convolution of a map twice as large": lambda: ConvolvedEnlargement(2),
    "convolution of a map four times as large": lambda: ConvolvedEnlargement(4),
    "convolution of a map eight times as large": lambda: ConvolvedEnlargement(8),
    "composed kernels": Composed,
    "kernels in parts": SharedBySum,
    "step": Step,
}


@pytest.mark.parametrize(("height", "width"), [(4, 6), (3, 5), (1, 7)])
@pytest.mark.parametrize("name", OPERATORS)
def test_an_operator_gives_what_paddle_gives_in_float64(
    name: str, height: int, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build() -> nn.Sequential:
        paddle.seed(7)
        return nn.Sequential(nn.Conv2D(3, 8, 1), OPERATORS[name]())

    kind = type(OPERATORS[name]())
    monkeypatch.setitem(lowering.LOWERINGS, kind, lambda tape, layer, x: layer.lower(tape, x))
    assert_exact(build, height, width)


class NeckAndHead(nn.Layer):
    """A detector whose backbone is one convolution for each scale: without batch norm it adds no rounding errors."""

    def __init__(self, channels: tuple[int, ...]) -> None:
        super().__init__()
        self.scales = nn.LayerList([nn.Conv2D(3, c, 4 * 2**i, stride=4 * 2**i) for i, c in enumerate(channels)])
        self.neck = DBFPN(channels, 32)
        self.head = DBHead(32, k=5)

    def forward(self, images: Tensor) -> Tensor:
        return self.head(self.neck([scale(images) for scale in self.scales]))

    def lower(self, tape: Tape, images: Value) -> list[Output]:
        scales = [lowering.lower(tape, scale, images) for scale in self.scales]
        return [lower_head(tape, self.head, joined_scales(tape, self.neck, scales))]


@pytest.mark.parametrize(("height", "width"), [(64, 96), (32, 160)])
@pytest.mark.parametrize("is_training", [True, False], ids=["training", "evaluation"])
@pytest.mark.parametrize("channels", [(8, 16, 24, 40), (16, 32, 64, 128), (32, 32, 32, 32)])
def test_neck_and_head_give_what_paddle_gives_in_float64(
    channels: tuple[int, ...], is_training: bool, height: int, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build() -> nn.Layer:
        paddle.seed(9)
        return NeckAndHead(channels)

    monkeypatch.setitem(
        networks.NETWORKS, NeckAndHead, networks.Computed(lambda tape, layer, images: layer.lower(tape, images))
    )
    assert_exact(build, height, width, is_training)


def detector(backbone: str) -> nn.Layer:
    paddle.seed(5)
    architecture = {
        "algorithm": "DB",
        "Backbone": BACKBONES[backbone],
        "Neck": {"name": "DBFPN", "out_channels": 32},
        "Head": {"name": "DBHead", "k": 50},
    }
    return build_network(architecture)


@pytest.mark.parametrize("is_training", [True, False], ids=["training", "evaluation"])
@pytest.mark.parametrize(
    "backbone",
    ["mobile", "mobile without excitation", "basic blocks", pytest.param("bottlenecks", marks=pytest.mark.slow)],
)
def test_a_detector_is_as_exact_as_paddle(backbone: str, is_training: bool) -> None:
    assert_as_exact_as_paddle(lambda: detector(backbone), 32, 64, is_training)


def test_a_detector_gives_three_maps_while_training_and_one_otherwise() -> None:
    network = detector("mobile")
    executor, images = Executor(network, OneDnn()), paddle.rand([2, 3, 32, 64])
    assert executor(images).shape == [2, 3, 32, 64]
    network.eval()
    assert executor(images).shape == [2, 1, 32, 64]


def train(network: nn.Layer, num_steps: int, size: int = 64, batch_size: int = 2) -> list[float]:
    """Losses of the first steps, on pages of noise; the learning rate is small for the reason in `test_accelerated`."""
    loss_of, optimizer = DBLoss(), Adam(5e-5, parameters=network.parameters())
    rng = np.random.default_rng(4)
    losses = []
    for _ in range(num_steps):
        images = rng.uniform(-1, 1, (batch_size, 3, size, size)).astype(np.float32)
        truth, threshold = (paddle.to_tensor(rng.uniform(0, 1, (batch_size, size, size)) > 0.5) for _ in range(2))
        ones = paddle.ones_like(truth)
        loss = loss_of(network(paddle.to_tensor(images)), threshold, ones, truth, ones)["loss"]
        loss.backward()
        optimizer.step()
        optimizer.clear_grad()
        losses.append(float(loss))
    return losses


def test_the_first_losses_of_a_detector_are_paddles() -> None:
    network = detector("mobile")
    with accelerated(network, 1):
        found = train(network, 3)
    np.testing.assert_allclose(found, train(detector("mobile"), 3), rtol=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("backbone", ["mobile", "basic blocks"])
def test_the_first_20_losses_of_a_detector_are_paddles(backbone: str) -> None:
    network = detector(backbone)
    with accelerated(network, 2):
        found = train(network, 20, size=160, batch_size=4)
    np.testing.assert_allclose(found, train(detector(backbone), 20, size=160, batch_size=4), rtol=1e-3)


@pytest.mark.usefixtures("two_threads")
def test_the_same_training_of_a_detector_gives_the_same_bits() -> None:
    weights = []
    for _ in range(2):
        network = detector("mobile")
        with accelerated(network, 2):
            train(network, 2)
        weights.append({name: value.numpy() for name, value in network.state_dict().items()})
    for name, value in weights[0].items():
        np.testing.assert_array_equal(value, weights[1][name])


@pytest.mark.slow
def test_memory_stays_flat_over_1000_steps_of_a_detector() -> None:
    network, process = detector("mobile"), psutil.Process()
    with accelerated(network, 1):
        train(network, 100)
        before = process.memory_info().rss
        train(network, 900)
    assert process.memory_info().rss - before < 20e6
