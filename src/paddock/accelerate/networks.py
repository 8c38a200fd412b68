"""The networks that oneDNN computes from the picture on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from paddle import nn

from paddock.accelerate.lowering import lower
from paddock.accelerate.table_structure import lower_features
from paddock.accelerate.tape import Output, Tape, Value
from paddock.accelerate.text_detection import lower_db
from paddock.accelerate.text_recognition import lower_crnn
from paddock.ocr.det.model import DB
from paddock.ocr.rec.model import CRNN
from paddock.ocr.table.model import SLANet

NetworkLowering = Callable[[Tape, Any, Value], Sequence[Output]]


@dataclass(frozen=True)
class Computed:
    """What of a network is computed, and how."""

    lower: NetworkLowering
    method: str = "forward"
    """The method that is replaced; it takes pictures and nothing else."""
    parts: tuple[str, ...] = ()
    """The sublayers that the method uses; empty means all."""


def lower_network(tape: Tape, network: nn.Layer, images: Value) -> Sequence[Output]:
    """Append what ``network`` does to ``images``; one of `NETWORKS`, or a layer of `lowering`'s.

    Raises:
        UnsupportedError: a layer, or an option of one, has no counterpart here.
    """
    if type(network) in NETWORKS:
        return NETWORKS[type(network)].lower(tape, network, images)
    found = lower(tape, network, images)
    return [Output((found,), found.shape)]


def parts_of(network: nn.Layer) -> list[nn.Layer]:
    """The layers that take part: those that `NETWORKS` names, or the whole."""
    named = NETWORKS[type(network)].parts if type(network) in NETWORKS else ()
    return [getattr(network, name) for name in named] or [network]


NETWORKS: dict[type[nn.Layer], Computed] = {
    CRNN: Computed(lower_crnn),
    DB: Computed(lower_db),
    SLANet: Computed(lower_features, "features", ("backbone", "neck")),
}
