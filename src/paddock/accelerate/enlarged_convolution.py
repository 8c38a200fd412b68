"""A 3x3 convolution of a map enlarged an even number of times, without the enlarged map.

Forward it is a transposed convolution whose kernels `spread` makes. Backward, each of a kernel's nine values needs sums
of the result's gradient over the squares that enlarged pixels cover, moved by -1, 0 or 1 in each direction. Sums over
moved squares are average pools, cheap beside convolutions. Along one direction the middle value needs the squares of
all pixels, side by side; the outer two need those that begin one earlier and one later, which are neighbours among
squares that begin two apart. So there are four maps of sums, and convolutions over them with one or two values in each
direction.

Shapes: n pictures, c channels, h rows, w columns; o output channels, s times enlarged.
"""

from dataclasses import replace
from itertools import product

from paddock.accelerate.convolution import Convolution, plain_way, transposed_way
from paddock.accelerate.kernels import spread
from paddock.accelerate.library import Algorithm
from paddock.accelerate.pooling import pool_into
from paddock.accelerate.program import Memory
from paddock.accelerate.tape import Tape, Value
from paddock.accelerate.window import Window

Which = tuple[bool, bool]
"""Whether the outer values are meant or the middle one, along rows and columns."""

_MAPS: tuple[Which, ...] = ((False, False), (False, True), (True, False), (True, True))

_VALUES = {False: (1,), True: (2, 0)}
"""The values of three in a row that read a map of sums. A later one looks further ahead: its square begins earlier."""


def enlarged_convolution(tape: Tape, x: Value, kernels: Value, factor: int, onto: Value | None = None) -> Value:
    """Convolution of ``x``, enlarged ``factor`` times, with ``kernels`` ``[o, c, 3, 3]`` in row-major order.

    Args:
        factor: an even number.
        onto: a map that the result is added to, and takes the place of: nothing else may read it.

    Shape:
        in  ``[n, c, h, w]``
        out ``[n, o, s * h, s * w]``
    """
    still_onto = _still(onto) if onto else None
    window = Window((factor + 2, factor + 2), (factor, factor), (1, 1))
    grown = spread(tape, _still(kernels), factor)
    forward = Convolution(tape, _still(x), grown, None, transposed_way(x, window), 1, still_onto)
    forward.compute()
    y = Value(forward.y.memory, any(value.has_gradient for value in (x, kernels, onto) if value))
    parts = _parts(tape, kernels) if y.has_gradient else []

    def append_backward(gradient: Memory) -> None:
        found: Value | None = None
        for which, part in zip(_MAPS, parts, strict=True):
            sums = _sums(tape, gradient, factor, which)
            rows, columns = (factor // 2 if is_outer else 1 for is_outer in which)
            window = Window((part.shape[2], part.shape[3]), (rows, columns), (0, 0))
            back = Convolution(tape, sums, part, None, plain_way(sums, window), 1, found)
            back.give_weight_gradients(x.memory)
            if x.has_gradient:
                back.compute()
                found = _still(back.y)
        if found:
            tape.give_gradient(x, found.memory)
        if onto and onto.has_gradient:
            tape.give_gradient(onto, gradient)

    tape.owe(y, append_backward)
    return y


def _sums(tape: Tape, gradient: Memory, factor: int, which: Which) -> Value:
    """A map of sums over squares."""
    rows, columns = (2 if is_outer else factor for is_outer in which)
    window = Window((factor, factor), (rows, columns), (int(which[0]), int(which[1])))
    sums = tape.new((*gradient.shape[:2], *window.output_hw(*gradient.shape[2:])), False)
    pool_into(tape, Value(gradient, False), sums, Algorithm.POOL_AVERAGE, window, float(factor**2))
    return sums


def _parts(tape: Tape, kernels: Value) -> list[Value]:
    """Kernels ``[c, o, 1 or 2, 1 or 2]`` for each of the four maps of sums."""
    outputs, channels, *_ = kernels.shape
    parts = []
    for which in _MAPS:
        size = tuple(len(_VALUES[is_outer]) for is_outer in which)
        memory = tape.program.array((channels, outputs, *size), "abcd")
        for source, target in _places(tape, kernels.memory, memory, which):
            tape.program.reorder(source, target)
        parts.append(Value(memory, kernels.has_gradient))

    def append_backward(gradients: list[Memory]) -> None:
        whole = tape.program.array(kernels.shape, "abcd")
        for which, gradient in zip(_MAPS, gradients, strict=True):
            for target, source in _places(tape, whole, gradient, which):
                tape.program.reorder(source, target)
        tape.give_gradient(kernels, whole)

    tape.owe_all(parts, append_backward)
    return parts


def _places(tape: Tape, kernels: Memory, part: Memory, which: Which) -> list[tuple[Memory, Memory]]:
    """Where the values that ``part`` takes lie in ``kernels`` ``[o, c, 3, 3]``, and where in ``part``."""
    outputs, channels, *size = kernels.shape
    shape = channels, outputs, 1, 1
    turned = tape.program.view(kernels, (channels, outputs, *size), tape.library.layout((*shape[:2], *size), "bacd"))
    found = []
    for (i, row), (j, column) in product(*(enumerate(_VALUES[is_outer]) for is_outer in which)):
        source = tape.library.slice(turned.layout, shape, (0, 0, row, column))
        target = tape.library.slice(part.layout, shape, (0, 0, i, j))
        found.append((tape.program.view(turned, shape, source), tape.program.view(part, shape, target)))
    return found


def _still(value: Value) -> Value:
    """The same numbers, of which no gradient is wanted."""
    return replace(value, has_gradient=False)
