"""One pass over a split: every sample once, scored by the task."""

from dataclasses import dataclass
from typing import Any

import paddle
from paddle import Tensor, nn

from paddock.data.loader import Loader
from paddock.ocr.task import Scorer


@dataclass(frozen=True)
class Evaluation:
    """What a pass over a split gave."""

    scorer: Scorer
    metrics: dict[str, float]


def evaluate(network: nn.Layer, loader: Loader[Any], scorer: Scorer) -> Evaluation:
    """Score ``network`` on every sample of ``loader``; the network is left in the mode it was in."""
    was_training = network.training
    network.eval()
    try:
        with paddle.no_grad():
            for batch in loader.once():
                outputs = network(paddle.to_tensor(batch.images)) if len(batch.images) else []
                found = [outputs] if isinstance(outputs, Tensor) else list(outputs)
                scorer.add([output.numpy() for output in found], batch)
    finally:
        if was_training:
            network.train()
    return Evaluation(scorer, scorer.metrics())
