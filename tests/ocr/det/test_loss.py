"""Terms of the loss on maps small enough to follow by hand; whole maps are held against PaddleOCR in parity tests."""

import math

import numpy as np
import paddle
import pytest
from paddle import Tensor

from paddock.core.errors import ConfigError
from paddock.ocr.det.loss import DBLoss, dice_loss, hard_negative_bce, mask_l1_loss


def row(*values: float) -> Tensor:
    """A map ``[1, 1, W]``."""
    return paddle.to_tensor([[list(values)]], dtype="float32")


def test_dice_counts_only_where_the_mask_is_set() -> None:
    found = dice_loss(row(0.5, 1.0, 0.7), row(1, 0, 1), row(1, 1, 0))

    assert float(found) == pytest.approx(1 - 2 * 0.5 / (1.5 + 1.0), rel=1e-5)


def test_l1_is_the_mean_where_the_mask_is_set_and_zero_without_any() -> None:
    assert float(mask_l1_loss(row(0.3, 0.9), row(0.5, 0.0), row(1, 0))) == pytest.approx(0.2, rel=1e-4)
    assert float(mask_l1_loss(row(0.3), row(0.5), row(0))) == 0.0


def test_only_the_worst_negatives_count_three_to_a_positive() -> None:
    predicted = row(0.9, 0.1, 0.8, 0.2, 0.6, 0.99)
    truth, mask = row(1, 0, 0, 0, 0, 0), row(1, 1, 1, 1, 1, 0)

    found = hard_negative_bce(predicted, truth, mask, ratio=3)

    expected = -(math.log(0.9) + math.log(1 - 0.8) + math.log(1 - 0.6) + math.log(1 - 0.2)) / 4
    assert float(found) == pytest.approx(expected, rel=1e-5)


def test_fewer_negatives_than_the_ratio_allows_all_count() -> None:
    found = hard_negative_bce(row(0.5, 0.5, 0.2), row(1, 1, 0), row(1, 1, 1), ratio=3)

    assert float(found) == pytest.approx(-(2 * math.log(0.5) + math.log(0.8)) / 3, rel=1e-5)


def test_the_worst_negatives_of_a_whole_batch_are_those_that_sorting_finds() -> None:
    random = np.random.default_rng(0)
    predicted = random.uniform(0.01, 0.99, (2, 16, 16)).astype(np.float32)
    truth = (random.random((2, 16, 16)) < 0.1).astype(np.float32)
    mask = (random.random((2, 16, 16)) < 0.9).astype(np.float32)

    found = hard_negative_bce(*(paddle.to_tensor(values) for values in (predicted, truth, mask)), ratio=3)

    cross_entropy = -np.log(np.where(truth == 1, predicted, 1 - predicted))
    positives = int((truth * mask).sum())
    negatives = np.sort((cross_entropy * (1 - truth) * mask).ravel())[::-1][: 3 * positives]
    total = (cross_entropy * truth * mask).sum() + negatives.sum()
    assert float(found) == pytest.approx(total / (4 * positives), rel=1e-5)


def terms(loss: DBLoss, shrink_map: Tensor, **targets: Tensor) -> dict[str, float]:
    maps = paddle.to_tensor([[[[0.5, 0.4]], [[0.3, 0.6]], [[0.9, 0.1]]]], dtype="float32")
    found = loss(
        maps, row(0.4, 0.6), targets.get("threshold_mask", row(1, 1)), shrink_map, targets.get("mask", row(1, 1))
    )
    return {name: float(value) for name, value in found.items()}


def test_terms_are_weighted_by_alpha_and_beta_and_add_up() -> None:
    found = terms(DBLoss(alpha=5, beta=10), row(1, 0))

    assert found["loss_shrink_maps"] == pytest.approx(5 * (1 - 2 * 0.5 / 1.9), rel=1e-5)
    assert found["loss_threshold_maps"] == pytest.approx(10 * (0.1 + 0.0) / 2, rel=1e-4)
    assert found["loss_binary_maps"] == pytest.approx(1 - 2 * 0.9 / 2.0, rel=1e-5)
    assert found["loss"] == pytest.approx(sum(found[name] for name in found if name != "loss"), rel=1e-6)


def test_a_batch_without_text_asks_nothing_of_the_text_map_while_balanced() -> None:
    assert terms(DBLoss(), row(0, 0))["loss_shrink_maps"] == 0.0
    assert terms(DBLoss(balance_loss=False), row(0, 0))["loss_shrink_maps"] == pytest.approx(5.0)


def test_a_batch_that_is_ignored_altogether_costs_what_it_costs_in_paddleocr_and_is_a_number() -> None:
    found = terms(DBLoss(), row(0, 0), mask=row(0, 0), threshold_mask=row(0, 0))

    assert found == {"loss": 1.0, "loss_shrink_maps": 0.0, "loss_threshold_maps": 0.0, "loss_binary_maps": 1.0}


def test_cross_entropy_takes_the_place_of_dice_for_the_text_map_only() -> None:
    found = terms(DBLoss(main_loss_type="BCELoss"), row(1, 0))

    assert found["loss_shrink_maps"] == pytest.approx(-5 * (math.log(0.5) + math.log(0.6)) / 2, rel=1e-5)
    assert found["loss_binary_maps"] == pytest.approx(1 - 2 * 0.9 / 2.0, rel=1e-5)


def test_targets_may_be_bytes() -> None:
    assert terms(DBLoss(), row(1, 0).astype("uint8")) == terms(DBLoss(), row(1, 0))


def test_the_worst_negatives_are_what_the_gradient_reaches() -> None:
    predicted = row(0.9, 0.1, 0.8, 0.2, 0.6)
    predicted.stop_gradient = False

    hard_negative_bce(predicted, row(1, 0, 0, 0, 0), row(1, 1, 1, 1, 1), ratio=2).backward()

    assert (predicted.grad.numpy().ravel() != 0).tolist() == [True, False, True, False, True]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"main_loss_type": "Euclidean"}, r"main_loss_type is 'Euclidean': the native engine has DiceLoss and BCELoss"),
        ({"main_loss_type": "BCELoss", "balance_loss": False}, r"BCELoss needs Loss\.balance_loss=true"),
    ],
)
def test_a_loss_that_is_not_there_is_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        DBLoss(**settings)
