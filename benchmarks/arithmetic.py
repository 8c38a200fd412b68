"""How much a step computes, by the definition of the network."""

from collections.abc import Callable
from typing import Any

from paddle import Tensor, nn

RULE = "2 for each multiply-add of convolutions, linear layers and LSTMs; backward twice forward, less the picture's"


def operations_per_step(network: nn.Layer, forward: Callable[[], Any]) -> float:
    """Additions and multiplications of a step, forward and backward.

    Counted are plain and transposed convolutions, linear layers and LSTMs, as the network defines them: who needs fewer
    for the same numbers does more in a second. Backward computes two gradients for each multiply-add, one of the
    weights and one of the input; the first layer's input is the picture, which has none.

    Args:
        forward: calls ``network`` once, on the batch.
    """
    found: list[float] = []

    def count(layer: nn.Layer, inputs: tuple[Any, ...], outputs: Any) -> None:
        found.append(_multiply_adds(layer, inputs[0], outputs))

    counted = [layer for layer in network.sublayers() if isinstance(layer, tuple(_MULTIPLICATIONS))]
    hooks = [layer.register_forward_post_hook(count) for layer in counted]
    try:
        forward()
    finally:
        for hook in hooks:
            hook.remove()
    return 2 * (3 * sum(found) - found[0])


def _multiply_adds(layer: nn.Layer, x: Tensor, outputs: Any) -> float:
    (count,) = [count for kind, count in _MULTIPLICATIONS.items() if isinstance(layer, kind)]
    return count(layer, x, outputs)


def _convolution(layer: nn.Conv2D, x: Tensor, y: Tensor) -> float:
    return y.size * layer.weight.size / layer.weight.shape[0]


def _transposed_convolution(layer: nn.Conv2DTranspose, x: Tensor, y: Tensor) -> float:
    return x.size * layer.weight.size / layer.weight.shape[0]


def _linear(layer: nn.Linear, x: Tensor, y: Tensor) -> float:
    return y.size * layer.weight.shape[0]


def _lstm(layer: nn.LSTM, x: Tensor, outputs: Any) -> float:
    num_steps = x.shape[0] * x.shape[1]
    return num_steps * sum(weight.size for weight in layer.parameters() if len(weight.shape) == 2)


_MULTIPLICATIONS: dict[type[nn.Layer], Callable[..., float]] = {
    nn.Conv2D: _convolution,
    nn.Conv2DTranspose: _transposed_convolution,
    nn.Linear: _linear,
    nn.LSTM: _lstm,
}
