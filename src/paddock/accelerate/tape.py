"""A program under construction: values, their gradients, and the backward steps that each operator owes.

Shapes: n pictures, c channels, h rows, w columns. Values are immutable: an operator writes each array once, and a
second gradient of a value gives a new array, so that arrays may be shared freely.
"""

from collections.abc import Callable, Sequence
from ctypes import c_float
from dataclasses import dataclass

from paddle import Tensor

from paddock.accelerate.library import Algorithm, Arg, Handle, OneDnn, Prop, UnsupportedError
from paddock.accelerate.program import External, Memory, Program

Shape = tuple[int, int, int, int]

CHANNELS_LAST = "acdb"
"""oneDNN's tag of feature maps; blocks of 16 channels (``aBcd16b``) are no faster, and slow with 8 or 24 channels."""


@dataclass(frozen=True, eq=False)
class Value:
    """A feature map ``[n, c, h, w]``."""

    memory: Memory
    shape: Shape
    has_gradient: bool
    """Whether something before it learns."""


@dataclass(frozen=True, eq=False)
class Parameter:
    """A tensor of a layer."""

    index: int
    """Among the tensors of the whole network."""
    shape: tuple[int, ...]
    learns: bool


class Tape:
    """What operators write to.

    Args:
        parameters: all tensors of the network, in a fixed order.
        with_gradients: whether a backward pass may follow.
    """

    def __init__(self, library: OneDnn, parameters: Sequence[Tensor], with_gradients: bool) -> None:
        self.library = library
        self.program = Program(library)
        self._indices = {id(tensor): number for number, tensor in enumerate(parameters)}
        self._with_gradients = with_gradients
        self._gradients: dict[Value, Memory] = {}
        self._owed: list[Callable[[], None]] = []
        self.learned: set[int] = set()
        """Parameters that the backward pass writes a gradient of."""

    def parameter(self, tensor: Tensor) -> Parameter:
        """A tensor of the network, as operators take it."""
        learns = self._with_gradients and not tensor.stop_gradient
        return Parameter(self._indices[id(tensor)], tuple(tensor.shape), learns)

    def tensor(self, parameter: Parameter, shape: tuple[int, ...] | None = None) -> Memory:
        """The data of a parameter, seen as ``shape``."""
        return self.program.external(External("parameter", parameter.index), shape or parameter.shape)

    def tensor_gradient(self, parameter: Parameter, shape: tuple[int, ...] | None = None) -> Memory:
        """Where the gradient of a parameter goes; an array that nobody reads if it does not learn."""
        shape = shape or parameter.shape
        if not parameter.learns:
            return self.program.array(shape, "abcdef"[: len(shape)])
        if parameter.index in self.learned:
            raise UnsupportedError("a parameter that two layers share")
        self.learned.add(parameter.index)
        return self.program.external(External("parameter_gradient", parameter.index), shape)

    def input(self, shape: Shape) -> Value:
        """The picture batch."""
        memory = self.program.external(External("input", 0), shape)
        return Value(self.program.reordered(memory, self.library.layout(shape, CHANNELS_LAST)), shape, False)

    def new(self, shape: Shape, has_gradient: bool) -> Value:
        """A value that the next primitive is going to write."""
        return Value(self.program.array(shape, CHANNELS_LAST), shape, has_gradient)

    def owe(self, value: Value, step: Callable[[Memory], None]) -> None:
        """Let ``step`` append the backward primitives, given the gradient of ``value``, once that is complete."""
        if value.has_gradient:
            self._owed.append(lambda: self._pay(value, step))

    def give_gradient(self, value: Value, gradient: Memory) -> None:
        """Add ``gradient`` to what is known of a value's.

        From the second one on, height and width of ``gradient`` may be 1: it is spread over the map.
        """
        known = self._gradients.get(value)
        if known is None:
            if gradient.shape != value.shape:
                raise UnsupportedError("a global average whose input nothing else reads")
            self._gradients[value] = gradient
            return
        total = self.program.array(value.shape, CHANNELS_LAST)
        self.binary(Algorithm.ADD, known, gradient, total)
        self._gradients[value] = total

    def binary(
        self, algorithm: Algorithm, one: Memory, other: Memory, result: Memory, then: Handle | None = None
    ) -> None:
        """Append an element-wise function of two arrays; the second may have height and width 1."""
        layouts = one.layout, other.layout, result.layout
        descriptor = self.library.describe("binary", int(algorithm), *layouts, then)
        self.program.run("binary", descriptor, {Arg.SRC: one, Arg.SRC_1: other, Arg.DST: result}, in_place=True)

    def map(self, algorithm: Algorithm, source: Memory, result: Memory, alpha: float = 0.0, beta: float = 0.0) -> None:
        """Append an element-wise function of one array."""
        factors = c_float(alpha), c_float(beta)
        layouts = source.layout, result.layout
        prop = Prop.TRAINING if self._with_gradients else Prop.INFERENCE
        descriptor = self.library.describe("eltwise_forward", int(prop), int(algorithm), *layouts, *factors, None)
        self.program.run("eltwise", descriptor, {Arg.SRC: source, Arg.DST: result}, in_place=True)

    def finish(self, outputs: Sequence[Value]) -> Program:
        """Copy ``outputs`` to Paddle, append the backward pass, place all arrays."""
        for index, value in enumerate(outputs):
            self.program.reorder(value.memory, self.program.external(External("output", index), value.shape))
        self.program.start_backward()
        for index, value in enumerate(outputs):
            if value.has_gradient:
                gradient = self.program.external(External("output_gradient", index), value.shape)
                self.give_gradient(value, self.program.reordered(gradient, value.memory.layout))
        for step in reversed(self._owed):
            step()
        self.program.finish()
        return self.program

    def _pay(self, value: Value, step: Callable[[Memory], None]) -> None:
        gradient = self._gradients.pop(value, None)
        if gradient is None:
            raise UnsupportedError("a layer's result is not used")
        step(gradient)
