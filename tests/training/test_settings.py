from typing import Any

import pytest

from paddock.config.schema import TrainingConfig
from paddock.core.errors import ConfigError
from paddock.training.settings import LoopSettings
from tests.training.tiny_task import settings

GLOBAL = {
    "epoch_num": 3,
    "print_batch_step": 10,
    "log_smooth_window": 20,
    "save_epoch_step": 3,
    "eval_batch_epoch": 1,
    "eval_batch_step": [0, 2000],
}
TRAINING = TrainingConfig(
    patience=None,
    min_delta=0.0,
    time_limit_min=1.5,
    keep_checkpoints=1,
    min_matched_ratio=0.5,
    pretrained_dictionary=None,
    mix={},
    gallery_size=8,
)


def test_minutes_become_seconds() -> None:
    assert LoopSettings.read(GLOBAL, TRAINING).time_limit_s == 90


def test_every_training_is_evaluated_at_least_once() -> None:
    assert settings(epochs=2, eval_every_epochs=None, eval_every_steps=2000).num_evaluations(10) == 1


def test_evaluations_are_counted_before_the_first_step() -> None:
    assert settings(epochs=5, eval_every_epochs=2).num_evaluations(10) == 3  # after epochs 2, 4 and 5


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"epoch_num": 0}, r"Global\.epoch_num is 0: it must be a whole number above 0"),
        ({"print_batch_step": "often"}, r"Global\.print_batch_step is 'often'"),
        ({"eval_batch_step": [0]}, r"Global\.eval_batch_step is \[0\]: write \[first step, steps between\]"),
        ({"eval_batch_epoch": -1}, r"Global\.eval_batch_epoch is -1"),
    ],
)
def test_a_wrong_count_is_refused_by_key(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        LoopSettings.read(GLOBAL | changes, TRAINING)
