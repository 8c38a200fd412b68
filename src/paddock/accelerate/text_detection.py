"""DB for oneDNN: pyramid and head become a third of the arithmetic, because between two batch norms all is linear.

The pyramid's 1x1 convolutions are never computed on large maps: their kernels are composed with those of the 3x3
convolutions behind them. Nor is a map ever enlarged or joined with others: `enlarged_convolution` takes the map as it
is, and a convolution of joined maps is a sum.

Shapes: n pictures, c channels, h rows, w columns of a map.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from paddle import nn

from paddock.accelerate.convolution import convolution
from paddock.accelerate.enlarged_convolution import enlarged_convolution
from paddock.accelerate.kernels import composed
from paddock.accelerate.library import UnsupportedError
from paddock.accelerate.lowering import batch_normed, chained, lower
from paddock.accelerate.pointwise import add, difference, sigmoid
from paddock.accelerate.rearranging import split
from paddock.accelerate.resampling import enlarged
from paddock.accelerate.subpixels import divided, whole
from paddock.accelerate.tape import Output, Tape, Value
from paddock.accelerate.window import Window
from paddock.ocr.det.fpn import DBFPN
from paddock.ocr.det.head import DBHead, Head
from paddock.ocr.det.mobilenet_v3 import MobileNetV3
from paddock.ocr.det.model import DB
from paddock.ocr.det.resnet_vd import ResNetVd

_STEP = 2
"""A map of the pyramid is twice as large as the next."""

_DOUBLING = 2
"""Kernel and stride of the head's transposed convolutions."""


@dataclass(frozen=True)
class Term:
    """A map that takes part in a sum or a row of maps, enlarged, after a 1x1 convolution that is yet to come."""

    x: Value
    factor: int = 1
    pointwise: Value | None = None
    """Kernels ``[c, channels of x, 1, 1]``."""


def lower_db(tape: Tape, network: DB, images: Value) -> list[Output]:
    """The maps that the network gives."""
    if any(size % 32 for size in images.shape[2:]):
        raise UnsupportedError("a picture whose height or width is no multiple of 32")
    row = joined_scales(tape, network.neck, _scales(tape, network.backbone, images))
    return [lower_head(tape, network.head, row)]


def _scales(tape: Tape, backbone: nn.Layer, images: Value) -> list[Value]:
    if isinstance(backbone, MobileNetV3):
        x, stages = lower(tape, backbone.conv, images), backbone.stages
    elif isinstance(backbone, ResNetVd):
        stem = backbone.conv1_1, backbone.conv1_2, backbone.conv1_3, backbone.pool2d_max
        x, stages = chained(tape, images, *stem), backbone.stages
    else:
        raise UnsupportedError(f"backbone {type(backbone).__name__} has no accelerated form")
    scales = []
    for stage in stages:
        x = chained(tape, x, *stage)
        scales.append(x)
    return scales


def joined_scales(tape: Tape, neck: nn.Layer, scales: Sequence[Value]) -> list[Term]:
    """The maps that the neck joins, from coarse to fine.

    Raises:
        UnsupportedError: it is another neck than `DBFPN`.
    """
    if type(neck) is not DBFPN:
        raise UnsupportedError(f"neck {type(neck).__name__} has no accelerated form")
    levels = zip(
        reversed(scales),
        (neck.in5_conv, neck.in4_conv, neck.in3_conv, neck.in2_conv),
        (neck.p5_conv, neck.p4_conv, neck.p3_conv, neck.p2_conv),
        (8, 4, 2, 1),
        strict=True,
    )
    row: list[Term] = []
    terms: list[Term] = []
    for scale, lateral, smooth, factor in levels:
        coarser = [replace(term, factor=_STEP * term.factor) for term in terms]
        kernels = tape.variable(lateral.weight)
        is_narrow = scale.shape[1] < kernels.shape[0]
        if coarser and (is_narrow or len(coarser) > 1):
            terms = [*coarser, Term(scale, pointwise=kernels)]
        else:
            terms = [Term(_level(tape, lower(tape, lateral, scale), coarser))]
        smoothed = convolved(tape, terms, [tape.variable(smooth.weight)] * len(terms))
        row.append(Term(smoothed, factor))
    return row


def _level(tape: Tape, x: Value, coarser: Sequence[Term]) -> Value:
    """A map of the pyramid, where the backbone's has so many channels that composing would not pay."""
    for term in coarser:
        x = add(tape, x, enlarged(tape, term.x, term.factor))
    return x


def convolved(tape: Tape, terms: Sequence[Term], kernels: Sequence[Value]) -> Value:
    """The sum of 3x3 convolutions of ``terms``, each with its own ``kernels``."""
    y = None
    for term, kernel in zip(terms, kernels, strict=True):
        if term.pointwise:
            kernel = composed(tape, kernel, term.pointwise)
        if term.factor == 1:
            y = convolution(tape, term.x, kernel, None, Window((3, 3), (1, 1), (1, 1)), onto=y)
        else:
            y = enlarged_convolution(tape, term.x, kernel, term.factor, onto=y)
    if y is None:
        raise ValueError("no terms")
    return y


def lower_head(tape: Tape, head: nn.Layer, row: Sequence[Term]) -> Output:
    """The maps that the head makes of those that the neck joins.

    Raises:
        UnsupportedError: it is another head than `DBHead`.
    """
    if type(head) is not DBHead:
        raise UnsupportedError(f"head {type(head).__name__} has no accelerated form")
    *_, finest = row
    num_images, _, height, width = finest.x.shape
    found = [_map(tape, head.binarize, row)]
    if head.training:
        threshold = _map(tape, head.thresh, row)
        binary = sigmoid(tape, difference(tape, found[0], threshold, head.k))
        found += [threshold, binary]
    parts = tuple(whole(tape, x, width, _DOUBLING) for x in found)
    return Output(parts, (num_images, len(found), height * _DOUBLING**2, width * _DOUBLING**2))


def _map(tape: Tape, head: Head, row: Sequence[Term]) -> Value:
    """One value a pixel, pixels in the order that `subpixels` describes."""
    kernels = split(tape, tape.variable(head.conv1.weight), [term.x.shape[1] for term in row])
    x = batch_normed(tape, head.conv_bn1, convolved(tape, row, kernels), relu=True)
    x = batch_normed(tape, head.conv_bn2, _divided(tape, head.conv2, x), relu=True)
    return sigmoid(tape, _divided(tape, head.conv3, x))


def _divided(tape: Tape, layer: nn.Conv2DTranspose, x: Value) -> Value:
    return divided(tape, x, tape.variable(layer.weight), tape.variable(layer.bias))
