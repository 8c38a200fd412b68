import math
from typing import Any

import paddle
import pytest
from paddle import nn

from paddock.core.errors import ConfigError
from paddock.training.optim import build_optimizer, build_schedule


def rates(section: dict[str, Any], epochs: int, steps_per_epoch: int) -> list[float]:
    schedule = build_schedule(section, epochs, steps_per_epoch)
    found = []
    for _ in range(epochs * steps_per_epoch):
        found.append(float(schedule()))
        schedule.step()
    return found


def test_a_schedule_without_a_name_is_constant() -> None:
    assert rates({"learning_rate": 0.5}, 2, 3) == [0.5] * 6


def test_cosine_goes_from_the_whole_rate_towards_zero() -> None:
    expected = [0.5 * (1 + math.cos(math.pi * step / 4)) for step in range(4)]

    assert rates({"name": "Cosine", "learning_rate": 1.0}, 2, 2) == pytest.approx(expected)


def test_linear_ends_at_end_lr() -> None:
    assert rates({"name": "Linear", "learning_rate": 1.0, "end_lr": 0.2}, 1, 4) == pytest.approx([1.0, 0.8, 0.6, 0.4])


def test_piecewise_changes_at_its_epochs() -> None:
    section = {"name": "Piecewise", "decay_epochs": [1, 2], "values": [1.0, 0.1, 0.01]}

    assert rates(section, 3, 2) == pytest.approx([1.0, 1.0, 0.1, 0.1, 0.01, 0.01])


def test_warm_up_of_half_an_epoch_grows_from_zero_then_the_schedule_begins() -> None:
    found = rates({"name": "Cosine", "learning_rate": 1.0, "warmup_epoch": 0.5}, 2, 4)

    assert found[:3] == pytest.approx([0.0, 0.5, 1.0])
    assert found[2:] == pytest.approx([0.5 * (1 + math.cos(math.pi * step / 6)) for step in range(6)])


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"name": "Cosin", "learning_rate": 1.0}, "Did you mean 'Cosine'"),
        ({"name": "Cosine", "learning_rate": 1.0, "end_lr": 0.1}, "Cosine has no setting 'end_lr'"),
        ({"name": "Piecewise", "decay_epochs": [1], "values": [1.0]}, "1 decay_epochs need 2 values, not 1"),
        ({"learning_rate": 1.0, "warmup_epoch": 3}, r"warmup_epoch \(3\) must be below Global\.epoch_num \(3\)"),
    ],
)
def test_a_wrong_schedule_is_refused_by_name(section: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        build_schedule(section, 3, 2)


def step_once(section: dict[str, Any]) -> float:
    """How far the only weight moves on gradient 10 at learning rate 0.1."""
    layer = nn.Linear(1, 1, bias_attr=False)
    layer.weight.set_value(paddle.ones([1, 1]))
    optimizer = build_optimizer(section, build_schedule({"learning_rate": 0.1}, 1, 1), layer.parameters())
    (layer(paddle.ones([1, 1])) * 10).sum().backward()
    optimizer.step()
    return 1.0 - layer.weight.item()


def test_momentum_without_limits_moves_by_rate_times_gradient() -> None:
    assert step_once({"name": "Momentum", "momentum": 0.9}) == pytest.approx(1.0)


@pytest.mark.parametrize("key", ["clip_norm", "clip_norm_global"])
def test_clipping_limits_the_gradient(key: str) -> None:
    assert step_once({"name": "Momentum", key: 2.0}) == pytest.approx(0.2)


def test_a_gradient_below_the_limit_is_left_as_it_is() -> None:
    assert step_once({"name": "Momentum", "clip_norm_global": 20.0}) == step_once({"name": "Momentum"})


def test_l2_regularizer_adds_its_factor_times_the_weight() -> None:
    section = {"name": "Momentum", "regularizer": {"name": "L2", "factor": 0.5}}

    assert step_once(section) == pytest.approx(0.1 * (10 + 0.5))


def test_a_factor_of_zero_regularizes_nothing() -> None:
    assert step_once({"name": "Momentum", "regularizer": {"name": "L2", "factor": 0}}) == pytest.approx(1.0)


def test_adamw_shrinks_the_weight_by_rate_times_decay() -> None:
    plain, decayed = step_once({"name": "AdamW"}), step_once({"name": "AdamW", "weight_decay": 0.5})

    assert decayed - plain == pytest.approx(0.1 * 0.5, rel=1e-4)


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"name": "Adm"}, "Did you mean 'Adam'"),
        ({"name": "Adam", "momentum": 0.9}, "Adam has no setting 'momentum'"),
        ({"name": "Adam", "clip_norm": 1, "clip_norm_global": 1}, "exclude each other"),
        ({"name": "AdamW", "regularizer": {"name": "L2", "factor": 0.1}}, r"set that, and Optimizer\.regularizer=null"),
    ],
)
def test_a_wrong_optimizer_is_refused(section: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        step_once(section)
