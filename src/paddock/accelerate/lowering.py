"""From layers to operators: what their ``forward`` says in Paddle, said once more for oneDNN.

A layer type that is not in `LOWERINGS` cannot be accelerated; a new one needs a function here. Whole networks follow in
`networks`.
"""

from collections.abc import Callable
from typing import Any

import paddle.nn.functional as F
from paddle import nn

from paddock.accelerate import pooling
from paddock.accelerate.convolution import convolution, transposed_convolution
from paddock.accelerate.library import Algorithm, UnsupportedError
from paddock.accelerate.normalization import NormParameters, batch_norm
from paddock.accelerate.pointwise import activation, add
from paddock.accelerate.rearranging import viewed
from paddock.accelerate.tape import Tape, Value
from paddock.accelerate.window import Pair, Window
from paddock.ocr.layers import mobilenet_v3, resnet_vd
from paddock.ocr.rec import mobilenet_v3 as rec_mobilenet_v3
from paddock.ocr.rec import resnet_vd as rec_resnet_vd
from paddock.ocr.table import csp_pan, pplcnet

Lowering = Callable[[Tape, Any, Value], Value]


def lower(tape: Tape, layer: nn.Layer, x: Value) -> Value:
    """Append what ``layer`` does to ``x``.

    Raises:
        UnsupportedError: the layer, or an option of it, has no counterpart here.
    """
    lowering = LOWERINGS.get(type(layer))
    if lowering is None:
        raise UnsupportedError(f"layer {type(layer).__name__} has no accelerated form")
    return lowering(tape, layer, x)


def chained(tape: Tape, x: Value, *layers: nn.Layer | None) -> Value:
    """Append one layer after another; what is None is left out."""
    for layer in layers:
        if layer is not None:
            x = lower(tape, layer, x)
    return x


def _conv2d(tape: Tape, layer: nn.Conv2D, x: Value) -> Value:
    padding = layer._updated_padding
    plain = layer._padding_mode == "zeros" and layer._data_format == "NCHW" and layer._padding_algorithm == "EXPLICIT"
    if not plain or _pair(layer._dilation) != (1, 1) or len(_as_list(padding)) > 2:
        raise UnsupportedError("a convolution with dilation, or with padding that is not plain zeros")
    weight = tape.variable(layer.weight)
    bias = tape.variable(layer.bias) if layer.bias is not None else None
    window = Window((weight.shape[2], weight.shape[3]), _pair(layer._stride), _pair(padding))
    return convolution(tape, x, weight, bias, window, layer._groups)


def _conv2d_transpose(tape: Tape, layer: nn.Conv2DTranspose, x: Value) -> Value:
    if _pair(layer._dilation) != (1, 1) or layer._groups != 1 or _pair(layer.output_padding) != (0, 0):
        raise UnsupportedError("a transposed convolution with dilation, groups or padding of its output")
    weight = tape.variable(layer.weight)
    channels, outputs, *kernel = weight.shape
    bias = tape.variable(layer.bias) if layer.bias is not None else None
    window = Window((kernel[0], kernel[1]), _pair(layer._stride), _pair(layer._padding))
    by_output = viewed(tape, weight, (outputs, channels, *kernel), "bacd")
    return transposed_convolution(tape, x, by_output, bias, window)


def batch_normed(tape: Tape, layer: nn.BatchNorm, x: Value, relu: bool = False) -> Value:
    """Batch norm, with a ReLU behind it if asked."""
    if layer._act or layer._use_global_stats or layer._trainable_statistics or layer._data_layout != "NCHW":
        raise UnsupportedError("a batch norm with global statistics, activation, or channels last")
    norm = NormParameters(
        scale=tape.parameter(layer.weight),
        shift=tape.parameter(layer.bias),
        running_mean=tape.parameter(layer._mean),
        running_variance=tape.parameter(layer._variance),
        momentum=layer._momentum,
        epsilon=layer._epsilon,
        uses_batch=layer.training,
    )
    return batch_norm(tape, x, norm, relu)


def _pool2d(tape: Tape, layer: nn.MaxPool2D | nn.AvgPool2D, x: Value) -> Value:
    kernel = _pair(layer.ksize)
    stride = kernel if layer.stride is None else _pair(layer.stride)
    window = Window(kernel, stride, _pair(layer.padding), layer.ceil_mode, overhangs=True)
    if isinstance(layer, nn.MaxPool2D):
        return pooling.pool(tape, x, Algorithm.POOL_MAX, window)
    if not layer.exclusive or layer.divisor:
        raise UnsupportedError("an average pool that counts its padding")
    return pooling.pool(tape, x, Algorithm.POOL_AVERAGE_EXCLUDE_PADDING, window)


def _sequential(tape: Tape, layer: nn.Sequential, x: Value) -> Value:
    return chained(tape, x, *layer)


