"""A layer computed by oneDNN: programs for each input shape, and their place in Paddle's autograd."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import paddle
from numpy.typing import NDArray
from paddle import Tensor, nn
from paddle.autograd import PyLayer

from paddock.accelerate.arena import ALIGNMENT
from paddock.accelerate.library import OneDnn, UnsupportedError
from paddock.accelerate.networks import lower_network, parts_of
from paddock.accelerate.program import External, Program
from paddock.accelerate.tape import Tape

MAX_PLANS = 96
"""Plans kept; the least recently used goes first. The kernels of one take 12 MB (MobileNetV3) to 20 MB (ResNet34)."""

Key = tuple[tuple[int, ...], tuple[bool, ...], tuple[bool, ...]]
"""Input shape, mode of each layer, and which tensors learn."""


@dataclass(frozen=True)
class Arena:
    """Memory that programs work in; a forward pass holds it until its backward pass is done."""

    room: NDArray[np.uint8]

    @property
    def address(self) -> int:
        """Where the first array lies."""
        return -(-self.room.ctypes.data // ALIGNMENT) * ALIGNMENT

    @property
    def size(self) -> int:
        """Bytes from `address` on."""
        return int(self.room.size) - ALIGNMENT


@dataclass(frozen=True)
class Plan:
    """A program for one key."""

    program: Program
    output_shapes: tuple[tuple[int, ...], ...]
    learned: Mapping[int, list[int]]
    """Shapes of the tensors that its backward pass gives a gradient of."""


@dataclass
class Pass:
    """A forward pass whose backward pass may follow, once."""

    plan: Plan
    arena: Arena | None
    addresses: dict[External, int]
    images: Tensor
    """Kept alive: the backward pass may read them again."""


class Executor:
    """Computes ``layer`` in place of its own ``forward``, or of what `NETWORKS` names.

    Args:
        seconds: where to add up how long each kind of primitive took.
    """

    def __init__(self, layer: nn.Layer, library: OneDnn, seconds: dict[str, float] | None = None) -> None:
        self._layer = layer
        self._library = library
        self._seconds = seconds
        parts = parts_of(layer)
        self._tensors: list[Tensor] = [tensor for part in parts for tensor in part.parameters()]
        self._layers = [inner for part in parts for inner in part.sublayers(include_self=True)]
        self._plans: OrderedDict[Key, Plan | str] = OrderedDict()
        self._idle: Arena | None = None

    def __call__(self, images: Tensor) -> Any:
        """What the layer gives for ``images``, a tensor or several; gradients flow into the layer's parameters.

        Raises:
            UnsupportedError: the layer, an option of it or the pictures have no accelerated form.

        Shape:
            in and out as the layer's own ``forward``
        """
        if images.dtype != paddle.float32 or not images.place.is_cpu_place() or not images.stop_gradient:
            raise UnsupportedError("only float32 pictures on the CPU that need no gradient themselves are accelerated")
        outputs = _Function.apply(images.contiguous(), self, self.plan(images), *self._tensors)
        return outputs[0] if len(outputs) == 1 else outputs

    def plan(self, images: Tensor) -> Plan:
        """How a pass over pictures of this shape is computed, in the mode that the layer and Paddle are in.

        Raises:
            UnsupportedError: the layer, an option of it or this shape has no accelerated form.
        """
        learns = tuple(paddle.is_grad_enabled() and not tensor.stop_gradient for tensor in self._tensors)
        key = tuple(images.shape), tuple(layer.training for layer in self._layers), learns
        if key not in self._plans:
            self._plans[key] = self._try_plan(key[0], any(learns))
        self._plans.move_to_end(key)
        if len(self._plans) > MAX_PLANS:
            self._plans.popitem(last=False)
        plan = self._plans[key]
        if isinstance(plan, str):
            raise UnsupportedError(plan)
        return plan

    def forward(self, images: Tensor, plan: Plan) -> tuple[tuple[Tensor, ...], Pass]:
        """Run a forward pass."""
        arena = self._take(plan.program.arena_size)
        outputs = tuple(paddle.empty(shape) for shape in plan.output_shapes)
        addresses = {External("parameter", index): tensor.data_ptr() for index, tensor in enumerate(self._tensors)}
        addresses |= {External("output", index): tensor.data_ptr() for index, tensor in enumerate(outputs)}
        addresses[External("input", 0)] = images.data_ptr()
        plan.program.bind(arena.address, addresses)
        plan.program.execute(plan.program.forward, self._seconds)
        if not plan.learned:
            self._give(arena)
        return outputs, Pass(plan, arena, addresses, images)

    def backward(self, done: Pass, output_gradients: Sequence[Tensor]) -> list[Tensor | None]:
        """Run the backward pass; one gradient for each tensor of the layer that learns.

        Raises:
            RuntimeError: it has been run before, and what it needs is gone.
        """
        if done.arena is None:
            raise RuntimeError("an accelerated network cannot go backward twice through one forward pass")
        gradients = {index: paddle.empty(shape) for index, shape in done.plan.learned.items()}
        addresses = {External("parameter_gradient", index): found.data_ptr() for index, found in gradients.items()}
        for index, gradient in enumerate(output_gradients):
            addresses[External("output_gradient", index)] = gradient.data_ptr()
        done.plan.program.bind(done.arena.address, done.addresses | addresses)
        done.plan.program.execute(done.plan.program.backward, self._seconds)
        self._give(done.arena)
        done.arena = None
        return [gradients.get(index) for index in range(len(self._tensors))]

    def _try_plan(self, shape: tuple[int, ...], with_gradients: bool) -> Plan | str:
        """A plan, or why there is none."""
        tape = Tape(self._library, self._tensors, with_gradients)
        try:
            outputs = lower_network(tape, self._layer, tape.input(shape))
            program = tape.finish(outputs)
        except UnsupportedError as error:
            return str(error)
        learned = {index: list(self._tensors[index].shape) for index in sorted(tape.learned)}
        return Plan(program, tuple(output.shape for output in outputs), learned)

    def _take(self, size: int) -> Arena:
        arena, self._idle = self._idle, None
        return arena if arena and arena.size >= size else Arena(np.empty(size + ALIGNMENT, np.uint8))

    def _give(self, arena: Arena) -> None:
        if self._idle is None or self._idle.size < arena.size:
            self._idle = arena


class _Function(PyLayer):
    """The executor as one operation of Paddle's autograd."""

    @staticmethod
    def forward(ctx: Any, images: Tensor, executor: Executor, plan: Plan, *tensors: Tensor) -> tuple[Tensor, ...]:
        outputs, ctx.done = executor.forward(images, plan)
        ctx.executor = executor
        return outputs

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        return None, *ctx.executor.backward(ctx.done, [gradient.contiguous() for gradient in gradients])
