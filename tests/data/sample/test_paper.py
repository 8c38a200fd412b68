import numpy as np
import pytest

from paddock.data.sample.paper import MIN_CONTRAST, ink_and_paper, luma, second_ink, sheet_of_paper


def test_ink_stands_out_from_paper_and_some_is_light_on_dark() -> None:
    pairs = [ink_and_paper(np.random.default_rng(seed)) for seed in range(400)]
    steps = np.array([luma(paper) - luma(ink) for ink, paper in pairs])
    assert np.abs(steps).min() >= MIN_CONTRAST
    assert 15 < (steps < 0).sum() < 80  # a tenth of 400


@pytest.mark.parametrize("paper", [(250, 240, 230), (20, 30, 40), (128, 128, 128)])
def test_a_second_ink_stands_out_from_any_paper(paper: tuple[int, int, int]) -> None:
    inks = [second_ink(paper, np.random.default_rng(seed)) for seed in range(100)]
    assert min(abs(luma(ink) - luma(paper)) for ink in inks) >= MIN_CONTRAST
    assert len(set(inks)) > 90


def test_paper_keeps_its_colour_on_the_whole() -> None:
    paper = sheet_of_paper(60, 200, (200, 150, 100), np.random.default_rng(0))
    assert paper.shape == (60, 200, 3)
    np.testing.assert_allclose(paper.mean(axis=(0, 1)), (200, 150, 100), atol=12)
    assert paper.std() > 1
