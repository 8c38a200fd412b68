"""Operators that change no number: views, other layouts, parts, repetition."""

from collections.abc import Sequence

from paddock.accelerate.library import Arg, part
from paddock.accelerate.program import Memory, row_major
from paddock.accelerate.tape import Shape, Tape, Value


def viewed(tape: Tape, x: Value, shape: Shape, tag: str) -> Value:
    """The same numbers as an array of ``shape`` that lies as ``tag`` says; nothing is moved.

    Args:
        x: a dense array.
    """
    y = Value(tape.program.view(x.memory, shape, tape.library.layout(shape, tag)), x.has_gradient)

    def append_backward(gradient: Memory) -> None:
        tape.give_gradient(x, tape.program.view(gradient, x.shape, x.memory.layout))

    tape.owe(y, append_backward)
    return y


def arranged(tape: Tape, x: Value, tag: str) -> Value:
    """The same array in another layout."""
    layout = tape.library.layout(x.shape, tag)
    if tape.library.same(layout, x.memory.layout):
        return x
    y = Value(tape.program.reordered(x.memory, layout), x.has_gradient)
    tape.owe(y, lambda gradient: tape.give_gradient(x, gradient), in_any_layout=True)
    return y


def split(tape: Tape, x: Value, sizes: Sequence[int]) -> list[Value]:
    """Parts of ``x`` along its second dimension, each in row-major order."""
    parts = []
    for piece in tape.program.pieces(x.memory, sizes, axis=1):
        dense = tape.program.reordered(piece, tape.library.layout(piece.shape, row_major(piece.shape)))
        parts.append(Value(dense, x.has_gradient))

    def append_backward(gradients: list[Memory]) -> None:
        whole = tape.program.array(x.shape, row_major(x.shape))
        for gradient, piece in zip(gradients, tape.program.pieces(whole, sizes, axis=1), strict=True):
            tape.program.reorder(gradient, piece)
        tape.give_gradient(x, whole)

    tape.owe_all(parts, append_backward, in_any_layout=True)
    return parts


def joined(tape: Tape, parts: Sequence[Value], axis: int) -> Value:
    """Arrays behind each other along a dimension, in row-major order."""
    sizes = [value.shape[axis] for value in parts]
    shape = (*parts[0].shape[:axis], sum(sizes), *parts[0].shape[axis + 1 :])
    y = Value(tape.program.array(shape, row_major(shape)), any(value.has_gradient for value in parts))
    for value, piece in zip(parts, tape.program.pieces(y.memory, sizes, axis), strict=True):
        tape.program.reorder(value.memory, piece)

    def append_backward(gradient: Memory) -> None:
        for value, piece in zip(parts, tape.program.pieces(gradient, sizes, axis), strict=True):
            if value.has_gradient:
                tape.give_gradient(value, tape.program.reordered(piece, value.memory.layout))

    tape.owe(y, append_backward)
    return y


def repeated(tape: Tape, x: Value, count: int) -> Value:
    """A vector ``count`` times behind itself."""
    (length,) = x.shape
    y = Value(tape.program.array((count * length,), "a"), x.has_gradient)
    descriptor = tape.library.describe_concat(y.memory.layout, [x.memory.layout] * count, 0)
    arguments: dict[int, Memory] = {part(index): x.memory for index in range(count)}
    tape.program.run("concat", descriptor, arguments | {Arg.DST: y.memory})

    def append_backward(gradient: Memory) -> None:
        pieces = tape.program.pieces(gradient, [length] * count, axis=0)
        total = tape.program.array(x.shape, "a")
        layouts = [piece.layout for piece in pieces]
        summands: dict[int, Memory] = {part(index): piece for index, piece in enumerate(pieces)}
        described = tape.library.describe_sum(total.layout, layouts, [1.0] * count)
        tape.program.run("sum", described, summands | {Arg.DST: total})
        tape.give_gradient(x, total)

    tape.owe(y, append_backward)
    return y
