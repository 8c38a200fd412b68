"""A list of oneDNN primitives with their arrays, run again and again with new addresses."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from paddock.accelerate.arena import Buffer, place
from paddock.accelerate.library import Arg, Argument, Handle, OneDnn, Query


def row_major(shape: Sequence[int]) -> str:
    """oneDNN's tag of the order in which Paddle keeps numbers."""
    return "abcdefghijkl"[: len(shape)]


class External(NamedTuple):
    """An array outside the arena, most often Paddle's; its address may be another one at each run."""

    kind: Literal["constant", "input", "output", "output_gradient", "parameter", "parameter_gradient"]
    number: int


@dataclass(eq=False)
class Memory:
    """A buffer as a primitive sees it, in one layout."""

    handle: Handle
    layout: Handle
    buffer: Buffer
    shape: tuple[int, ...]
    source: External | None
    """What it is outside the arena; None in it."""
    address: int = 0


@dataclass(frozen=True)
class Step:
    """One primitive and its arguments."""

    primitive: Handle
    count: int
    arguments: Any
    buffers: tuple[Buffer, ...]
    name: str
    """Kind and kernel, for a profile."""


Arguments = Mapping[Arg, Memory] | Mapping[int, Memory]
"""The arrays of a primitive, by what they are to it."""


class Program:
    """Forward steps, and after `start_backward` the steps of the backward pass.

    Build it with `array`, `external`, `run` and `reorder`; `finish` gives every array its place.
    """

    def __init__(self, library: OneDnn) -> None:
        self.library = library
        self.forward: list[Step] = []
        self.backward: list[Step] = []
        self.arena_size = 0
        self._arena = 0
        """Where it was when the program was last bound."""
        self._steps = self.forward
        self._in_arena: list[Memory] = []
        self._outside: dict[External, list[Memory]] = {}
        self._constants: list[NDArray[np.float32]] = []
        """Kept alive for as long as the program may run."""
        self._successors: dict[Buffer, Buffer] = {}

    def array(self, shape: tuple[int, ...], layout: Handle | str) -> Memory:
        """A new array in the arena."""
        described = self.library.layout(shape, layout) if isinstance(layout, str) else layout
        return self._memory(shape, described, Buffer(self.library.num_bytes(described)), None)

    def constant(self, values: NDArray[np.float32]) -> Memory:
        """An array whose numbers never change, in row-major order."""
        self._constants.append(values)
        memory = self.external(External("constant", len(self._constants) - 1), values.shape)
        self.library.point(memory.handle, values.ctypes.data)
        memory.address = values.ctypes.data
        return memory

    def view(self, memory: Memory, shape: tuple[int, ...], layout: Handle) -> Memory:
        """The same numbers, or a part of them, seen in another way."""
        return self._memory(shape, layout, memory.buffer, memory.source)

    def pieces(self, memory: Memory, sizes: Sequence[int], axis: int) -> list[Memory]:
        """Views of the parts of an array along a dimension."""
        found = []
        for size, end in zip(sizes, accumulate(sizes), strict=True):
            shape = (*memory.shape[:axis], size, *memory.shape[axis + 1 :])
            start = [0] * len(shape)
            start[axis] = end - size
            found.append(self.view(memory, shape, self.library.slice(memory.layout, shape, start)))
        return found

    def external(self, source: External, shape: tuple[int, ...]) -> Memory:
        """An array of Paddle's, in row-major order."""
        layout = self.library.layout(shape, row_major(shape))
        return self._memory(shape, layout, Buffer(0, is_external=True), source)

    def run(
        self,
        kind: str,
        descriptor: Handle,
        arguments: Mapping[Arg, Memory] | Mapping[int, Memory],
        in_place: bool = False,
    ) -> None:
        """Append a primitive.

        Args:
            in_place: the last argument may be written over the first.
        """
        memories = list(arguments.values())
        pairs = [Argument(arg, memory.handle.value) for arg, memory in arguments.items()]
        packed = (Argument * len(pairs))(*pairs)
        buffers = tuple(memory.buffer for memory in memories)
        if in_place:
            self._successors[buffers[-1]] = buffers[0]
        name = f"{kind} {self.library.implementation(descriptor)}"
        self._steps.append(Step(self.library.primitive(descriptor), len(pairs), packed, buffers, name))

    def reordered(self, memory: Memory, layout: Handle) -> Memory:
        """The same array in another layout; itself if it has that layout already."""
        if self.library.same(memory.layout, layout):
            return memory
        copy = self.array(memory.shape, layout)
        self.reorder(memory, copy)
        return copy

    def reorder(self, source: Memory, target: Memory) -> None:
        """Append a copy."""
        descriptor = self.library.describe_reorder(source.layout, target.layout)
        self.run("reorder", descriptor, {Arg.SRC: source, Arg.DST: target})

    def workspace(self, descriptor: Handle) -> Memory:
        """What a forward primitive leaves for its backward one."""
        layout = self.library.chosen(descriptor, Query.WORKSPACE)
        return self._memory((), layout, Buffer(self.library.num_bytes(layout)), None)

    def start_backward(self) -> None:
        """From here on steps belong to the backward pass."""
        self._steps = self.backward

    def finish(self) -> None:
        """Place all arrays."""
        steps = [step.buffers for step in (*self.forward, *self.backward)]
        self.arena_size = place(steps, self._successors)

    def bind(self, arena: int, externals: Mapping[External, int]) -> None:
        """Say where the arena and Paddle's arrays lie; what ``externals`` does not name stays where it was."""
        if arena != self._arena:
            self._arena = arena
            for memory in self._in_arena:
                self.library.point(memory.handle, arena + memory.buffer.offset)
        for source, address in externals.items():
            for memory in self._outside.get(source, ()):
                if address != memory.address:
                    self.library.point(memory.handle, address)
                    memory.address = address

    def execute(self, steps: Sequence[Step], seconds: dict[str, float] | None = None) -> None:
        """Run `forward` or `backward`.

        Args:
            seconds: where to add up how long each kind of primitive took.
        """
        run = self.library.run
        for step in steps:
            start = time.perf_counter()
            run(step.primitive, step.count, step.arguments)
            if seconds is not None:
                seconds[step.name] = seconds.get(step.name, 0.0) + time.perf_counter() - start

    def _memory(self, shape: tuple[int, ...], layout: Handle, buffer: Buffer, source: External | None) -> Memory:
        memory = Memory(self.library.memory(layout), layout, buffer, shape, source)
        if source:
            self._outside.setdefault(source, []).append(memory)
        else:
            self._in_arena.append(memory)
        return memory
