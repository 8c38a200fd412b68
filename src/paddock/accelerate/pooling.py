"""Pools, and what squeeze and excitation needs of them. Shapes: n pictures, c channels, h rows, w columns."""

from typing import Any

from paddock.accelerate.library import Algorithm, Arg, Handle, Prop, dims
from paddock.accelerate.program import Memory
from paddock.accelerate.tape import Shape, Tape, Value
from paddock.accelerate.window import Window


def pool(tape: Tape, x: Value, algorithm: Algorithm, window: Window) -> Value:
    """Largest or average value of each window."""
    y = tape.new((*x.shape[:2], *window.output_hw(*x.shape[2:])), x.has_gradient)
    forward = _describe(tape, x, y.memory, algorithm, window, None)
    with_workspace = algorithm == Algorithm.POOL_MAX and y.has_gradient
    workspace = {Arg.WORKSPACE: tape.program.workspace(forward)} if with_workspace else {}
    tape.program.run("pool", forward, {Arg.SRC: x.memory, **workspace, Arg.DST: y.memory})

    def append_backward(gradient: Memory) -> None:
        layouts = x.memory.layout, y.memory.layout
        sizes = _sizes(window, x.shape)
        descriptor = tape.library.describe("pooling_backward", int(algorithm), *layouts, *sizes, forward, None)
        result = tape.program.array(x.shape, x.memory.layout)
        tape.program.run("pool backward", descriptor, {Arg.DIFF_DST: gradient, **workspace, Arg.DIFF_SRC: result})
        tape.give_gradient(x, result)

    tape.owe(y, append_backward)
    return y


def global_average(tape: Tape, x: Value) -> Value:
    """Average of each channel, ``[n, c, 1, 1]``."""
    num_images, channels, height, width = x.shape
    y = tape.new((num_images, channels, 1, 1), x.has_gradient)
    whole = Window((height, width), (1, 1), (0, 0))
    forward = _describe(tape, x, y.memory, Algorithm.POOL_AVERAGE, whole, None)
    tape.program.run("pool", forward, {Arg.SRC: x.memory, Arg.DST: y.memory})

    def append_backward(gradient: Memory) -> None:
        share = tape.program.array(y.shape, y.memory.layout)
        tape.map(Algorithm.LINEAR, gradient, share, 1 / (height * width))
        tape.give_gradient(x, share)

    tape.owe(y, append_backward)
    return y


def pool_into(tape: Tape, x: Value, y: Value, algorithm: Algorithm, window: Window, factor: float) -> None:
    """Write ``factor`` times what each window gives, without a backward pass."""
    scale = tape.library.then(Algorithm.LINEAR, factor)
    descriptor = _describe(tape, x, y.memory, algorithm, window, scale)
    tape.program.run("pool", descriptor, {Arg.SRC: x.memory, Arg.DST: y.memory})


def multiply(tape: Tape, x: Value, gate: Value) -> Value:
    """Each channel of ``x`` times its number in ``gate``, ``[n, c, 1, 1]``."""
    y = tape.new(x.shape, x.has_gradient or gate.has_gradient)
    tape.binary(Algorithm.MULTIPLY, x.memory, gate.memory, y.memory)

    def append_backward(gradient: Memory) -> None:
        if gate.has_gradient:
            product = tape.new(x.shape, False)
            tape.binary(Algorithm.MULTIPLY, tape.kept(x), gradient, product.memory)
            height, width = x.shape[2:]
            total = tape.new(gate.shape, False)
            whole = Window((height, width), (1, 1), (0, 0))
            pool_into(tape, product, total, Algorithm.POOL_AVERAGE, whole, float(height * width))
            tape.give_gradient(gate, total.memory)
        if x.has_gradient:
            result = tape.program.array(x.shape, x.memory.layout)
            tape.binary(Algorithm.MULTIPLY, gradient, gate.memory, result)
            tape.give_gradient(x, result)

    tape.owe(y, append_backward)
    return y


def _describe(
    tape: Tape, x: Value, result: Memory, algorithm: Algorithm, window: Window, attributes: Handle | None
) -> Handle:
    prop = Prop.TRAINING if x.has_gradient else Prop.INFERENCE
    layouts = x.memory.layout, result.layout
    sizes = _sizes(window, x.shape)
    return tape.library.describe("pooling_forward", int(prop), int(algorithm), *layouts, *sizes, attributes)


def _sizes(window: Window, shape: Shape) -> tuple[Any, ...]:
    """Stride, kernel, dilation and padding, as oneDNN takes them."""
    after = window.padding_after(shape)
    return dims(window.stride), dims(window.kernel), dims((0, 0)), dims(window.padding), dims(after)
