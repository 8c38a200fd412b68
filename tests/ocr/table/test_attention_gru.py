"""The cell beyond its parity; its twin in NumPy is in tests/accelerate."""

import numpy as np
import paddle
import pytest
from paddle import Tensor

from paddock.accelerate.attention_gru import in_numpy
from paddock.ocr.table.attention_gru import AttentionGRUCell

END, NUM_CLASSES = 3, 4


@pytest.mark.parametrize("accelerated", [False, True])
def test_a_sequence_that_has_ended_waits_for_the_last(accelerated: bool) -> None:
    paddle.seed(0)
    cell, features = AttentionGRUCell(5, 6, NUM_CLASSES), paddle.randn([2, 7, 5])
    steps = iter([[END, 1], [0, 1], [1, END], [1, 1]])

    def classify(hidden: Tensor) -> Tensor:
        return paddle.to_tensor(np.eye(NUM_CLASSES, dtype=np.float32)[next(steps)])

    with paddle.no_grad():
        if accelerated:
            with in_numpy(cell, 1):
                states = cell.greedy(features, classify, END, 9)
        else:
            states = cell.greedy(features, classify, END, 9)

    assert states.shape == [2, 3, 6]
    teacher_forced, _ = cell(features, paddle.to_tensor([[0, END, 0], [0, 1, 1]]))
    np.testing.assert_allclose(states.numpy(), teacher_forced.numpy(), atol=1e-6)
