"""SLANet's pictures for oneDNN: backbone and neck, up to the one map that the head reads.

The neck's maps are never joined: a 1x1 convolution of joined maps is a sum of convolutions. Nor is a map enlarged
before its convolution, which would compute every pixel four times. Shapes: n pictures, c channels, h rows, w columns.
"""

from collections.abc import Sequence

from paddle import nn

from paddock.accelerate.convolution import convolution
from paddock.accelerate.library import UnsupportedError
from paddock.accelerate.lowering import lower, normed_and_activated
from paddock.accelerate.rearranging import split
from paddock.accelerate.resampling import cut, enlarged
from paddock.accelerate.tape import Output, Tape, Value
from paddock.accelerate.window import Window
from paddock.ocr.layers.mobilenet_v3 import ConvBNLayer
from paddock.ocr.table.csp_pan import CSPPAN, CSPLayer
from paddock.ocr.table.model import SLANet
from paddock.ocr.table.pplcnet import PPLCNet

_STEP = 2
"""A map is twice as large as the next, or one row and column less."""

_POINTWISE = Window((1, 1), (1, 1), (0, 0))


def lower_features(tape: Tape, network: SLANet, images: Value) -> list[Output]:
    """The neck's coarsest map.

    Raises:
        UnsupportedError: backbone or neck has no counterpart here.
    """
    found = _coarsest(tape, network.neck, _scales(tape, network.backbone, images))
    return [Output((found,), found.shape)]


def _scales(tape: Tape, backbone: nn.Layer, images: Value) -> list[Value]:
    if type(backbone) is not PPLCNet:
        raise UnsupportedError(f"backbone {type(backbone).__name__} has no accelerated form")
    x = lower(tape, backbone.blocks2, lower(tape, backbone.conv1, images))
    scales = []
    for stage in (backbone.blocks3, backbone.blocks4, backbone.blocks5, backbone.blocks6):
        x = lower(tape, stage, x)
        scales.append(x)
    return scales


def _coarsest(tape: Tape, neck: nn.Layer, scales: Sequence[Value]) -> Value:
    if type(neck) is not CSPPAN:
        raise UnsupportedError(f"neck {type(neck).__name__} has no accelerated form")
    maps = [lower(tape, conv, x) for conv, x in zip(neck.conv_t.convs, scales, strict=True)]
    inner = [maps[-1]]
    for block, finer in zip(neck.top_down_blocks, reversed(maps[:-1]), strict=True):
        inner.insert(0, _csp_layer(tape, block, inner[0], finer))
    x, *coarser = inner
    for block, downsample, y in zip(neck.bottom_up_blocks, neck.downsamples, coarser, strict=True):
        x = _csp_layer(tape, block, lower(tape, downsample, x), y)
    return x


def _csp_layer(tape: Tape, layer: CSPLayer, *maps: Value) -> Value:
    """``layer`` on joined maps."""
    through = lower(tape, layer.blocks, _mixed(tape, layer.main_conv, *maps))
    return _mixed(tape, layer.final_conv, through, _mixed(tape, layer.short_conv, *maps))


def _mixed(tape: Tape, layer: ConvBNLayer, *maps: Value) -> Value:
    """``layer``, which mixes channels, on joined maps; the last has the full size, the one before it perhaps half."""
    *_, height, width = maps[-1].shape
    kernels = split(tape, tape.variable(layer.conv.weight), [x.shape[1] for x in maps])
    total: Value | None = None
    for x, kernel in zip(maps, kernels, strict=True):
        total = convolution(tape, x, kernel, None, _POINTWISE, onto=total)
        if total.shape[2:] != (height, width):
            total = cut(tape, enlarged(tape, total, _STEP), height, width)
    if total is None:
        raise ValueError("no maps")
    return normed_and_activated(tape, layer, total)
