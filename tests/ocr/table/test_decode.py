"""From a network's outputs to a table."""

import numpy as np
import pytest
from numpy.typing import NDArray

from paddock.ocr.table.decode import TableLabelDecode
from paddock.ocr.table.tokens import TableClasses

CLASSES = TableClasses()


def _probabilities(tokens: list[str], certainty: float) -> NDArray[np.float32]:
    others = (1 - certainty) / (len(CLASSES) - 1)
    steps = np.full((len(tokens), len(CLASSES)), others, np.float32)
    steps[np.arange(len(tokens)), [CLASSES.characters.index(token) for token in tokens]] = certainty
    return steps


def test_a_table_ends_where_it_ends_and_cells_have_their_boxes_in_pixels() -> None:
    tokens = ["<tr>", "<td></td>", "sos", "<td", ' colspan="2"', ">", "</td>", "</tr>", "eos", "<td></td>"]
    boxes = np.tile(np.linspace(0, 0.9, len(tokens), dtype=np.float32)[:, None], (1, 8))

    (reading,) = TableLabelDecode(CLASSES)(boxes[None], _probabilities(tokens, 0.8)[None], [(50, 200)])

    assert reading.structure == ("<tr>", "<td></td>", "<td", ' colspan="2"', ">", "</td>", "</tr>")
    np.testing.assert_allclose(reading.boxes, [[20, 5] * 4, [60, 15] * 4], rtol=1e-5)
    assert reading.confidence == pytest.approx(0.8)


def test_a_table_without_an_end_is_read_to_the_last_step_and_an_early_end_is_none() -> None:
    probabilities = np.stack([_probabilities(["eos", "<tr>"], 0.9), _probabilities(["eos", "eos"], 0.9)])

    first, second = TableLabelDecode(CLASSES)(np.zeros((2, 2, 8), np.float32), probabilities, [(1, 1)] * 2)

    assert (first.structure, first.boxes.shape) == (("<tr>",), (0, 8))
    assert (second.structure, second.confidence) == ((), 0.0)
