"""Batch normalization, Ioffe and Szegedy, arXiv:1502.03167, with Paddle's running statistics."""

from ctypes import c_float
from dataclasses import dataclass

from paddock.accelerate.library import Arg, Norm, Prop, part
from paddock.accelerate.program import Memory
from paddock.accelerate.tape import Parameter, Tape, Value


@dataclass(frozen=True)
class NormParameters:
    """The tensors of one batch normalization, and how it treats them."""

    scale: Parameter
    shift: Parameter
    running_mean: Parameter
    running_variance: Parameter
    momentum: float
    epsilon: float
    uses_batch: bool
    """Whether the batch's own statistics count (training) or the running ones (evaluation)."""


def batch_norm(tape: Tape, x: Value, norm: NormParameters, relu: bool) -> Value:
    """Batch normalization, with a ReLU behind it if asked; a batch's statistics move the running ones as in Paddle."""
    channels = (x.shape[1],)
    y = tape.new(x.shape, x.has_gradient or norm.scale.learns or norm.shift.learns)
    options = Norm.SCALE | Norm.SHIFT | (Norm.RELU if relu else 0)
    if norm.uses_batch:
        mean, variance = tape.program.array(channels, "a"), tape.program.array(channels, "a")
    else:
        options |= Norm.GLOBAL_STATISTICS
        mean, variance = tape.tensor(norm.running_mean), tape.tensor(norm.running_variance)
    prop = Prop.TRAINING if y.has_gradient or norm.uses_batch else Prop.INFERENCE
    numbers = c_float(norm.epsilon), int(options)
    layouts = x.memory.layout, y.memory.layout
    forward = tape.library.describe("batch_normalization_forward", int(prop), *layouts, *numbers, None)
    statistics = {Arg.MEAN: mean, Arg.VARIANCE: variance, Arg.SCALE: tape.tensor(norm.scale)}
    workspace = {Arg.WORKSPACE: tape.program.workspace(forward)} if relu and prop == Prop.TRAINING else {}
    arguments = {Arg.SRC: x.memory, **statistics, Arg.SHIFT: tape.tensor(norm.shift), **workspace}
    tape.program.run("norm", forward, arguments | {Arg.DST: y.memory})
    if norm.uses_batch:
        _move(tape, norm.running_mean, mean, norm.momentum)
        _move(tape, norm.running_variance, variance, norm.momentum)

    def append_backward(gradient: Memory) -> None:
        layouts = x.memory.layout, y.memory.layout, x.memory.layout
        descriptor = tape.library.describe(
            "batch_normalization_backward", int(Prop.BACKWARD), *layouts, *numbers, forward, None
        )
        result = tape.program.array(x.shape, x.memory.layout)
        gradients = {
            Arg.DIFF_SCALE: tape.tensor_gradient(norm.scale),
            Arg.DIFF_SHIFT: tape.tensor_gradient(norm.shift),
        }
        arguments = {Arg.DIFF_DST: gradient, Arg.SRC: x.memory, **statistics, **workspace, **gradients}
        tape.program.run("norm backward", descriptor, arguments | {Arg.DIFF_SRC: result}, in_place=True)
        if x.has_gradient:
            tape.give_gradient(x, result)

    tape.owe(y, append_backward)
    return y


def _move(tape: Tape, running: Parameter, batch: Memory, momentum: float) -> None:
    """``running = momentum * running + (1 - momentum) * batch``."""
    target = tape.tensor(running)
    descriptor = tape.library.describe_sum(batch.layout, [batch.layout] * 2, (momentum, 1 - momentum))
    arguments = {part(0): target, part(1): batch, Arg.DST: target}
    tape.program.run("sum", descriptor, arguments)
