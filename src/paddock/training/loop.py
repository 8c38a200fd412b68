"""The training loop; it knows no task. Read `Training.run` and you have read it."""

import logging
import math
import signal
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import paddle
from paddle import nn
from paddle.optimizer import Optimizer
from paddle.optimizer.lr import LRScheduler
from paddle.utils import unique_name

from paddock.core.errors import TrainingError
from paddock.core.files import write_json
from paddock.data.loader import Batch, Loader
from paddock.ocr.task import Task
from paddock.tracking.tracker import Tracker
from paddock.training import checkpoint
from paddock.training.checkpoint import State
from paddock.training.evaluate import evaluate
from paddock.training.parallel import Group
from paddock.training.progress import Speedometer, duration, peak_memory_mb
from paddock.training.seed import seed_all
from paddock.training.settings import LoopSettings

_log = logging.getLogger(__name__)

SAVE_INTERVAL_S = 600.0
"""A long epoch is saved in between, so that a kill costs no more than this."""


@dataclass(frozen=True)
class Outcome:
    """How a training ended."""

    state: State
    reason: str
    """``finished``, ``patience`` or ``time limit``."""


@dataclass
class Training:
    """A network on its way through its epochs.

    ``run`` may be called on a state that `checkpoint.load_state` restored; the result is then the same, bit by bit, as
    if nothing had interrupted it.
    """

    task: Task
    network: nn.Layer
    optimizer: Optimizer
    schedule: LRScheduler
    settings: LoopSettings
    seed: int
    train_loader: Loader[Any]
    eval_loader: Loader[Any]
    tracker: Tracker
    folder: Path
    """Where checkpoints go."""
    group: Group
    state: State = field(default_factory=State)
    _stop: bool = False
    _saved_at: float = field(default_factory=time.perf_counter)

    def run(self) -> Outcome:
        """Train until the last epoch, the time limit, or no progress; evaluated and saved in any case.

        Raises:
            TrainingError: there is nothing left to train, or the loss is not a number.
            KeyboardInterrupt: a person or the system asked to stop; the state is saved first.
        """
        if self.state.ended:
            return Outcome(self.state, self.state.ended)  # killed after its last step
        if self.state.epoch >= self.settings.epochs:
            raise TrainingError(
                f"this training has finished all {self.state.epoch} epochs. To go on, raise Global.epoch_num."
            )
        model = self.group.wrap(self.network)
        model.train()
        batches_per_epoch = self.train_loader.num_batches()
        log = _StepLog(self, batches_per_epoch)
        session_start = time.perf_counter() - self.state.seconds
        epochs = range(self.state.epoch, self.settings.epochs)
        # Paddle numbers an optimiser's values on and on within a process; a saved state fits only if it counts anew.
        with unique_name.guard(), self._stop_signals():
            for epoch, _, batch in self.train_loader.epochs(epochs, self.state.batch):
                loss, outputs = self._step(model, batch)
                self.state = checkpoint.advanced(self.state, batches_per_epoch)
                self.state = replace(self.state, seconds=time.perf_counter() - session_start)
                log.step(batch, outputs, loss)
                self._after_step(epoch + 1, log)
                if self.state.ended:
                    break
        return Outcome(self.state, self.state.ended)

    def _after_step(self, epoch: int, log: "_StepLog") -> None:
        """Evaluate, save and end where it is time to.

        Args:
            epoch: the current one, from 1.
        """
        epoch_ended = self.state.batch == 0
        over_time = self._over_time()
        if self.settings.evaluates_after(self.state.step, epoch_ended, epoch) or over_time:
            self._evaluate(log)
        if epoch_ended and epoch % self.settings.save_every_epochs == 0 and self.group.is_first:
            checkpoint.keep_epoch(self.network, epoch, self.folder, self.settings.keep_checkpoints)
        if over_time:
            self.state = replace(self.state, ended="time limit")
        elif self._out_of_patience():
            self.state = replace(self.state, ended="patience")
        elif epoch_ended and epoch == self.settings.epochs:
            self.state = replace(self.state, ended="finished")
        stops = self.group.any(self._stop)
        if epoch_ended or self.state.ended or stops or time.perf_counter() - self._saved_at > SAVE_INTERVAL_S:
            self._save()
        if stops:
            raise KeyboardInterrupt

    def _step(self, model: nn.Layer, batch: Batch[Any]) -> tuple[float, Any]:
        seed_all(self.seed, self.state.step, self.group.rank)
        targets = [paddle.to_tensor(target) for target in batch.targets]
        outputs = model(paddle.to_tensor(batch.images), *self.task.given(targets))
        terms = self.task.loss(outputs, targets)
        loss = float(terms["loss"])
        if not math.isfinite(loss):
            raise self._not_a_number(loss, batch)
        terms["loss"].backward()
        self.optimizer.step()
        self.optimizer.clear_grad()
        self.schedule.step()
        return loss, outputs

    def _not_a_number(self, loss: float, batch: Batch[Any]) -> TrainingError:
        """Keep what made the loss explode; the last good checkpoint stays as it is."""
        path = self.folder / "not_a_number.json"
        write_json(
            path,
            {
                "epoch": self.state.epoch,
                "step": self.state.step,
                "loss": str(loss),
                "learning_rate": float(self.schedule()),
                "samples": [str(sample.image) for sample in batch.samples],
            },
        )
        return TrainingError(
            f"the loss became {loss} in epoch {self.state.epoch + 1}, step {self.state.step + 1}; its samples stand "
            f"in {path}. Lower Optimizer.lr.learning_rate, or set Optimizer.clip_norm_global=5. "
            "The last checkpoint is kept."
        )

    def _evaluate(self, log: "_StepLog") -> None:
        """Score the validation split on the first process; the others wait for its verdict."""
        start = time.perf_counter()
        metrics: dict[str, float] = {}
        if self.group.is_first:
            metrics = evaluate(self.network, self.eval_loader, self.task.scorer())
        metrics = self.group.broadcast(metrics)
        indicator, epoch = self.task.indicator, self.state.step / self.train_loader.num_batches()
        best = self.state.best.get(indicator)
        better = best is None or metrics[indicator] > best + self.settings.min_delta
        if better and self.group.is_first:
            checkpoint.save_weights(self.network, self.folder / f"{checkpoint.BEST}.pdparams")
        self.state = replace(
            self.state,
            best=metrics if better else self.state.best,
            best_epoch=math.ceil(epoch) if better else self.state.best_epoch,
            evaluations_since_best=0 if better else self.state.evaluations_since_best + 1,
            evaluations=[*self.state.evaluations, {"epoch": epoch, "step": self.state.step, **metrics}],
        )
        log.evaluated(metrics, better, time.perf_counter() - start)

    def _save(self) -> None:
        self._saved_at = time.perf_counter()
        if self.group.is_first:
            checkpoint.save_state(self.network, self.optimizer, self.state, self.folder)

    def _over_time(self) -> bool:
        limit = self.settings.time_limit_s
        return self.group.any(limit is not None and self.state.seconds >= limit)

    def _out_of_patience(self) -> bool:
        patience = self.settings.patience
        return patience is not None and self.state.evaluations_since_best >= patience

    @contextmanager
    def _stop_signals(self) -> Iterator[None]:
        """Ctrl-C and SIGTERM end the training after the step it is in, saved."""

        def stop(number: int, frame: FrameType | None) -> None:
            self._stop = True

        previous = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)


