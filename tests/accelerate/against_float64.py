"""One step in float32 through oneDNN against the same step in Paddle's float64."""

from collections.abc import Callable

import numpy as np
import paddle
from numpy.typing import NDArray
from paddle import Tensor, nn

from paddock.accelerate.executor import Executor
from paddock.accelerate.library import OneDnn

Arrays = dict[str, NDArray[np.float64]]
TOLERANCE = 1e-5


def assert_exact(build: Callable[[], nn.Layer], height: int, width: int, is_training: bool = True) -> None:
    """Output, gradients and running statistics of what ``build`` makes must be those of float64."""
    network, reference = build(), in_float64(build)
    for layer in (network, reference):
        layer.train() if is_training else layer.eval()
    found = learn(network, Executor(network, OneDnn()), "float32", height, width)
    compare(found, learn(reference, reference, "float64", height, width))


def assert_as_exact_as_paddle(build: Callable[[], nn.Layer], height: int, width: int, is_training: bool) -> None:
    """The same for a network in which rounding errors grow: they may be four times those of Paddle's float32."""
    network, plain, reference = build(), build(), in_float64(build)
    for layer in (network, plain, reference):
        layer.train() if is_training else layer.eval()
    exact = learn(reference, reference, "float64", height, width)
    compare(
        learn(network, Executor(network, OneDnn()), "float32", height, width),
        exact,
        allowed=4 * max(_errors(learn(plain, plain, "float32", height, width), exact).values()),
    )


def in_float64(build: Callable[[], nn.Layer]) -> nn.Layer:
    """What ``build`` makes, in float64, with the same weights; `nn.Layer.to` does not work for an LSTM."""
    state = {name: value.astype("float64") for name, value in build().state_dict().items()}
    paddle.set_default_dtype("float64")
    try:
        network = build()
    finally:
        paddle.set_default_dtype("float32")
    for layer in network.sublayers():
        if isinstance(layer, nn.BatchNorm):
            layer.to(dtype="float64")
    network.set_state_dict(state)
    return network


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


def compare(found: Arrays, exact: Arrays, allowed: float = TOLERANCE) -> None:
    """Each array must be right to ``allowed`` of the largest gradient or, what is no gradient, of itself."""
    assert found.keys() == exact.keys()
    for key, error in _errors(found, exact).items():
        assert error <= allowed, key


def _errors(found: Arrays, exact: Arrays) -> dict[str, float]:
    largest = max((np.abs(value).max() for key, value in exact.items() if key.startswith("gradient")), default=0.0)
    scales = {key: largest if key.startswith("gradient") else np.abs(value).max() for key, value in exact.items()}
    return {key: float(np.abs(found[key] - value).max() / (scales[key] or 1.0)) for key, value in exact.items()}
