"""A trained network as the static graph that PaddleOCR's runtime loads: inference.json and inference.pdiparams."""

from collections.abc import Sequence
from pathlib import Path

import paddle
from paddle import nn

from paddock.core.errors import ExportError
from paddock.export.package import GRAPH_NAME


def save_static(network: nn.Layer, folder: Path, input_shape: Sequence[int | None]) -> None:
    """Trace ``network`` in evaluation mode and write graph and weights into ``folder``.

    Two exports of the same weights are equal byte for byte when each runs in a process of its own; within one
    process Paddle numbers the layers on, and only the names in the graph differ.

    Args:
        input_shape: None where the runtime may choose, such as ``[None, 3, 32, None]``.

    Raises:
        ExportError: Paddle cannot turn the network into a static graph.
    """
    training = network.training
    network.eval()
    spec = paddle.static.InputSpec(list(input_shape), "float32", name="x")
    try:
        paddle.jit.save(network, str(folder / GRAPH_NAME), input_spec=[spec])
    except Exception as error:  # Paddle's tracer raises whatever the traced code raised
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise ExportError(
            f"Paddle cannot make a static graph of {type(network).__name__}: {reason[-1]}. "
            "Check Architecture in the stored config."
        ) from error
    finally:
        if training:
            network.train()
