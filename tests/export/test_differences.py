"""What every parity begins with."""

from pathlib import Path

import numpy as np
import paddle
import pytest

from paddock.core.errors import ExportError
from paddock.export.differences import Difference, Differences, input_difference, outputs_of

A, B, C = (Path(f"{letter}.png") for letter in "abc")


def test_the_largest_differences_of_all_pictures_count_and_the_worst_is_named() -> None:
    found = Differences.over([Difference(A, 0.0, 0.1), Difference(B, 0.5, 0.3), Difference(C, 0.2, 0.2)])

    assert found == Differences(num_samples=3, max_input=0.5, max_output=0.3, worst=B)
    assert found.metrics() == {
        "export/num_samples": 3,
        "export/max_difference": 0.3,
        "export/max_input_difference": 0.5,
    }


@pytest.mark.parametrize("place", [0, 1])
def test_what_is_not_a_number_stays_so_wherever_it_stands(place: int) -> None:
    values = [0.5, 0.5]
    values[place] = float("nan")

    found = Differences.over([Difference(A, 0.0, values[0]), Difference(B, 0.0, values[1])])

    assert np.isnan(found.max_output)
    assert found.worst == (A, B)[place]


def test_a_picture_of_another_size_is_named_with_what_must_agree() -> None:
    small, large = np.zeros((3, 8, 8), np.float32), np.zeros((3, 8, 9), np.float32)

    with pytest.raises(
        ExportError, match=r"prepares a\.png as \[3, 8, 9\], validation as \[3, 8, 8\]\. Resize of Eval"
    ):
        input_difference(A, small, large, "Resize")
    assert input_difference(A, small, small + np.float32(0.25), "Resize") == 0.25


def test_a_network_may_have_one_output_or_several() -> None:
    tensor = np.ones((1, 2, 2), np.float32)
    linear = paddle.nn.Linear(2, 3)

    class Twice(paddle.nn.Layer):
        def forward(self, x: paddle.Tensor) -> tuple[paddle.Tensor, paddle.Tensor]:
            return x, 2 * x

    assert [output.shape for output in outputs_of(linear, tensor)] == [(1, 2, 3)]
    assert [float(output.max()) for output in outputs_of(Twice(), tensor)] == [1, 2]
