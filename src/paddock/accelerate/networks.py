"""The networks that oneDNN computes from the picture on, as far as `lowering` and its like can say it."""

from collections.abc import Callable, Sequence
from typing import Any

from paddle import nn

from paddock.accelerate.lowering import chained, lower
from paddock.accelerate.tape import Output, Tape, Value
from paddock.accelerate.text_detection import lower_db
from paddock.ocr.det.model import DB
from paddock.ocr.rec import mobilenet_v3, resnet_vd

NetworkLowering = Callable[[Tape, Any, Value], Sequence[Output]]


def lower_network(tape: Tape, network: nn.Layer, images: Value) -> Sequence[Output]:
    """Append what ``network`` does to ``images``; one of `NETWORKS`, or a layer of `lowering`'s.

    Raises:
        UnsupportedError: a layer, or an option of one, has no counterpart here.
    """
    if type(network) in NETWORKS:
        return NETWORKS[type(network)](tape, network, images)
    return _alone(lower(tape, network, images))


def _rec_mobilenet(tape: Tape, network: mobilenet_v3.MobileNetV3, images: Value) -> list[Output]:
    return _alone(chained(tape, images, network.conv1, network.blocks, network.conv2, network.pool))


def _rec_resnet(tape: Tape, network: resnet_vd.ResNet, images: Value) -> list[Output]:
    stem = network.conv1_1, network.conv1_2, network.conv1_3, network.pool2d_max
    return _alone(chained(tape, images, *stem, *network.blocks, network.out_pool))


def _alone(value: Value) -> list[Output]:
    return [Output((value,), value.shape)]


NETWORKS: dict[type[nn.Layer], NetworkLowering] = {
    DB: lower_db,
    mobilenet_v3.MobileNetV3: _rec_mobilenet,
    resnet_vd.ResNet: _rec_resnet,
}
"""How each network, or part of one, is computed."""
