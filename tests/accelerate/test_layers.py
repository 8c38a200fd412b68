"""Every accelerated layer against the same layer in float64. Shapes: B pictures, C channels, H rows, W columns."""

from collections.abc import Callable

import numpy as np
import paddle
import pytest
from numpy.typing import NDArray
from paddle import Tensor, nn

from paddock.accelerate.executor import Executor
from paddock.accelerate.library import OneDnn, UnsupportedError
from paddock.ocr.layers import mobilenet_v3, resnet_vd

Arrays = dict[str, NDArray[np.float64]]
TOLERANCE = 1e-5
NUM_CHANNELS = 24

LAYERS: dict[str, Callable[[], nn.Layer]] = {
    "3x3": lambda: nn.Conv2D(NUM_CHANNELS, 16, 3, padding=1, bias_attr=False),
    "1x1 with bias": lambda: nn.Conv2D(NUM_CHANNELS, 40, 1),
    "stride along the height": lambda: nn.Conv2D(NUM_CHANNELS, 16, 3, stride=(2, 1), padding=1),
    "even size and stride": lambda: nn.Conv2D(NUM_CHANNELS, 16, 2, stride=2),
    "depthwise 3x3": lambda: nn.Conv2D(NUM_CHANNELS, NUM_CHANNELS, 3, padding=1, groups=NUM_CHANNELS),
    "depthwise 5x5": lambda: nn.Conv2D(NUM_CHANNELS, NUM_CHANNELS, 5, stride=(2, 1), padding=2, groups=NUM_CHANNELS),
    "grouped": lambda: nn.Conv2D(NUM_CHANNELS, 16, 3, padding=1, groups=4),
    "batch norm": lambda: nn.BatchNorm(NUM_CHANNELS),
    "max pool": lambda: nn.MaxPool2D(3, stride=2, padding=1),
    "max pool that drops a column": lambda: nn.MaxPool2D(2, stride=2),
    "average pool that rounds up": lambda: nn.AvgPool2D(2, stride=2, ceil_mode=True),
    "average pool of rows": lambda: nn.AvgPool2D((2, 1), stride=(2, 1), ceil_mode=True),
    "norm and ReLU": lambda: mobilenet_v3.ConvBNLayer(NUM_CHANNELS, 16, 1, act="relu"),
    "norm and hard swish": lambda: mobilenet_v3.ConvBNLayer(NUM_CHANNELS, 16, 3, act="hardswish"),
    "squeeze and excitation": lambda: mobilenet_v3.SEModule(NUM_CHANNELS),
    "inverted residual": lambda: mobilenet_v3.ResidualUnit(NUM_CHANNELS, 40, NUM_CHANNELS, 5, 1, True, "hardswish"),
    "inverted residual with stride": lambda: mobilenet_v3.ResidualUnit(NUM_CHANNELS, 40, 16, 3, (2, 1), False, "relu"),
    "basic block": lambda: resnet_vd.BasicBlock(NUM_CHANNELS, NUM_CHANNELS, 1, project=False, average=False),
    "basic block that projects": lambda: resnet_vd.BasicBlock(NUM_CHANNELS, 32, (2, 1), project=True, average=True),
}


def sandwich(name: str) -> nn.Sequential:
    """The layer behind a convolution, whose gradient tells what the layer's input gets."""
    paddle.seed(7)
    return nn.Sequential(nn.Conv2D(3, NUM_CHANNELS, 1), LAYERS[name]())


def learn(network: nn.Layer, compute: Callable[[Tensor], Tensor], dtype: str, height: int, width: int) -> Arrays:
    """Output, gradients and running statistics of one step."""
    images = np.random.default_rng(1).uniform(-1, 1, (3, 3, height, width)).astype(np.float32)
    output = compute(paddle.to_tensor(images.astype(dtype)))
    found = {"output": output.numpy()}
    if not output.stop_gradient:
        weights = np.random.default_rng(2).standard_normal(tuple(output.shape)).astype(np.float32)
        (output * paddle.to_tensor(weights.astype(dtype))).sum().backward()
    for parameter_name, parameter in network.named_parameters():
        if parameter.stop_gradient:
            found[parameter_name] = parameter.numpy()
        elif parameter.grad is not None:
            found[f"gradient of {parameter_name}"] = parameter.grad.numpy()
    return {key: value.astype(np.float64) for key, value in found.items()}


