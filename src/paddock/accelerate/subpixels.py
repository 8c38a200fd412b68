"""Transposed convolutions whose kernels do not overlap, on maps whose pixels stay where they came from.

Such a layer makes ``k * k`` pixels of one: it is a 1x1 convolution with ``k * k`` times as many channels. What it gives
lies as ``[n, h, w, k, k, o]``, which is a feature map ``[n, o, h, w * k * k]`` to all that treats pixels alike: batch
norm, activations, another such layer. Only `whole` moves each pixel to its place.

Shapes: n pictures, c channels, h rows, w columns; o output channels, k kernel size.
"""

from paddock.accelerate.convolution import convolution
from paddock.accelerate.rearranging import arranged, repeated, viewed
from paddock.accelerate.tape import CHANNELS_LAST, Tape, Value
from paddock.accelerate.window import Window

_ONE_PIXEL = Window((1, 1), (1, 1), (0, 0))


def divided(tape: Tape, x: Value, weight: Value, bias: Value | None) -> Value:
    """The layer with kernels ``[c, o, k, k]`` and stride ``k``: from ``[n, c, h, w]`` to ``[n, o, h, w * k * k]``."""
    channels, outputs, size, _ = weight.shape
    num_images, _, height, width = x.shape
    by_place = viewed(tape, arranged(tape, weight, "cdba"), (size * size * outputs, channels, 1, 1), "abcd")
    biases = repeated(tape, bias, size * size) if bias else None
    y = convolution(tape, x, by_place, biases, _ONE_PIXEL)
    return viewed(tape, y, (num_images, outputs, height, width * size * size), CHANNELS_LAST)


def whole(tape: Tape, x: Value, width: int, size: int) -> Value:
    """The picture ``[n, o, h * k * k, w * k * k]`` that two such layers made, seen as ``[n, o, h, k, k, w, k, k]``.

    Args:
        x: ``[n, o, h, w * k * k * k * k]``.
        width: ``w``.
        size: ``k`` of both layers.
    """
    num_images, channels, height, _ = x.shape
    return viewed(tape, x, (num_images, channels, height, size, size, width, size, size), "acfdgehb")
