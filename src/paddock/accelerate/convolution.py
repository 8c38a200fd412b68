"""Convolution and its transposition.

Shapes: n pictures, c channels, h rows, w columns; o output channels, g groups, k kernel size.
"""

from dataclasses import dataclass
from typing import Literal

from paddock.accelerate.library import Algorithm, Arg, Handle, Prop, Query, UnsupportedError, dims
from paddock.accelerate.program import Memory, row_major
from paddock.accelerate.tape import Tape, Value
from paddock.accelerate.window import Pair, Window


def convolution(
    tape: Tape, x: Value, weight: Value, bias: Value | None, window: Window, groups: int = 1, onto: Value | None = None
) -> Value:
    """Convolution with kernels ``[o, c / g, k, k]``.

    Args:
        onto: a map that the result is added to, and takes the place of: nothing else may read it.
    """
    return _computed(tape, Convolution(tape, x, weight, bias, plain_way(x, window), groups, onto))


def transposed_convolution(
    tape: Tape, x: Value, weight: Value, bias: Value | None, window: Window, onto: Value | None = None
) -> Value:
    """Each pixel of ``x`` times kernels ``[o, c, k, k]``, laid over each other; `onto` as for `convolution`."""
    return _computed(tape, Convolution(tape, x, weight, bias, transposed_way(x, window), 1, onto))


@dataclass(frozen=True)
class Way:
    """Which primitive, and where its kernels go."""

    kind: Literal["convolution", "deconvolution"]
    algorithm: Algorithm
    window: Window
    padding_after: Pair
    output_hw: Pair


def plain_way(x: Value, window: Window) -> Way:
    """Kernels slide over ``x``."""
    output = window.output_hw(*x.shape[2:])
    return Way("convolution", Algorithm.CONVOLUTION_DIRECT, window, window.padding_after(x.shape), output)


def transposed_way(x: Value, window: Window) -> Way:
    """Each pixel of ``x`` covers a kernel's worth of the result."""
    output = window.covered_hw(*x.shape[2:])
    return Way("deconvolution", Algorithm.DECONVOLUTION_DIRECT, window, window.padding, output)


class Convolution:
    """The primitives of one convolution, each to be appended where it is needed."""

    def __init__(
        self, tape: Tape, x: Value, weight: Value, bias: Value | None, way: Way, groups: int, onto: Value | None
    ) -> None:
        self.tape, self.x, self.weight, self.bias, self.way, self.onto = tape, x, weight, bias, way, onto
        num_outputs, *rest = weight.shape
        self.shape = weight.shape if groups == 1 else (groups, num_outputs // groups, *rest)
        inputs = [value for value in (x, weight, bias, onto) if value]
        learns = any(value.has_gradient for value in inputs)
        shape = x.shape[0], num_outputs, *way.output_hw
        if onto and onto.shape != shape:
            raise UnsupportedError(f"a map of {onto.shape} to which one of {shape} shall be added")
        result = onto.memory if onto else tape.new(shape, learns).memory
        self.y = Value(result, learns)
        any_layout = tape.library.layout(self.shape, "any")
        bias_layout = bias.memory.layout if bias else None
        window = way.window
        steps = dims(window.stride), dims((0, 0)), dims(window.padding), dims(way.padding_after)
        self.whole = x.memory.layout, any_layout, bias_layout, result.layout, *steps
        self.without_bias = x.memory.layout, any_layout, result.layout, *steps
        self.prop = Prop.TRAINING if learns else Prop.INFERENCE
        self.forward = self._describe_forward(None)

    def compute(self) -> None:
        """Append the forward primitive."""
        descriptor = self._describe_forward(self.tape.library.onto()) if self.onto else self.forward
        arguments: dict[Arg, Memory] = {Arg.SRC: self.x.memory, Arg.WEIGHTS: self._weights(descriptor)}
        if self.bias:
            arguments[Arg.BIAS] = self.bias.memory
        self.tape.program.run(self.way.kind, descriptor, arguments | {Arg.DST: self.y.memory})

    def give_gradients(self, gradient: Memory) -> None:
        """Append what the backward pass needs, given the gradient of the result."""
        self.give_weight_gradients(gradient)
        if self.x.has_gradient:
            algorithm = int(self.way.algorithm)
            descriptor = self._describe("backward_data", algorithm, *self.without_bias, self.forward, None)
            result = self.tape.program.array(self.x.shape, self.x.memory.layout)
            arguments = {Arg.DIFF_DST: gradient, Arg.WEIGHTS: self._weights(descriptor), Arg.DIFF_SRC: result}
            self.tape.program.run(f"{self.way.kind} data", descriptor, arguments)
            self.tape.give_gradient(self.x, result)
        if self.onto and self.onto.has_gradient:
            self.tape.give_gradient(self.onto, gradient)

    def give_weight_gradients(self, gradient: Memory) -> None:
        """The part of it that kernels and bias need."""
        if not (self.weight.has_gradient or (self.bias and self.bias.has_gradient)):
            return
        algorithm = int(self.way.algorithm)
        descriptor = self._describe("backward_weights", algorithm, *self.whole, self.forward, None)
        found = self.tape.program.array(self.shape, self.tape.library.chosen(descriptor, Query.DIFF_WEIGHTS))
        arguments = {Arg.SRC: self.tape.kept(self.x), Arg.DIFF_DST: gradient, Arg.DIFF_WEIGHTS: found}
        if self.bias:
            arguments[Arg.DIFF_BIAS] = self.tape.program.array(self.bias.shape, self.bias.memory.layout)
        self.tape.program.run(f"{self.way.kind} weights", descriptor, arguments)
        if self.bias and self.bias.has_gradient:
            self.tape.give_gradient(self.bias, arguments[Arg.DIFF_BIAS])
        if self.weight.has_gradient:
            self.tape.give_gradient(self.weight, self._ungrouped(found))

    def _describe_forward(self, attributes: Handle | None) -> Handle:
        return self._describe("forward", int(self.prop), int(self.way.algorithm), *self.whole, attributes)

    def _describe(self, direction: str, *arguments: object) -> Handle:
        return self.tape.library.describe(f"{self.way.kind}_{direction}", *arguments)

    def _ungrouped(self, gradient: Memory) -> Memory:
        if self.shape == self.weight.shape:
            return gradient
        plain = self.tape.program.reordered(gradient, self._row_major(self.shape))
        return self.tape.program.view(plain, self.weight.shape, self._row_major(self.weight.shape))

    def _weights(self, descriptor: Handle) -> Memory:
        chosen = self.tape.library.chosen(descriptor, Query.WEIGHTS)
        memory = self.weight.memory
        if self.shape != self.weight.shape:
            memory = self.tape.program.view(memory, self.shape, self._row_major(self.shape))
        return self.tape.program.reordered(memory, chosen)

    def _row_major(self, shape: tuple[int, ...]) -> Handle:
        return self.tape.library.layout(shape, row_major(shape))


def _computed(tape: Tape, convolution: Convolution) -> Value:
    convolution.compute()
    tape.owe(convolution.y, convolution.give_gradients)
    return convolution.y