def compare(found: Arrays, exact: Arrays) -> None:
    """Each array must be right to `TOLERANCE` of the largest gradient or, what is no gradient, of itself."""
    assert found.keys() == exact.keys()
    largest = max((np.abs(value).max() for key, value in exact.items() if key.startswith("gradient")), default=0.0)
    for key, value in exact.items():
        scale = largest if key.startswith("gradient") else np.abs(value).max()
        assert np.abs(found[key] - value).max() <= TOLERANCE * scale, key


@pytest.mark.parametrize("width", [12, 21])
@pytest.mark.parametrize("is_training", [True, False], ids=["training", "evaluation"])
@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_gives_what_paddle_gives_in_float64(name: str, is_training: bool, width: int) -> None:
    network, reference = sandwich(name), sandwich(name).to(dtype="float64")
    for layer in (network, reference):
        layer.train() if is_training else layer.eval()
    found = learn(network, Executor(network, OneDnn(), 1), "float32", 8, width)
    compare(found, learn(reference, reference, "float64", 8, width))


def test_without_gradients_the_result_is_the_same() -> None:
    network = sandwich("inverted residual")
    network.eval()
    executor = Executor(network, OneDnn(), 1)
    images = paddle.rand([2, 3, 8, 12])
    with_gradient = executor(images)
    with paddle.no_grad():
        without = executor(images)
    assert without.stop_gradient
    np.testing.assert_allclose(without.numpy(), with_gradient.numpy(), rtol=1e-5, atol=1e-6)


def test_a_frozen_parameter_gets_no_gradient_and_the_others_the_same_as_before() -> None:
    network = sandwich("inverted residual")
    free = learn(network, Executor(network, OneDnn(), 1), "float32", 8, 12)
    network = sandwich("inverted residual")
    for parameter in network[0].parameters():
        parameter.stop_gradient = True
    frozen = learn(network, Executor(network, OneDnn(), 1), "float32", 8, 12)
    assert network[0].weight.grad is None
    for key in frozen.keys() & free.keys():
        np.testing.assert_allclose(frozen[key], free[key], rtol=1e-5, atol=1e-6)


def test_two_forward_passes_before_their_backward_passes_do_not_disturb_each_other() -> None:
    network = sandwich("norm and hard swish")
    executor = Executor(network, OneDnn(), 1)
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
    executor, images = Executor(network, OneDnn(), 1), paddle.rand([1, 3, 8, 12])
    output, done = executor.forward(images, executor.plan(images))
    executor.backward(done, paddle.ones_like(output))
    with pytest.raises(RuntimeError, match="backward twice"):
        executor.backward(done, paddle.ones_like(output))


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (nn.Conv2D(3, 4, 3, dilation=2), "dilation"),
        (nn.Conv2D(3, 4, 3, padding="SAME"), "padding"),
        (nn.Conv2D(3, 4, 3, padding_mode="reflect", padding=1), "padding"),
        (nn.AvgPool2D(2, exclusive=False), "counts its padding"),
        (nn.Sequential(nn.Conv2D(3, 4, 1), nn.BatchNorm(4, act="relu")), "activation"),
        (nn.Sequential(nn.Conv2D(3, 4, 1), nn.GELU()), "layer GELU"),
    ],
)
def test_what_has_no_accelerated_form_is_named(layer: nn.Layer, said: str) -> None:
    with pytest.raises(UnsupportedError, match=said):
        Executor(layer, OneDnn(), 1)(paddle.rand([1, 3, 8, 8]))
