"""A program under construction: values, their gradients, and the backward steps that each operator owes.

Shapes: n pictures, c channels, h rows, w columns. Values are immutable: an operator writes each array once, and a
second gradient of a value gives a new array, so that arrays may be shared freely.
"""

from collections.abc import Callable, Sequence
from ctypes import c_float
from dataclasses import dataclass
from typing import Literal

from paddle import Tensor

from paddock.accelerate.library import Algorithm, Arg, Handle, OneDnn, Prop, UnsupportedError
from paddock.accelerate.program import External, Memory, Program, row_major

Shape = tuple[int, ...]

CHANNELS_LAST = "acdb"
"""oneDNN's tag of feature maps; blocks of 16 channels (``aBcd16b``) are no faster, and slow with 8 or 24 channels."""


@dataclass(frozen=True, eq=False)
class Value:
    """A feature map ``[n, c, h, w]``, or weights that take part in the computation."""

    memory: Memory
    has_gradient: bool
    """Whether it, or something before it, learns."""

    @property
    def shape(self) -> Shape:
        """Its size, in oneDNN's order of dimensions."""
        return self.memory.shape


@dataclass(frozen=True, eq=False)
class Parameter:
    """A tensor of a layer."""

    index: int
    """Among the tensors of the whole network."""
    shape: tuple[int, ...]
    learns: bool


@dataclass(frozen=True)
class Output:
    """A tensor that a network gives: feature maps, whose channels lie behind each other."""

    parts: tuple[Value, ...]
    shape: Shape
    """How the caller sees the numbers, once they are in row-major order."""


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
        self._variables: dict[int, Value] = {}
        self._repeats: dict[Value, Callable[[Memory], None]] = {}
        self._repeated: dict[Value, Memory] = {}
        self._owed: list[Callable[[], None]] = []
        self.learned: set[int] = set()
        """Parameters that the backward pass writes a gradient of."""

    def parameter(self, tensor: Tensor) -> Parameter:
        """A tensor of the network, as operators take it that read and write it directly."""
        learns = self._with_gradients and not tensor.stop_gradient
        return Parameter(self._indices[id(tensor)], tuple(tensor.shape), learns)

    def tensor(self, parameter: Parameter) -> Memory:
        """The data of a parameter."""
        return self.program.external(External("parameter", parameter.index), parameter.shape)

    def tensor_gradient(self, parameter: Parameter) -> Memory:
        """Where the gradient of a parameter goes; an array that nobody reads if it does not learn."""
        if not parameter.learns:
            return self.program.array(parameter.shape, row_major(parameter.shape))
        if parameter.index in self.learned:
            raise UnsupportedError("a parameter that two layers share")
        self.learned.add(parameter.index)
        return self.program.external(External("parameter_gradient", parameter.index), parameter.shape)

    def variable(self, tensor: Tensor) -> Value:
        """A tensor of the network as a value, in row-major order; any number of operators may read it."""
        parameter = self.parameter(tensor)
        if parameter.index not in self._variables:
            value = Value(self.tensor(parameter), parameter.learns)
            target = self.tensor_gradient
            self.owe(value, lambda gradient: self.program.reorder(gradient, target(parameter)), in_any_layout=True)
            self._variables[parameter.index] = value
        return self._variables[parameter.index]

    def input(self, shape: Shape) -> Value:
        """The picture batch."""
        memory = self.program.external(External("input", 0), shape)
        return Value(self.program.reordered(memory, self.library.layout(shape, CHANNELS_LAST)), False)

    def new(self, shape: Shape, has_gradient: bool) -> Value:
        """A feature map that the next primitive is going to write."""
        return Value(self.program.array(shape, CHANNELS_LAST), has_gradient)

    def repeatable(self, value: Value, repeat: Callable[[Memory], None]) -> None:
        """Let the backward pass compute ``value`` once more instead of keeping it: for what takes less time than room.

        Args:
            repeat: appends the primitives, given where the numbers go; what they read is kept.
        """
        self._repeats[value] = repeat

    def kept(self, value: Value) -> Memory:
        """The numbers of ``value`` for a backward step."""
        if value not in self._repeats:
            return value.memory
        if value not in self._repeated:
            self._repeated[value] = self.program.array(value.shape, value.memory.layout)
            self._repeats[value](self._repeated[value])
        return self._repeated[value]

    def owe(self, value: Value, step: Callable[[Memory], None], in_any_layout: bool = False) -> None:
        """Let ``step`` append the backward primitives, given the gradient of ``value``, once that is complete.

        Args:
            in_any_layout: the gradient may lie in another order than the value.
        """
        self.owe_all([value], lambda gradients: step(gradients[0]), in_any_layout)

    def owe_all(
        self, values: Sequence[Value], step: Callable[[list[Memory]], None], in_any_layout: bool = False
    ) -> None:
        """The same for an operator with several results."""
        if any(value.has_gradient for value in values):
            self._owed.append(lambda: step([self._gradient(value, in_any_layout) for value in values]))

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
        if gradient.shape == known.shape:
            gradient = self.program.reordered(gradient, known.layout)
        total = self.program.array(value.shape, known.layout)
        self.binary(Algorithm.ADD, known, gradient, total)
        self._gradients[value] = total

    def binary(
        self, algorithm: Algorithm, one: Memory, other: Memory, result: Memory, then: Handle | None = None
    ) -> None:
        """Append an element-wise function of two arrays; sizes of the second may be 1."""
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

    def finish(self, outputs: Sequence[Output]) -> Program:
        """Copy ``outputs`` to Paddle in row-major order, append the backward pass, place all arrays."""
        for index, output in enumerate(outputs):
            for value, place in zip(output.parts, self._places("output", index, output), strict=True):
                self.program.reorder(value.memory, place)
        self.program.start_backward()
        for index, output in enumerate(outputs):
            for value, place in zip(output.parts, self._places("output_gradient", index, output), strict=True):
                if value.has_gradient:
                    self.give_gradient(value, self.program.reordered(place, value.memory.layout))
        for step in reversed(self._owed):
            step()
        self._owed.clear()
        self._repeats.clear()  # steps refer to the tape: in a circle, they would keep all that building needed
        self.program.finish()
        return self.program

    def _places(self, kind: Literal["output", "output_gradient"], index: int, output: Output) -> list[Memory]:
        """Where the parts of an output lie in Paddle's array."""
        sizes = [value.shape[1] for value in output.parts]
        num_images, _, *size = output.parts[0].shape
        array = self.program.external(External(kind, index), (num_images, sum(sizes), *size))
        return self.program.pieces(array, sizes, axis=1)

    def _gradient(self, value: Value, in_any_layout: bool) -> Memory:
        gradient = self._gradients.pop(value, None)
        if gradient is None:
            raise UnsupportedError("a layer's result is not used")
        return gradient if in_any_layout else self.program.reordered(gradient, value.memory.layout)
