"""A network's backbone, computed by oneDNN: programs for each input shape, and their place in Paddle's autograd."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import numpy as np
import paddle
from numpy.typing import NDArray
from paddle import Tensor, nn
from paddle.autograd import PyLayer

from paddock.accelerate.arena import ALIGNMENT
from paddock.accelerate.library import OneDnn, UnsupportedError
from paddock.accelerate.lowering import lower
from paddock.accelerate.program import External, Program
from paddock.accelerate.tape import Tape

MAX_PROGRAMS = 64
"""Programs kept, the least recently used goes first; one takes about 2 MB without its arena, which all share."""

Key = tuple[tuple[int, ...], tuple[bool, ...], tuple[bool, ...]]


@dataclass
class _Arena:
    """Memory that programs work in; whoever runs a training step holds it until the backward pass is done."""

    room: NDArray[np.uint8]

    @classmethod
    def of(cls, size: int) -> "_Arena":
        return cls(np.empty(size + ALIGNMENT, np.uint8))

    @property
    def address(self) -> int:
        return -(-self.room.ctypes.data // ALIGNMENT) * ALIGNMENT

    @property
    def size(self) -> int:
        return int(self.room.size) - ALIGNMENT


@dataclass(frozen=True)
class _Plan:
    """A program for one input shape."""

    program: Program
    output_shape: tuple[int, ...]


class Executor:
    """Computes ``layer`` in place of its own ``forward``.

    Args:
        layout: oneDNN's tag for feature maps, see `Tape`.

    Raises:
        UnsupportedError: when called with a layer, an option or a tensor that has no accelerated form.
    """

    def __init__(self, layer: nn.Layer, library: OneDnn, threads: int, layout: str) -> None:
        self._layer = layer
        self._library = library
        self._threads = threads
        self._layout = layout
        self._tensors: list[Tensor] = layer.parameters()
        self._norms = [child for child in layer.sublayers() if isinstance(child, nn.BatchNorm)]
        self._plans: OrderedDict[Key, _Plan] = OrderedDict()
        self._free: _Arena | None = None

    def __call__(self, images: Tensor) -> Tensor:
        """What the layer gives for ``images``, with gradients into its parameters."""
        if images.dtype != paddle.float32 or not images.place.is_cpu_place() or not images.stop_gradient:
            raise UnsupportedError("accelerated are float32 pictures on the CPU that need no gradient themselves")
        learns = tuple(paddle.is_grad_enabled() and not tensor.stop_gradient for tensor in self._tensors)
        return _Function.apply(images.contiguous(), self, learns, *self._tensors)

    def forward(self, images: Tensor, learns: tuple[bool, ...]) -> tuple[Tensor, "_Pending"]:
        """Run a forward pass; what comes back besides the result can run the backward pass, once.

        Args:
            learns: which tensors of the layer need a gradient.
        """
        self._library.set_threads(self._threads)
        plan = self._plan(images, learns)
        arena = self._take(plan.program.arena_size)
        output = paddle.empty(plan.output_shape)
        addresses = {External("parameter", index): tensor.data_ptr() for index, tensor in enumerate(self._tensors)}
        addresses[External("input", 0)] = images.data_ptr()
        addresses[External("output", 0)] = output.data_ptr()
        plan.program.bind(arena.address, addresses)
        plan.program.execute(plan.program.forward)
        pending = _Pending(self, plan.program, arena, addresses, images)
        if not plan.program.backward:
            self.release(arena)
        return output, pending

    def gradients(self, pending: "_Pending", output_gradient: Tensor) -> list[Tensor | None]:
        """Run the backward pass; one gradient for each tensor of the layer that learns."""
        self._library.set_threads(self._threads)
        learning = [None if tensor.stop_gradient else paddle.empty(tensor.shape) for tensor in self._tensors]
        addresses = dict(pending.addresses)
        addresses[External("output_gradient", 0)] = output_gradient.data_ptr()
        for index, gradient in enumerate(learning):
            if gradient is not None:
                addresses[External("parameter_gradient", index)] = gradient.data_ptr()
        pending.program.bind(pending.arena.address, addresses)
        pending.program.execute(pending.program.backward)
        self.release(pending.arena)
        return learning

    def release(self, arena: _Arena) -> None:
        """Let the next pass work in ``arena``."""
        if self._free is None or self._free.size < arena.size:
            self._free = arena

    def _take(self, size: int) -> _Arena:
        arena, self._free = self._free, None
        return arena if arena and arena.size >= size else _Arena.of(size)

    def _plan(self, images: Tensor, learns: tuple[bool, ...]) -> _Plan:
        key = tuple(images.shape), tuple(norm.training for norm in self._norms), learns
        if key in self._plans:
            self._plans.move_to_end(key)
            return self._plans[key]
        tape = Tape(self._library, self._tensors, self._layout, any(learns))
        output = lower(tape, self._layer, tape.input(key[0]))
        plan = self._plans[key] = _Plan(tape.finish([output]), output.shape)
        if len(self._plans) > MAX_PROGRAMS:
            self._plans.popitem(last=False)
        return plan


@dataclass
class _Pending:
    """A forward pass whose backward pass may follow."""

    executor: Executor
    program: Program
    arena: _Arena
    addresses: dict[External, int]
    images: Tensor
    """Kept alive: the first convolution may read them again."""


class _Function(PyLayer):
    """The executor as one operation of Paddle's autograd."""

    @staticmethod
    def forward(ctx: Any, images: Tensor, executor: Executor, learns: tuple[bool, ...], *tensors: Tensor) -> Tensor:
        output, ctx.pending = executor.forward(images, learns)
        return output

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        pending: _Pending = ctx.pending
        return None, *pending.executor.gradients(pending, gradient.contiguous())
