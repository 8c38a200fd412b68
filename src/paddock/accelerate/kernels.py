"""Arithmetic with the kernels of convolutions, so that several linear layers become one. No number is approximated.

Shapes: o output channels, m channels between two layers, c input channels, k kernel size.
"""

import numpy as np

from paddock.accelerate.convolution import convolution
from paddock.accelerate.program import row_major
from paddock.accelerate.rearranging import arranged, viewed
from paddock.accelerate.tape import CHANNELS_LAST, Tape, Value
from paddock.accelerate.window import Window

_ONE_PIXEL = Window((1, 1), (1, 1), (0, 0))


def composed(tape: Tape, outer: Value, inner: Value) -> Value:
    """Kernels ``[o, c, k, k]`` that do what ``outer``, ``[o, m, k, k]``, does after ``inner``, ``[m, c, 1, 1]``.

    A convolution itself: of ``outer``, taken for ``o`` pictures with ``m`` channels.
    """
    middle, channels, *_ = inner.shape
    turned = viewed(tape, inner, (channels, middle, 1, 1), "bacd")
    found = convolution(tape, arranged(tape, outer, CHANNELS_LAST), turned, None, _ONE_PIXEL)
    return arranged(tape, found, row_major(found.shape))


def spread(tape: Tape, kernels: Value, factor: int) -> Value:
    """Kernels of the transposed convolution that enlarges ``factor`` times, then convolves with ``kernels``.

    Of ``[o, c, k, k]`` it makes ``[o, c, size, size]`` with ``size == factor + k - 1``; its stride is ``factor``, its
    padding ``k // 2``. An enlarged pixel covers ``factor`` places in each direction; seen from the pixel, a place of
    the result adds up the kernel's values that meet one of them.
    """
    outputs, channels, size, _ = kernels.shape
    grown = factor + size - 1
    meets = np.zeros((grown, size), np.float32)
    for place, value in np.ndindex(grown, size):
        meets[place, value] = 0 <= place + value - (size - 1) < factor
    both = np.kron(meets, meets).reshape(grown * grown, size * size, 1, 1)
    rows = viewed(tape, kernels, (1, size * size, 1, outputs * channels), CHANNELS_LAST)
    found = convolution(tape, rows, Value(tape.program.constant(both), False), None, _ONE_PIXEL)
    return viewed(tape, found, (outputs, channels, grown, grown), "abcd")
