"""The networks that oneDNN computes from the picture on."""

from collections.abc import Callable, Sequence
from typing import Any

from paddle import nn

from paddock.accelerate.lowering import lower
from paddock.accelerate.tape import Output, Tape, Value
from paddock.accelerate.text_detection import lower_db
from paddock.accelerate.text_recognition import lower_crnn
from paddock.ocr.det.model import DB
from paddock.ocr.rec.model import CRNN

NetworkLowering = Callable[[Tape, Any, Value], Sequence[Output]]


def lower_network(tape: Tape, network: nn.Layer, images: Value) -> Sequence[Output]:
    """Append what ``network`` does to ``images``; one of `NETWORKS`, or a layer of `lowering`'s.

    Raises:
        UnsupportedError: a layer, or an option of one, has no counterpart here.
    """
    if type(network) in NETWORKS:
        return NETWORKS[type(network)](tape, network, images)
    found = lower(tape, network, images)
    return [Output((found,), found.shape)]


NETWORKS: dict[type[nn.Layer], NetworkLowering] = {CRNN: lower_crnn, DB: lower_db}
"""How each network is computed."""
