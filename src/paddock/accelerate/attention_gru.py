"""The attention GRU in NumPy: a table takes hundreds of steps, each of which costs Paddle more to call than to compute.

Forward as in `paddock.ocr.table.attention_gru`; backward by hand, through time, without keeping what attention made of
every position: that is computed again, which takes less time than to write and read it. Shapes: B batch, P positions,
C channels, H hidden values, S steps.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import paddle
import paddle.nn.functional as F
from numpy.typing import NDArray
from paddle import Tensor, nn
from paddle.autograd import PyLayer

from paddock.ocr.table.attention_gru import START, AttentionGRUCell

Array = NDArray[np.float32]


@contextmanager
def in_numpy(network: nn.Layer, threads: int) -> Iterator[None]:
    """Compute every `AttentionGRUCell` of ``network`` here, as long as the body runs.

    Args:
        threads: see `teacher_forced`.
    """
    cells: list[Any] = [layer for layer in network.sublayers(include_self=True) if type(layer) is AttentionGRUCell]
    for cell in cells:
        cell.forward, cell.greedy = partial(teacher_forced, cell, threads), partial(greedy, cell)
    try:
        yield
    finally:
        for cell in cells:
            del cell.forward, cell.greedy  # what is left are the methods of the class


def teacher_forced(cell: AttentionGRUCell, threads: int, features: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor]:
    """What ``cell(features, tokens)`` is, with gradients.

    Args:
        threads: the batch is divided among; each computes its sequences from end to end.
    """
    operands = cell.operands()
    return _TeacherForced.apply(
        features,
        cell.i2h(features),
        F.embedding(tokens, operands.token_gates),
        operands.hidden_weight,
        operands.hidden_bias,
        operands.context_weight,
        operands.score_weight,
        threads,
    )


def greedy(
    cell: AttentionGRUCell, features: Tensor, classify: Callable[[Tensor], Tensor], end: int, max_steps: int
) -> Tensor:
    """What ``cell.greedy(features, classify, end, max_steps)`` is, without gradients."""
    if not paddle.in_dynamic_mode():  # a graph is made, which cannot hold NumPy
        return AttentionGRUCell.greedy(cell, features, classify, end, max_steps)
    operands = cell.operands()
    recurrence = _Recurrence(
        features.numpy(),
        cell.i2h(features).numpy(),
        operands.hidden_weight.numpy(),
        operands.hidden_bias.numpy(),
        operands.context_weight.numpy(),
        operands.score_weight.numpy()[:, 0],
    )
    token_gates = operands.token_gates.numpy()
    tokens = np.full(features.shape[0], START)
    has_ended = np.zeros(len(tokens), dtype=bool)
    hidden = np.zeros((len(tokens), cell.hidden_size), np.float32)
    states: list[Array] = []
    while len(states) < max_steps and not has_ended.all():
        hidden = recurrence.step(hidden, token_gates[tokens]).hidden
        tokens = classify(paddle.to_tensor(hidden)).numpy().argmax(axis=1)
        has_ended |= tokens == end
        states.append(hidden)
    return paddle.to_tensor(np.stack(states, axis=1))


@dataclass(frozen=True)
class _Step:
    """What a step leaves behind for its gradient."""

    hidden: Array
    """``[B, H]``, after the step."""
    attention: Array
    """``[B, P]``, sums to 1."""
    context: Array
    """``[B, C]``."""
    reset: Array
    update: Array
    candidate: Array
    recalled: Array
    """``[B, H]``: what the candidate would take from the state before, unreset."""


@dataclass(frozen=True)
class _Gradients:
    """Of what `_Recurrence` and its steps were given."""

    features: Array
    keys: Array
    token_gates: Array
    hidden_weight: Array
    hidden_bias: Array
    context_weight: Array
    score_weight: Array


@dataclass(frozen=True)
class _Recurrence:
    """The operands of some of a batch's sequences; see `paddock.ocr.table.attention_gru.Operands`."""

    features: Array
    keys: Array
    hidden_weight: Array
    hidden_bias: Array
    context_weight: Array
    score_weight: Array
    """``[H]``."""

    def forward(self, token_gates: Array) -> list[_Step]:
        """All steps; ``token_gates`` are ``[B, S, 3H]``."""
        steps: list[_Step] = []
        hidden = np.zeros((len(self.keys), self.keys.shape[2]), np.float32)
        for number in range(token_gates.shape[1]):
            steps.append(self.step(hidden, token_gates[:, number]))
            hidden = steps[-1].hidden
        return steps

    def step(self, hidden: Array, token_gates: Array) -> _Step:
        """One step from ``hidden`` ``[B, H]`` on."""
        size = hidden.shape[1]
        asked = hidden @ self.hidden_weight + self.hidden_bias
        attention = np.stack([self._noticed(row, asked[row, :size]) @ self.score_weight for row in range(len(hidden))])
        attention = np.exp(attention - attention.max(axis=1, keepdims=True))
        attention /= attention.sum(axis=1, keepdims=True)
        context = (attention[:, None] @ self.features)[:, 0]
        given = context @ self.context_weight + token_gates
        gates = _sigmoid(given[:, : 2 * size] + asked[:, size : 3 * size])
        reset, update, recalled = gates[:, :size], gates[:, size:], asked[:, 3 * size :]
        candidate = np.tanh(given[:, 2 * size :] + reset * recalled)
        return _Step((hidden - candidate) * update + candidate, attention, context, reset, update, candidate, recalled)

    def backward(self, steps: list[_Step], gradient: Array, of_attention: Array) -> _Gradients:
        """Gradients, given that of each step's hidden state ``[B, S, H]`` and of its attention ``[B, S, P]``."""
        num_steps, size = gradient.shape[1:]
        asked = np.empty((len(gradient), num_steps, 4 * size), np.float32)
        given = np.empty((len(gradient), num_steps, 3 * size), np.float32)
        context = np.empty((len(gradient), num_steps, self.features.shape[2]), np.float32)
        keys, score = np.zeros_like(self.keys), np.zeros_like(self.score_weight)
        before = [np.zeros_like(gradient[:, 0]), *(step.hidden for step in steps[:-1])]
        onward: NDArray[Any] = np.zeros_like(gradient[:, 0])
        for number in reversed(range(num_steps)):
            step, hidden = steps[number], before[number]
            onward = onward + gradient[:, number]
            candidate = onward * (1 - step.update) * (1 - step.candidate**2)
            given[:, number, :size] = candidate * step.recalled * step.reset * (1 - step.reset)
            given[:, number, size : 2 * size] = onward * (hidden - step.candidate) * step.update * (1 - step.update)
            given[:, number, 2 * size :] = candidate
            asked[:, number, size : 3 * size] = given[:, number, : 2 * size]
            asked[:, number, 3 * size :] = candidate * step.reset
            context[:, number] = given[:, number] @ self.context_weight.T
            seen = (self.features @ context[:, number, :, None])[:, :, 0] + of_attention[:, number]
            asked[:, number, :size] = self._attention_backward(step, hidden, seen, keys, score)
            onward = onward * step.update + asked[:, number] @ self.hidden_weight.T
        by_step = asked.reshape(-1, 4 * size)
        return _Gradients(
            features=np.stack([step.attention for step in steps], axis=2) @ context,
            keys=keys * self.score_weight,
            token_gates=given,
            hidden_weight=np.stack(before, axis=1).reshape(-1, size).T @ by_step,
            hidden_bias=by_step.sum(axis=0),
            context_weight=np.stack([step.context for step in steps], axis=1).reshape(-1, context.shape[2]).T
            @ given.reshape(-1, 3 * size),
            score_weight=score,
        )

    def _attention_backward(self, step: _Step, hidden: Array, seen: Array, keys: Array, score: Array) -> Array:
        """Gradient of what attention asked for, ``[B, H]``.

        Args:
            seen: the gradient of attention, ``[B, P]``.
            keys, score: gradients to which the step's share is added; that of ``keys`` still lacks a factor.
        """
        size = hidden.shape[1]
        asked = hidden @ self.hidden_weight[:, :size] + self.hidden_bias[:size]
        scores = step.attention * (seen - (step.attention * seen).sum(axis=1, keepdims=True))
        gradient = np.empty_like(asked)
        for row in range(len(hidden)):
            noticed = self._noticed(row, asked[row])
            score += scores[row] @ noticed
            np.multiply(noticed, noticed, out=noticed)
            np.subtract(1, noticed, out=noticed)  # the derivative of tanh
            noticed *= scores[row, :, None]
            gradient[row] = noticed.sum(axis=0)
            keys[row] += noticed
        return gradient * self.score_weight

    def _noticed(self, row: int, asked: Array) -> Array:
        """``[P, H]`` of one sequence: a row at a time, the array stays in the processor's cache."""
        noticed = self.keys[row] + asked
        return np.tanh(noticed, out=noticed)


