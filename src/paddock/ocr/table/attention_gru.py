"""A GRU that looks at the picture before each word it writes.

Additive attention (Bahdanau et al., arXiv:1409.0473, section 3.1) feeds a GRU cell (Cho et al., arXiv:1406.1078), as
in PaddleOCR 2.10, ppocr/modeling/heads/table_att_head.py. Sublayers carry PaddleOCR's names, because a state dict is
addressed by them. Shapes: B batch, P positions of the feature map, C channels, H hidden values, N classes, S steps.
"""

from collections.abc import Callable
from dataclasses import dataclass

import paddle
import paddle.nn.functional as F
from paddle import Tensor, nn

START = 0
"""Class of the token before the first one."""


@dataclass(frozen=True)
class Operands:
    """The cell's parameters, arranged so that a step multiplies as few matrices as it can."""

    hidden_weight: Tensor
    """``[H, 4H]``: what attention asks for, then the GRU's three gates."""
    hidden_bias: Tensor
    """``[4H]``."""
    context_weight: Tensor
    """``[C, 3H]``: gates from what attention has seen."""
    token_gates: Tensor
    """``[N, 3H]``: gates from the token before, bias included; a one-hot vector times a matrix is a row of it."""
    score_weight: Tensor
    """``[H, 1]``."""


class AttentionGRUCell(nn.Layer):
    """Reads the feature map, one token a step."""

    def __init__(self, in_channels: int, hidden_size: int, num_classes: int) -> None:
        super().__init__()
        self.in_channels = in_channels
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(in_channels, hidden_size, bias_attr=False)
        self.h2h = nn.Linear(hidden_size, hidden_size)
        self.score = nn.Linear(hidden_size, 1, bias_attr=False)
        self.rnn = nn.GRUCell(in_channels + num_classes, hidden_size)

    def operands(self) -> Operands:
        """See `Operands`; gradients flow back through it."""
        by_input = self.rnn.weight_ih.transpose([1, 0])  # [C + N, 3H]
        return Operands(
            hidden_weight=paddle.concat([self.h2h.weight, self.rnn.weight_hh.transpose([1, 0])], axis=1),
            hidden_bias=paddle.concat([self.h2h.bias, self.rnn.bias_hh]),
            context_weight=by_input[: self.in_channels],
            token_gates=by_input[self.in_channels :] + self.rnn.bias_ih,
            score_weight=self.score.weight,
        )

    def forward(self, features: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Hidden states after each step, given the token before each step (teacher forcing), and where it looked.

        Shape:
            features ``[B, P, C]``, tokens ``[B, S]``; out states ``[B, S, H]`` and attention ``[B, S, P]``, which sums
            to 1 over the positions
        """
        operands, keys = self.operands(), self.i2h(features)
        gates = F.embedding(tokens, operands.token_gates)
        _, hidden, _ = self._start(features.shape[0])
        states, attention = [], []
        for step in range(tokens.shape[1]):
            hidden, looked_at = self._step(operands, features, keys, gates[:, step], hidden)
            states.append(hidden)
            attention.append(looked_at)
        return paddle.stack(states, axis=1), paddle.stack(attention, axis=1)

    def greedy(self, features: Tensor, classify: Callable[[Tensor], Tensor], end: int, max_steps: int) -> Tensor:
        """Hidden states after each step, the likeliest token taken for true, until every sequence has ended.

        Args:
            classify: scores ``[B, N]`` of a hidden state ``[B, H]``.
            end: the class that ends a sequence.

        Shape:
            features ``[B, P, C]``; out ``[B, S, H]`` with ``S <= max_steps``
        """
        if not paddle.in_dynamic_mode():
            return self._greedy_in_graph(features, classify, end, max_steps)
        operands, keys = self.operands(), self.i2h(features)
        tokens, hidden, has_ended = self._start(features.shape[0])
        states: list[Tensor] = []
        while len(states) < max_steps and not bool(has_ended.all()):
            hidden, _ = self._step(operands, features, keys, F.embedding(tokens, operands.token_gates), hidden)
            tokens = classify(hidden).argmax(axis=1)
            has_ended = paddle.logical_or(has_ended, tokens == end)
            states.append(hidden)
        return paddle.stack(states, axis=1)

    def _greedy_in_graph(
        self, features: Tensor, classify: Callable[[Tensor], Tensor], end: int, max_steps: int
    ) -> Tensor:
        """`greedy` as a loop of a static graph, whose variables keep their shapes."""
        operands, keys = self.operands(), self.i2h(features)
        tokens, hidden, has_ended = self._start(features.shape[0])
        states = paddle.zeros([max_steps, features.shape[0], self.hidden_size])

        def goes_on(step: Tensor, tokens: Tensor, hidden: Tensor, states: Tensor, has_ended: Tensor) -> Tensor:
            return paddle.logical_and(step < max_steps, paddle.logical_not(has_ended.all())).reshape([1])

        def advance(
            step: Tensor, tokens: Tensor, hidden: Tensor, states: Tensor, has_ended: Tensor
        ) -> tuple[Tensor, ...]:
            hidden, _ = self._step(operands, features, keys, F.embedding(tokens, operands.token_gates), hidden)
            tokens = classify(hidden).argmax(axis=1)
            has_ended = paddle.logical_or(has_ended, tokens == end)
            return step + 1, tokens, hidden, paddle.scatter(states, step, hidden.unsqueeze(0)), has_ended

        start = [paddle.zeros([1], dtype="int64"), tokens, hidden, states, has_ended]
        step, _, _, states, _ = paddle.static.nn.while_loop(goes_on, advance, start)
        return paddle.slice(states, axes=[0], starts=[0], ends=[step]).transpose([1, 0, 2])

    def _start(self, batch_size: int) -> tuple[Tensor, Tensor, Tensor]:
        """Before the first step: tokens ``[B]``, hidden states ``[B, H]``, whether each sequence has ended ``[B]``."""
        return (
            paddle.full([batch_size], START, dtype="int64"),
            paddle.zeros([batch_size, self.hidden_size]),
            paddle.zeros([batch_size], dtype="bool"),
        )

    def _step(
        self, operands: Operands, features: Tensor, keys: Tensor, token_gates: Tensor, hidden: Tensor
    ) -> tuple[Tensor, Tensor]:
        """One step.

        Shape:
            features ``[B, P, C]``, keys ``[B, P, H]``, token_gates ``[B, 3H]``, hidden ``[B, H]``; out the next
            hidden ``[B, H]`` and attention ``[B, P]``
        """
        size = self.hidden_size
        asked = paddle.matmul(hidden, operands.hidden_weight) + operands.hidden_bias
        scores = paddle.matmul(paddle.tanh(keys + asked[:, :size].unsqueeze(1)), operands.score_weight)
        attention = F.softmax(scores, axis=1)  # [B, P, 1]
        context = paddle.matmul(attention, features, transpose_x=True).squeeze(1)
        given = paddle.matmul(context, operands.context_weight) + token_gates
        reset_update = F.sigmoid(given[:, : 2 * size] + asked[:, size : 3 * size])
        reset, update = reset_update[:, :size], reset_update[:, size:]
        candidate = paddle.tanh(given[:, 2 * size :] + reset * asked[:, 3 * size :])
        return (hidden - candidate) * update + candidate, attention.squeeze(2)
