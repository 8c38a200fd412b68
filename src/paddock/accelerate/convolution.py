"""Convolution. Shapes: n pictures, c channels, h rows, w columns; o output channels, g groups, k kernel size."""

from paddock.accelerate.library import Algorithm, Arg, Handle, Prop, Query, dims
from paddock.accelerate.program import Memory
from paddock.accelerate.tape import Parameter, Tape, Value
from paddock.accelerate.window import Window


def convolution(tape: Tape, x: Value, weight: Parameter, bias: Parameter | None, window: Window, groups: int) -> Value:
    """Convolution with kernels ``[o, c / g, k, k]``."""
    return _Convolution(tape, x, weight, bias, window, groups).append()


class _Convolution:
    """The primitives of one convolution."""

    def __init__(
        self, tape: Tape, x: Value, weight: Parameter, bias: Parameter | None, window: Window, groups: int
    ) -> None:
        self.tape, self.x, self.weight, self.bias = tape, x, weight, bias
        num_outputs, *rest = weight.shape
        self.shape = weight.shape if groups == 1 else (groups, num_outputs // groups, *rest)
        learns = x.has_gradient or weight.learns or (bias is not None and bias.learns)
        self.y = tape.new((x.shape[0], num_outputs, *window.output_hw(*x.shape[2:])), learns)
        any_layout = tape.library.layout(self.shape, "any")
        bias_layout = tape.library.layout(bias.shape, "a") if bias else None
        strides = dims(window.stride), dims((0, 0)), dims(window.padding), dims(window.padding_after(x.shape))
        direct = int(Algorithm.CONVOLUTION_DIRECT)
        source, result = x.memory.layout, self.y.memory.layout
        self.whole = source, any_layout, bias_layout, result, *strides
        self.without_bias = source, any_layout, result, *strides
        prop = Prop.TRAINING if learns else Prop.INFERENCE
        self.forward = tape.library.describe("convolution_forward", int(prop), direct, *self.whole, None)

    def append(self) -> Value:
        arguments = {
            Arg.SRC: self.x.memory,
            Arg.WEIGHTS: self._weights(self.forward),
        }
        if self.bias:
            arguments[Arg.BIAS] = self.tape.tensor(self.bias)
        self.tape.program.run("convolution", self.forward, arguments | {Arg.DST: self.y.memory})
        self.tape.owe(self.y, self._append_backward)
        return self.y

    def _append_backward(self, gradient: Memory) -> None:
        direct = int(Algorithm.CONVOLUTION_DIRECT)
        if self.weight.learns or (self.bias and self.bias.learns):
            descriptor = self.tape.library.describe(
                "convolution_backward_weights", direct, *self.whole, self.forward, None
            )
            self._append_weights(gradient, descriptor)
        if self.x.has_gradient:
            descriptor = self.tape.library.describe(
                "convolution_backward_data", direct, *self.without_bias, self.forward, None
            )
            result = self.tape.program.array(self.x.shape, self.x.memory.layout)
            arguments = {Arg.DIFF_DST: gradient, Arg.WEIGHTS: self._weights(descriptor), Arg.DIFF_SRC: result}
            self.tape.program.run("convolution data", descriptor, arguments)
            self.tape.give_gradient(self.x, result)

    def _append_weights(self, gradient: Memory, descriptor: Handle) -> None:
        target = self.tape.tensor_gradient(self.weight, self.shape)
        chosen = self.tape.library.chosen(descriptor, Query.DIFF_WEIGHTS)
        is_direct = self.tape.library.same(chosen, target.layout)
        found = target if is_direct else self.tape.program.array(self.shape, chosen)
        arguments = {Arg.SRC: self.x.memory, Arg.DIFF_DST: gradient, Arg.DIFF_WEIGHTS: found}
        if self.bias:
            arguments[Arg.DIFF_BIAS] = self.tape.tensor_gradient(self.bias)
        self.tape.program.run("convolution weights", descriptor, arguments)
        if not is_direct:
            self.tape.program.reorder(found, target)

    def _weights(self, descriptor: Handle) -> Memory:
        chosen = self.tape.library.chosen(descriptor, Query.WEIGHTS)
        return self.tape.program.reordered(self.tape.tensor(self.weight, self.shape), chosen)
