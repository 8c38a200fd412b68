"""What the training loop reads of a config, checked."""

from dataclasses import dataclass
from typing import Any

from paddock.config.schema import TrainingConfig
from paddock.core.errors import ConfigError


@dataclass(frozen=True)
class LoopSettings:
    """PaddleOCR's ``Global`` keys that steer a training, and paddock's ``training`` keys."""

    epochs: int
    print_every_steps: int
    smooth_window: int
    """Steps that the logged loss averages."""
    eval_every_epochs: int | None
    """PaddleOCR's ``eval_batch_epoch``; where it is null, ``eval_batch_step`` counts."""
    eval_start_step: int
    eval_every_steps: int
    save_every_epochs: int
    score_training: bool
    """Score a training batch whenever one is logged."""
    patience: int | None
    min_delta: float
    time_limit_s: float | None
    keep_checkpoints: int

    @classmethod
    def read(cls, section: dict[str, Any], training: TrainingConfig) -> "LoopSettings":
        """Check the values of ``Global``.

        Raises:
            ConfigError: a count is below 1, or ``eval_batch_step`` has no known form.
        """
        start, every = _eval_batch_step(section.get("eval_batch_step"))
        counts = {
            key: _count(section, key)
            for key in ("epoch_num", "print_batch_step", "log_smooth_window", "save_epoch_step")
        }
        by_epoch = section.get("eval_batch_epoch") is not None
        return cls(
            epochs=counts["epoch_num"],
            print_every_steps=counts["print_batch_step"],
            smooth_window=counts["log_smooth_window"],
            eval_every_epochs=_count(section, "eval_batch_epoch") if by_epoch else None,
            eval_start_step=start,
            eval_every_steps=every,
            save_every_epochs=counts["save_epoch_step"],
            score_training=bool(section.get("cal_metric_during_train")),
            patience=training.patience,
            min_delta=training.min_delta,
            time_limit_s=None if training.time_limit_min is None else training.time_limit_min * 60,
            keep_checkpoints=training.keep_checkpoints,
        )

    def evaluates_after(self, step: int, epoch_ended: bool, epoch: int) -> bool:
        """Whether an evaluation is due after ``step`` steps and ``epoch`` whole epochs."""
        if epoch_ended and epoch == self.epochs:
            return True
        if self.eval_every_epochs is not None:
            return epoch_ended and epoch % self.eval_every_epochs == 0
        return step > self.eval_start_step and (step - self.eval_start_step) % self.eval_every_steps == 0

    def num_evaluations(self, steps_per_epoch: int) -> int:
        """Evaluations of a whole training."""
        return sum(
            self.evaluates_after(step, step % steps_per_epoch == 0, step // steps_per_epoch)
            for step in range(1, self.epochs * steps_per_epoch + 1)
        )


def _count(section: dict[str, Any], key: str) -> int:
    value = section.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ConfigError(f"Global.{key} is {value!r}: it must be a whole number above 0.")
    return value


def _eval_batch_step(value: Any) -> tuple[int, int]:
    match value:
        case int() as every if every > 0:
            return 0, every
        case [int() as start, int() as every] if start >= 0 and every > 0:
            return start, every
    raise ConfigError(f"Global.eval_batch_step is {value!r}: write [first step, steps between].")
