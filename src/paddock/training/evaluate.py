"""One pass over a split: every sample once, scored by the task."""

from collections.abc import Iterator
from typing import Any

import paddle
from paddle import Tensor, nn

from paddock.data.loader import Loader
from paddock.ocr.task import Prediction, Scorer


def evaluate(network: nn.Layer, loader: Loader[Any], scorer: Scorer) -> dict[str, float]:
    """Feed ``scorer`` with what ``network`` says of every sample, and return its metrics.

    The network is left in the mode it was in.
    """
    for outputs, batch in predictions(network, loader):
        scorer.add(outputs, batch)
    return scorer.metrics()


def predictions(network: nn.Layer, loader: Loader[Any]) -> Iterator[Prediction]:
    """What ``network`` says of each batch, computed when it is asked for."""
    was_training = network.training
    network.eval()
    try:
        with paddle.no_grad():
            for batch in loader.once():
                outputs = network(paddle.to_tensor(batch.images)) if len(batch.images) else []
                found = [outputs] if isinstance(outputs, Tensor) else list(outputs)
                yield [output.numpy() for output in found], batch
    finally:
        if was_training:
            network.train()
