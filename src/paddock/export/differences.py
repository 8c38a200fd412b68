"""How far a deployed network is from the trained one, whatever its task. Shapes: C channels, H height, W width."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import paddle
from numpy.typing import NDArray
from paddle import nn

from paddock.core.errors import ExportError


@dataclass(frozen=True)
class Difference:
    """Between both on one picture."""

    image: Path
    of_input: float
    """Largest of one value of the network's input: preparation of the picture."""
    of_output: float
    """Largest of one probability: preparation and network."""


@dataclass(frozen=True)
class Differences:
    """Between both over all compared pictures; what every task's parity begins with."""

    num_samples: int
    max_input: float
    max_output: float
    worst: Path
    """The picture with the largest difference of a probability."""

    @classmethod
    def over(cls, each: Sequence[Difference]) -> "Differences":
        """The largest of one picture or more."""
        outputs = [one.of_output for one in each]
        return cls(
            num_samples=len(each),
            max_input=max(one.of_input for one in each),
            max_output=float(np.max(outputs)),  # unlike max(), it keeps a NaN wherever it stands
            worst=each[int(np.argmax(outputs))].image,
        )

    def metrics(self) -> dict[str, float]:
        """Values for metrics files and the tracking store."""
        return {
            "export/num_samples": float(self.num_samples),
            "export/max_difference": self.max_output,
            "export/max_input_difference": self.max_input,
        }


def input_difference(image: Path, trained: NDArray[np.float32], deployed: NDArray[np.float32], operator: str) -> float:
    """Largest difference of one value between what both networks were given.

    Args:
        operator: what Eval prepares pictures with and inference.yml must say, for the message.

    Raises:
        ExportError: PaddleOCR prepared the picture to another size.

    Shape:
        trained and deployed ``[C, H, W]``
    """
    if trained.shape != deployed.shape:
        raise ExportError(
            f"paddleocr prepares {image} as {list(deployed.shape)}, validation as {list(trained.shape)}. {operator} of "
            "Eval must be the one in inference.yml."
        )
    return float(np.abs(trained - deployed).max())


def outputs_of(network: nn.Layer, tensor: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
    """What ``network`` makes of one picture, without the batch.

    Shape:
        tensor ``[C, H, W]``
    """
    with paddle.no_grad():
        found: Any = network(paddle.to_tensor(tensor[None]))
    outputs = found if isinstance(found, tuple) else (found,)
    return tuple(np.asarray(output.numpy()[0], dtype=np.float32) for output in outputs)