class _TeacherForced(PyLayer):
    """`_Recurrence` as an operator of Paddle."""

    @staticmethod
    def forward(
        ctx: Any,
        features: Tensor,
        keys: Tensor,
        token_gates: Tensor,
        hidden_weight: Tensor,
        hidden_bias: Tensor,
        context_weight: Tensor,
        score_weight: Tensor,
        threads: int,
    ) -> tuple[Tensor, Tensor]:
        shared = hidden_weight.numpy(), hidden_bias.numpy(), context_weight.numpy(), score_weight.numpy()[:, 0]
        parts = np.array_split(np.arange(features.shape[0]), min(threads, features.shape[0]))
        all_features, all_keys, all_gates = features.numpy(), keys.numpy(), token_gates.numpy()
        ctx.parts, ctx.threads = parts, threads
        ctx.recurrences = [_Recurrence(all_features[part], all_keys[part], *shared) for part in parts]
        with ThreadPoolExecutor(threads) as pool:
            ctx.steps = list(pool.map(_Recurrence.forward, ctx.recurrences, [all_gates[part] for part in parts]))
        states = [np.stack([step.hidden for step in steps], axis=1) for steps in ctx.steps]
        attention = [np.stack([step.attention for step in steps], axis=1) for steps in ctx.steps]
        return paddle.to_tensor(np.concatenate(states)), paddle.to_tensor(np.concatenate(attention))

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, ...]:
        given = [[gradient.numpy()[part] for part in ctx.parts] for gradient in gradients]
        with ThreadPoolExecutor(ctx.threads) as pool:
            found = list(pool.map(_Recurrence.backward, ctx.recurrences, ctx.steps, *given))
        joined: list[Any] = [np.concatenate([getattr(part, name) for part in found]) for name in _OF_EACH_SEQUENCE]
        summed: list[Any] = [np.sum([getattr(part, name) for part in found], axis=0) for name in _SHARED]
        summed[-1] = summed[-1][:, None]
        return tuple(paddle.to_tensor(value) for value in joined + summed)


_OF_EACH_SEQUENCE = ("features", "keys", "token_gates")
_SHARED = ("hidden_weight", "hidden_bias", "context_weight", "score_weight")


def _sigmoid(x: Array) -> Array:
    """Written with tanh, which does not overflow."""
    return np.tanh(0.5 * x) * np.float32(0.5) + np.float32(0.5)
