from pathlib import Path

import numpy as np
import pytest

from paddock.ocr.rec.line import TextLine
from paddock.ocr.rec.task import collate, collate_alike


def line(width: int, text_width: int, label: tuple[int, ...] = (1,)) -> TextLine:
    """Ink of value 1 over ``text_width`` pixels, then 0, as RecResizeImg pads."""
    tensor = np.zeros((3, 32, width), np.float32)
    tensor[:, :, :text_width] = 1
    return TextLine(Path("x.png"), "a", "labels.txt:1", tensor=tensor, label=label)


def test_short_lines_are_padded_as_in_deployment() -> None:
    batch = collate_alike([line(100, 60), line(100, 100)], (), least_width=100)

    assert batch.images.shape == (2, 3, 32, 100)
    assert batch.images[0, 0, 0].sum() == 60


@pytest.mark.parametrize("widths", [(150, 160), (117, 117), (104, 200)])
def test_lines_that_fill_their_input_still_fill_it_in_a_batch(widths: tuple[int, int]) -> None:
    batch = collate_alike([line(width, width) for width in widths], (), least_width=100)

    assert np.allclose(batch.images, 1)


def test_training_sees_few_widths_and_with_them_every_remainder_of_a_time_step() -> None:
    found = {collate_alike([line(width, width)], (), least_width=100).images.shape[3] for width in range(104, 200)}

    assert len(found) <= 4 * 7
    assert {width % 4 for width in found} == {0, 1, 2, 3}


def test_a_short_line_beside_a_wide_one_keeps_its_shape() -> None:
    batch = collate_alike([line(100, 60), line(160, 160)], (), least_width=100)

    assert batch.images.shape[3] == 160
    assert batch.images[0, 0, 0].sum() == 60


def test_labels_are_padded_with_blanks_and_pixels_are_not_kept() -> None:
    batch = collate([line(100, 50, (1, 2, 3)), line(120, 50, (4,))], ())

    labels, lengths = batch.targets
    assert labels.tolist() == [[1, 2, 3], [4, 0, 0]]
    assert lengths.tolist() == [3, 1]
    assert batch.images.shape == (2, 3, 32, 120)
    assert all(sample.tensor is None for sample in batch.samples)


def test_a_batch_of_unreadable_pictures_has_no_images() -> None:
    batch = collate([], [(line(100, 1), "broken")])

    assert len(batch.images) == 0
    assert len(batch.unreadable) == 1
