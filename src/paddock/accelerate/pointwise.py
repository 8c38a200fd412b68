"""Operators that keep the shape. Shapes: n pictures, c channels, h rows, w columns."""

from ctypes import c_float

from paddock.accelerate.library import Algorithm, Arg, Prop
from paddock.accelerate.program import Memory
from paddock.accelerate.tape import Tape, Value


def activation(
    tape: Tape, x: Value, algorithm: Algorithm, alpha: float = 0.0, beta: float = 0.0, is_repeated: bool = False
) -> Value:
    """An element-wise function.

    Args:
        is_repeated: the backward pass computes the result once more; see `Tape.repeatable`.
    """
    y = tape.new(x.shape, x.has_gradient)
    factors = c_float(alpha), c_float(beta)
    layouts = x.memory.layout, y.memory.layout
    prop = Prop.TRAINING if y.has_gradient else Prop.INFERENCE
    forward = tape.library.describe("eltwise_forward", int(prop), int(algorithm), *layouts, *factors, None)
    tape.program.run("eltwise", forward, {Arg.SRC: x.memory, Arg.DST: y.memory}, in_place=True)
    if is_repeated:
        tape.repeatable(y, lambda copy: tape.program.run("eltwise", forward, {Arg.SRC: x.memory, Arg.DST: copy}))

    def append_backward(gradient: Memory) -> None:
        layout = x.memory.layout
        descriptor = tape.library.describe(
            "eltwise_backward", int(algorithm), layout, layout, layout, *factors, forward, None
        )
        result = tape.program.array(x.shape, layout)
        arguments = {Arg.DIFF_DST: gradient, Arg.SRC: x.memory, Arg.DIFF_SRC: result}
        tape.program.run("eltwise backward", descriptor, arguments, in_place=True)
        tape.give_gradient(x, result)

    tape.owe(y, append_backward)
    return y


def add(tape: Tape, one: Value, other: Value, relu: bool = False) -> Value:
    """``one + other``, with a ReLU behind it if asked."""
    y = tape.new(one.shape, one.has_gradient or other.has_gradient)
    then = tape.library.then(Algorithm.RELU) if relu else None
    tape.binary(Algorithm.ADD, one.memory, other.memory, y.memory, then)

    def append_backward(gradient: Memory) -> None:
        if relu:
            gradient = _gradient_from_output(tape, Algorithm.RELU_FROM_OUTPUT, y, gradient)
        for value in (one, other):
            if value.has_gradient:
                tape.give_gradient(value, gradient)

    tape.owe(y, append_backward)
    return y


def difference(tape: Tape, one: Value, other: Value, factor: float) -> Value:
    """``factor * (one - other)``."""
    y = tape.new(one.shape, one.has_gradient or other.has_gradient)
    then = tape.library.then(Algorithm.LINEAR, factor)
    tape.binary(Algorithm.SUBTRACT, one.memory, other.memory, y.memory, then)

    def append_backward(gradient: Memory) -> None:
        for value, sign in ((one, 1), (other, -1)):
            if value.has_gradient:
                share = tape.program.array(value.shape, value.memory.layout)
                tape.map(Algorithm.LINEAR, gradient, share, sign * factor)
                tape.give_gradient(value, share)

    tape.owe(y, append_backward)
    return y


def sigmoid(tape: Tape, x: Value) -> Value:
    """``1 / (1 + exp(-x))``."""
    y = tape.new(x.shape, x.has_gradient)
    tape.map(Algorithm.LOGISTIC, x.memory, y.memory)

    def append_backward(gradient: Memory) -> None:
        tape.give_gradient(x, _gradient_from_output(tape, Algorithm.LOGISTIC_FROM_OUTPUT, y, gradient))

    tape.owe(y, append_backward)
    return y


def softmax(tape: Tape, x: Value) -> Value:
    """``exp(x)`` over its sum along the last dimension."""
    y = Value(tape.program.array(x.shape, x.memory.layout), x.has_gradient)
    layout, axis, kind = x.memory.layout, len(x.shape) - 1, int(Algorithm.SOFTMAX)
    prop = Prop.TRAINING if y.has_gradient else Prop.INFERENCE
    forward = tape.library.describe("softmax_forward", int(prop), kind, layout, layout, axis, None)
    tape.program.run("softmax", forward, {Arg.SRC: x.memory, Arg.DST: y.memory}, in_place=True)

    def append_backward(gradient: Memory) -> None:
        descriptor = tape.library.describe("softmax_backward", kind, layout, layout, layout, axis, forward, None)
        result = tape.program.array(x.shape, layout)
        arguments = {Arg.DIFF_DST: gradient, Arg.DST: y.memory, Arg.DIFF_SRC: result}
        tape.program.run("softmax backward", descriptor, arguments)
        tape.give_gradient(x, result)

    tape.owe(y, append_backward)
    return y


def _gradient_from_output(tape: Tape, algorithm: Algorithm, y: Value, gradient: Memory) -> Memory:
    """Gradient before an element-wise function, from that behind it and the function's result."""
    layout, none, kind = y.memory.layout, c_float(0), int(algorithm)
    forward = tape.library.describe("eltwise_forward", int(Prop.TRAINING), kind, layout, layout, none, none, None)
    descriptor = tape.library.describe("eltwise_backward", kind, layout, layout, layout, none, none, forward, None)
    result = tape.program.array(y.shape, layout)
    arguments = {Arg.DIFF_DST: gradient, Arg.DST: y.memory, Arg.DIFF_SRC: result}
    tape.program.run("eltwise backward", descriptor, arguments, in_place=True)
    return result