def _mobilenet_conv(tape: Tape, layer: mobilenet_v3.ConvBNLayer, x: Value) -> Value:
    return normed_and_activated(tape, layer, lower(tape, layer.conv, x))


def normed_and_activated(tape: Tape, layer: mobilenet_v3.ConvBNLayer, x: Value) -> Value:
    """What ``layer`` does behind its convolution."""
    x = batch_normed(tape, layer.bn, x, relu=layer.act is F.relu)
    if layer.act is F.hardswish:
        return _hardswish(tape, x)
    if layer.act not in (None, F.relu):
        raise UnsupportedError(f"activation {layer.act}")
    return x


def _hardswish(tape: Tape, x: Value) -> Value:
    return activation(tape, x, Algorithm.HARDSWISH, 1 / 6, 0.5, is_repeated=True)


def _squeeze_excitation(tape: Tape, layer: mobilenet_v3.SEModule, x: Value) -> Value:
    squeezed = lower(tape, layer.conv1, pooling.global_average(tape, x))
    excited = lower(tape, layer.conv2, activation(tape, squeezed, Algorithm.RELU))
    return pooling.multiply(tape, x, activation(tape, excited, Algorithm.HARDSIGMOID, layer.slope, 0.5))


def _residual_unit(tape: Tape, layer: mobilenet_v3.ResidualUnit, x: Value) -> Value:
    y = chained(tape, x, layer.expand_conv, layer.bottleneck_conv, layer.mid_se, layer.linear_conv)
    return add(tape, x, y) if layer.has_shortcut else y


def _resnet_conv(tape: Tape, layer: resnet_vd.ConvBNLayer, x: Value) -> Value:
    return batch_normed(tape, layer._batch_norm, chained(tape, x, layer.average, layer._conv), relu=layer.relu)


def _basic_block(tape: Tape, layer: resnet_vd.BasicBlock, x: Value) -> Value:
    short = chained(tape, x, layer.short)
    return add(tape, short, chained(tape, x, layer.conv0, layer.conv1), relu=True)


def _bottleneck_block(tape: Tape, layer: resnet_vd.BottleneckBlock, x: Value) -> Value:
    short = chained(tape, x, layer.short)
    return add(tape, short, chained(tape, x, layer.conv0, layer.conv1, layer.conv2), relu=True)


def _rec_mobilenet(tape: Tape, layer: rec_mobilenet_v3.MobileNetV3, x: Value) -> Value:
    return chained(tape, x, layer.conv1, layer.blocks, layer.conv2, layer.pool)


def _rec_resnet(tape: Tape, layer: rec_resnet_vd.ResNet, x: Value) -> Value:
    stem = layer.conv1_1, layer.conv1_2, layer.conv1_3, layer.pool2d_max
    return chained(tape, x, *stem, *layer.blocks, layer.out_pool)


def _depthwise_separable(tape: Tape, layer: pplcnet.DepthwiseSeparable, x: Value) -> Value:
    return chained(tape, x, layer.dw_conv, layer.se, layer.pw_conv)


def _dp_module(tape: Tape, layer: csp_pan.DPModule, x: Value) -> Value:
    x = _hardswish(tape, batch_normed(tape, layer.bn1, lower(tape, layer.dwconv, x)))
    return _hardswish(tape, batch_normed(tape, layer.bn2, lower(tape, layer.pwconv, x)))


def _darknet_bottleneck(tape: Tape, layer: csp_pan.DarknetBottleneck, x: Value) -> Value:
    return chained(tape, x, layer.conv1, layer.conv2)


def _as_list(value: Any) -> list[int]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _pair(value: Any) -> Pair:
    """Height and width of an option that one number may stand for."""
    numbers = _as_list(value)
    if len(numbers) > 2 or any(not isinstance(number, int) for number in numbers):
        raise UnsupportedError(f"a kernel, stride or padding of {value}")
    return numbers[0], numbers[-1]


LOWERINGS: dict[type[nn.Layer], Lowering] = {
    nn.AvgPool2D: _pool2d,
    nn.BatchNorm: batch_normed,
    nn.Conv2D: _conv2d,
    nn.Conv2DTranspose: _conv2d_transpose,
    nn.MaxPool2D: _pool2d,
    nn.Sequential: _sequential,
    csp_pan.DPModule: _dp_module,
    csp_pan.DarknetBottleneck: _darknet_bottleneck,
    mobilenet_v3.ConvBNLayer: _mobilenet_conv,
    mobilenet_v3.ResidualUnit: _residual_unit,
    mobilenet_v3.SEModule: _squeeze_excitation,
    pplcnet.DepthwiseSeparable: _depthwise_separable,
    rec_mobilenet_v3.MobileNetV3: _rec_mobilenet,
    rec_resnet_vd.ResNet: _rec_resnet,
    resnet_vd.BasicBlock: _basic_block,
    resnet_vd.BottleneckBlock: _bottleneck_block,
    resnet_vd.ConvBNLayer: _resnet_conv,
}
"""How each layer type is computed."""
