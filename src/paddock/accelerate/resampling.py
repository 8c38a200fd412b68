"""Enlarging and cutting feature maps. Shapes: n pictures, c channels, h rows, w columns."""

from ctypes import c_float

from paddock.accelerate.library import Algorithm, Arg, Prop
from paddock.accelerate.program import Memory
from paddock.accelerate.tape import Tape, Value


def enlarged(tape: Tape, x: Value, factor: int) -> Value:
    """Each pixel ``factor`` times in each direction."""
    num_images, channels, height, width = x.shape
    y = tape.new((num_images, channels, factor * height, factor * width), x.has_gradient)
    factors = (c_float * 2)(factor, factor)
    layouts = x.memory.layout, y.memory.layout
    nearest, prop = int(Algorithm.NEAREST), Prop.TRAINING if y.has_gradient else Prop.INFERENCE
    forward = tape.library.describe("resampling_forward", int(prop), nearest, factors, *layouts, None)
    tape.program.run("enlarge", forward, {Arg.SRC: x.memory, Arg.DST: y.memory})

    def append_backward(gradient: Memory) -> None:
        descriptor = tape.library.describe("resampling_backward", nearest, factors, *layouts, forward, None)
        result = tape.program.array(x.shape, x.memory.layout)
        tape.program.run("enlarge backward", descriptor, {Arg.DIFF_DST: gradient, Arg.DIFF_SRC: result})
        tape.give_gradient(x, result)

    tape.owe(y, append_backward)
    return y


def cut(tape: Tape, x: Value, height: int, width: int) -> Value:
    """The top left part of each map; ``x`` itself where it is no larger."""
    shape = (*x.shape[:2], height, width)
    if x.shape == shape:
        return x

    def part_of(memory: Memory) -> Memory:
        return tape.program.view(memory, shape, tape.library.slice(memory.layout, shape, (0, 0, 0, 0)))

    y = tape.new(shape, x.has_gradient)
    tape.program.reorder(part_of(x.memory), y.memory)

    def append_backward(gradient: Memory) -> None:
        whole = tape.program.array(x.shape, x.memory.layout)
        tape.map(Algorithm.LINEAR, x.memory, whole, alpha=0.0)
        tape.program.reorder(gradient, part_of(whole))
        tape.give_gradient(x, whole)

    tape.owe(y, append_backward)
    return y
