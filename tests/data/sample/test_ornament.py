from collections.abc import Callable

import numpy as np
import pytest

from paddock.data.sample.ornament import ORNAMENTS, ornament
from paddock.data.sample.paint import Canvas

BOX = (40, 30, 160, 80)


def drawn(ornament: Callable[..., None], seed: int) -> np.ndarray:
    canvas = Canvas(np.full((110, 200, 3), 255, np.uint8))
    ornament(canvas, BOX, (0, 0, 0), np.random.default_rng(seed))
    assert canvas.picture().texts == ()
    return canvas.picture().pixels


@pytest.mark.parametrize("ornament", ORNAMENTS)
@pytest.mark.parametrize("seed", range(5))
def test_an_ornament_marks_its_box_and_nothing_else(ornament: Callable[..., None], seed: int) -> None:
    dark = drawn(ornament, seed)[..., 0] < 255
    left, top, right, bottom = BOX
    assert dark[top:bottom, left:right].sum() > 50
    dark[top - 2 : bottom + 2, left - 2 : right + 2] = False  # a thick line reaches over its points
    assert not dark.any()


def test_every_ornament_is_drawn_some_time() -> None:
    assert len({drawn(ornament, seed).tobytes() for seed in range(20)}) > 10
