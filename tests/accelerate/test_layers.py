"""Every accelerated layer against the same layer in float64. Shapes: B pictures, C channels, H rows, W columns."""

from collections.abc import Callable

import numpy as np
import paddle
import pytest
from paddle import nn

from paddock.accelerate.executor import Executor
from paddock.accelerate.library import OneDnn, UnsupportedError
from paddock.ocr.layers import mobilenet_v3, resnet_vd
from tests.accelerate.against_float64 import assert_exact, learn

NUM_CHANNELS = 24

LAYERS: dict[str, Callable[[], nn.Layer]] = {
    "3x3": lambda: nn.Conv2D(NUM_CHANNELS, 16, 3, padding=1, bias_attr=False),
    "1x1 with bias": lambda: nn.Conv2D(NUM_CHANNELS, 40, 1),
    "stride along the height": lambda: nn.Conv2D(NUM_CHANNELS, 16, 3, stride=(2, 1), padding=1),
    "even size and stride": lambda: nn.Conv2D(NUM_CHANNELS, 16, 2, stride=2),
    "depthwise 3x3": lambda: nn.Conv2D(NUM_CHANNELS, NUM_CHANNELS, 3, padding=1, groups=NUM_CHANNELS),
    "depthwise 5x5": lambda: nn.Conv2D(NUM_CHANNELS, NUM_CHANNELS, 5, stride=(2, 1), padding=2, groups=NUM_CHANNELS),
    "grouped": lambda: nn.Conv2D(NUM_CHANNELS, 16, 3, padding=1, groups=4),
    "transposed, kernels side by side": lambda: nn.Conv2DTranspose(NUM_CHANNELS, 16, 2, stride=2),
    "transposed, kernels that overlap": lambda: nn.Conv2DTranspose(NUM_CHANNELS, 16, 4, 2, padding=1, bias_attr=False),
    "batch norm": lambda: nn.BatchNorm(NUM_CHANNELS),
    "max pool": lambda: nn.MaxPool2D(3, stride=2, padding=1),
    "max pool that drops a column": lambda: nn.MaxPool2D(2, stride=2),
    "max pool larger than the map": lambda: nn.MaxPool2D((9, 2), stride=2),
    "average pool that rounds up": lambda: nn.AvgPool2D(2, stride=2, ceil_mode=True),
    "average pool of rows": lambda: nn.AvgPool2D((2, 1), stride=(2, 1), ceil_mode=True),
    "norm and ReLU": lambda: mobilenet_v3.ConvBNLayer(NUM_CHANNELS, 16, 1, act="relu"),
    "norm and hard swish": lambda: mobilenet_v3.ConvBNLayer(NUM_CHANNELS, 16, 3, act="hardswish"),
    "squeeze and excitation": lambda: mobilenet_v3.SEModule(NUM_CHANNELS),
    "inverted residual": lambda: mobilenet_v3.ResidualUnit(NUM_CHANNELS, 40, NUM_CHANNELS, 5, 1, True, "hardswish"),
    "inverted residual with stride": lambda: mobilenet_v3.ResidualUnit(NUM_CHANNELS, 40, 16, 3, (2, 1), False, "relu"),
    "basic block": lambda: resnet_vd.BasicBlock(NUM_CHANNELS, NUM_CHANNELS, 1, project=False, average=False),
    "basic block that projects": lambda: resnet_vd.BasicBlock(NUM_CHANNELS, 32, (2, 1), project=True, average=True),
    "bottleneck": lambda: resnet_vd.BottleneckBlock(NUM_CHANNELS, 6, 1, project=False, average=False),
}


def sandwich(name: str) -> nn.Sequential:
    """The layer behind a convolution, whose gradient tells what the layer's input gets."""
    paddle.seed(7)
    return nn.Sequential(nn.Conv2D(3, NUM_CHANNELS, 1), LAYERS[name]())


@pytest.mark.parametrize("width", [12, 21])
@pytest.mark.parametrize("is_training", [True, False], ids=["training", "evaluation"])
@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_gives_what_paddle_gives_in_float64(name: str, is_training: bool, width: int) -> None:
    assert_exact(lambda: sandwich(name), 8, width, is_training)


def test_without_gradients_the_result_is_the_same() -> None:
    network = sandwich("inverted residual")
    network.eval()
    executor = Executor(network, OneDnn())
    images = paddle.rand([2, 3, 8, 12])
    with_gradient = executor(images)
    with paddle.no_grad():
        without = executor(images)
    assert without.stop_gradient
    np.testing.assert_allclose(without.numpy(), with_gradient.numpy(), rtol=1e-5, atol=1e-6)


def test_a_frozen_parameter_gets_no_gradient_and_the_others_the_same_as_before() -> None:
    network = sandwich("inverted residual")
    free = learn(network, Executor(network, OneDnn()), "float32", 8, 12)
    network = sandwich("inverted residual")
    for parameter in network[0].parameters():
        parameter.stop_gradient = True
    frozen = learn(network, Executor(network, OneDnn()), "float32", 8, 12)
    assert network[0].weight.grad is None
    for key in frozen.keys() & free.keys():
        np.testing.assert_allclose(frozen[key], free[key], rtol=1e-5, atol=1e-6)


def test_two_forward_passes_before_their_backward_passes_do_not_disturb_each_other() -> None:
    network = sandwich("norm and hard swish")
    executor = Executor(network, OneDnn())
    images, others = paddle.rand([2, 3, 8, 12]), paddle.rand([2, 3, 8, 20])
    executor(images).sum().backward()
    alone = network[0].weight.grad.numpy().copy()
    network.clear_gradients()
    first, second = executor(images).sum(), executor(others)
    first.backward()
    np.testing.assert_array_equal(network[0].weight.grad.numpy(), alone)
    assert second.shape == [2, 16, 8, 20]


def test_a_second_backward_pass_is_refused() -> None:
    network = sandwich("3x3")
    executor, images = Executor(network, OneDnn()), paddle.rand([1, 3, 8, 12])
    (output,), done = executor.forward(images, executor.plan(images))
    executor.backward(done, [paddle.ones_like(output)])
    with pytest.raises(RuntimeError, match="backward twice"):
        executor.backward(done, [paddle.ones_like(output)])


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (nn.Conv2D(3, 4, 3, dilation=2), "dilation"),
        (nn.Conv2D(3, 4, 3, padding="SAME"), "padding"),
        (nn.Conv2D(3, 4, 3, padding_mode="reflect", padding=1), "padding"),
        (nn.Conv2DTranspose(3, 4, 3, output_padding=1, stride=2), "output"),
        (nn.AvgPool2D(2, exclusive=False), "counts its padding"),
        (nn.Sequential(nn.Conv2D(3, 4, 1), nn.BatchNorm(4, act="relu")), "activation"),
        (nn.Sequential(nn.Conv2D(3, 4, 1), nn.GELU()), "layer GELU"),
    ],
)
def test_what_has_no_accelerated_form_is_named(layer: nn.Layer, said: str) -> None:
    with pytest.raises(UnsupportedError, match=said):
        Executor(layer, OneDnn())(paddle.rand([1, 3, 8, 8]))
