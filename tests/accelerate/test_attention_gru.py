"""The attention GRU in NumPy against Paddle's operators."""

import numpy as np
import paddle
import pytest
from numpy.typing import NDArray
from paddle import Tensor, nn

from paddock.accelerate.attention_gru import in_numpy
from paddock.ocr.table.attention_gru import AttentionGRUCell

BATCH, POSITIONS, CHANNELS, HIDDEN, CLASSES, STEPS = 3, 10, 6, 8, 5, 7


@pytest.fixture
def cell() -> AttentionGRUCell:
    paddle.seed(2)
    return AttentionGRUCell(CHANNELS, HIDDEN, CLASSES)


def _features() -> Tensor:
    features = np.random.default_rng(0).standard_normal((BATCH, POSITIONS, CHANNELS)).astype(np.float32)
    return paddle.to_tensor(features, stop_gradient=False)


def _outputs_and_gradients(cell: AttentionGRUCell) -> list[NDArray[np.float32]]:
    rng = np.random.default_rng(1)
    features = _features()
    outputs = cell(features, paddle.to_tensor(rng.integers(0, CLASSES, (BATCH, STEPS))))
    weights = [paddle.to_tensor(rng.standard_normal(output.shape).astype(np.float32)) for output in outputs]
    sum((output * weight).sum() for output, weight in zip(outputs, weights, strict=True)).backward()
    gradients = [tensor.grad.numpy() for tensor in (features, *cell.parameters())]
    cell.clear_gradients()
    return [*(output.numpy() for output in outputs), *gradients]


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_states_attention_and_all_gradients_are_paddles_however_the_batch_is_divided(
    cell: AttentionGRUCell, threads: int
) -> None:
    expected = _outputs_and_gradients(cell)

    with in_numpy(cell, threads):
        found = _outputs_and_gradients(cell)

    for value, wanted in zip(found, expected, strict=True):
        np.testing.assert_allclose(value, wanted, rtol=1e-4, atol=1e-6 * np.abs(wanted).max())


def test_greedy_states_are_paddles(cell: AttentionGRUCell) -> None:
    paddle.seed(5)
    classify = nn.Linear(HIDDEN, CLASSES)
    expected = cell.greedy(_features(), classify, CLASSES - 1, STEPS)

    with in_numpy(cell, 1), paddle.no_grad():
        found = cell.greedy(_features(), classify, CLASSES - 1, STEPS)

    np.testing.assert_allclose(found.numpy(), expected.numpy(), rtol=1e-5, atol=1e-6)


def test_scores_far_from_zero_neither_overflow_nor_warn(cell: AttentionGRUCell) -> None:
    for parameter in cell.parameters():
        parameter.set_value(parameter * 300)

    with in_numpy(cell, 1):
        found = _outputs_and_gradients(cell)

    assert all(np.isfinite(value).all() for value in found)


def test_the_layer_is_as_before_when_the_body_ends(cell: AttentionGRUCell) -> None:
    with pytest.raises(KeyError), in_numpy(cell, 1):
        assert "forward" in vars(cell)
        raise KeyError

    assert not {"forward", "greedy"} & vars(cell).keys()
