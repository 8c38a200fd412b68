"""Recurrent neck and head against float64."""

from contextlib import nullcontext

import paddle
import pytest
from paddle import Tensor, nn

from paddock.accelerate import lowering
from paddock.accelerate.tape import Tape, Value
from paddock.ocr.rec.model import CRNN, CTCHead, SequenceEncoder
from tests.accelerate.against_float64 import assert_exact

HEIGHT = 8


class OneRow(nn.Layer):
    """A backbone that is one convolution: without batch norm it adds no rounding errors."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2D(3, 20, (HEIGHT, 1))

    def forward(self, images: Tensor) -> Tensor:
        return self.conv(images)


def lower_one_row(tape: Tape, layer: OneRow, images: Value) -> Value:
    return lowering.lower(tape, layer.conv, images)


@pytest.mark.parametrize("width", [1, 5, 12])
@pytest.mark.parametrize("is_training", [True, False], ids=["training", "evaluation"])
def test_neck_and_head_give_what_paddle_gives_in_float64(
    is_training: bool, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build() -> CRNN:
        paddle.seed(11)
        return CRNN(OneRow(), SequenceEncoder(20, hidden_size=6), CTCHead(12, 7))

    monkeypatch.setitem(lowering.LOWERINGS, OneRow, lower_one_row)
    with nullcontext() if is_training else paddle.no_grad():  # Paddle's LSTM has no backward pass in evaluation
        assert_exact(build, HEIGHT, width, is_training)