class _StepLog:
    """Tells the terminal and the tracker how a training goes."""

    def __init__(self, training: Training, batches_per_epoch: int) -> None:
        self.training = training
        self.total_steps = training.settings.epochs * batches_per_epoch
        self.batches_per_epoch = batches_per_epoch
        self.losses: deque[float] = deque(maxlen=training.settings.smooth_window)
        self.speed = Speedometer(training.settings.smooth_window)

    def step(self, batch: Batch[Any], outputs: Any, loss: float) -> None:
        """Count a step; every ``print_batch_step`` steps, tell of it."""
        training, state = self.training, self.training.state
        self.losses.append(loss)
        self.speed.tick(len(batch.samples) * training.group.world_size)
        if state.step % training.settings.print_every_steps != 0 and state.step != 1:
            return
        row = {
            "loss": float(np.mean(self.losses)),
            "lr": float(training.schedule()),
            "samples_per_s": self.speed.samples_per_s(),
            "peak_memory_mb": peak_memory_mb(),
        }
        if training.settings.score_training:
            row[training.task.indicator] = self._score(batch, outputs)
        if not training.group.is_first:
            return
        training.state.curve.append({"step": state.step, "epoch": state.step / self.batches_per_epoch, **row})
        training.tracker.metrics({f"train/{name}": value for name, value in row.items()}, state.step)
        left = duration(self.speed.remaining_s(self.total_steps - state.step))
        epoch = min(math.ceil(state.step / self.batches_per_epoch), training.settings.epochs)
        shown = ", ".join(f"{name}: {value:.4g}" for name, value in row.items())
        _log.info(f"epoch: [{epoch}/{training.settings.epochs}], global_step: {state.step}, {shown}, eta: {left}")

    def _score(self, batch: Batch[Any], outputs: Any) -> float:
        scorer = self.training.task.scorer()
        found = outputs if isinstance(outputs, list | tuple) else [outputs]
        scorer.add([output.numpy() for output in found], batch)
        return scorer.metrics()[self.training.task.indicator]

    def evaluated(self, metrics: dict[str, float], better: bool, seconds: float) -> None:
        """Tell of an evaluation."""
        training, state = self.training, self.training.state
        self.speed.pause(seconds)
        if not training.group.is_first:
            return
        training.tracker.metrics({f"val/{name}": value for name, value in metrics.items()}, state.step)
        shown = ", ".join(f"{name}: {value:.4g}" for name, value in metrics.items())
        best = state.best[training.task.indicator]
        verdict = "new best" if better else f"best {training.task.indicator}: {best:.4f} of epoch {state.best_epoch}"
        _log.info(f"cur metric, {shown} ({verdict}; {seconds:.1f} s)")
