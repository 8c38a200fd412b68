import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from paddock.core.errors import TrainingError
from paddock.core.files import read_json
from paddock.training import checkpoint
from tests.training.tiny_task import BATCH, SAMPLES, ListTracker, TinyTask, training, values

STEPS_PER_EPOCH = SAMPLES // BATCH


def test_same_seed_gives_bit_identical_weights(tmp_path: Path) -> None:
    first, second = training(tmp_path / "a"), training(tmp_path / "b")

    first.run()
    second.run()

    assert values(first.network) == values(second.network)


def test_training_learns_what_the_task_asks(tmp_path: Path) -> None:
    outcome = training(tmp_path, epochs=60).run()

    assert outcome.state.best["acc"] > 0.9


@pytest.mark.parametrize("killed_after", [STEPS_PER_EPOCH, STEPS_PER_EPOCH + 1, 2 * STEPS_PER_EPOCH - 1])
def test_stopped_training_resumes_to_the_same_bits_as_an_undisturbed_one(tmp_path: Path, killed_after: int) -> None:
    undisturbed = training(tmp_path / "whole")
    undisturbed.run()
    stopped = training(tmp_path / "cut", task=_InterruptedAt(killed_after))
    with pytest.raises(KeyboardInterrupt):
        stopped.run()

    resumed = training(tmp_path / "cut")
    resumed.state = checkpoint.load_state(tmp_path / "cut" / "latest", resumed.network, resumed.optimizer)
    outcome = resumed.run()

    assert resumed.state.step == undisturbed.state.step
    assert values(resumed.network) == values(undisturbed.network)
    assert outcome.state.best == undisturbed.state.best
    assert [row["step"] for row in outcome.state.curve] == list(range(1, 4 * STEPS_PER_EPOCH + 1))


class _InterruptedAt(TinyTask):
    """Asks the process to stop in the middle of a step, as a scheduler does."""

    def __init__(self, step: int) -> None:
        super().__init__()
        self.stop_at = step

    def loss(self, outputs: Any, targets: Any) -> Any:
        terms = super().loss(outputs, targets)
        if self.steps == self.stop_at:
            os.kill(os.getpid(), signal.SIGTERM)
        return terms


def test_only_a_strictly_better_score_replaces_the_best_checkpoint(tmp_path: Path) -> None:
    outcome = training(tmp_path, TinyTask(scores=[0.5, 0.5, 0.4, 0.5]), epochs=4).run()

    assert outcome.state.best_epoch == 1
    assert outcome.state.evaluations_since_best == 3


def test_best_checkpoint_holds_the_weights_of_the_best_epoch(tmp_path: Path) -> None:
    until_best = training(tmp_path / "short", epochs=2)
    until_best.run()
    longer = training(tmp_path / "long", TinyTask(scores=[0.1, 0.9, 0.3, 0.2]), epochs=4)
    longer.run()

    best = training(tmp_path / "other")
    best.network.set_state_dict(checkpoint.read_arrays(tmp_path / "long" / "best_accuracy.pdparams"))

    assert values(best.network) == values(until_best.network)


def test_training_without_progress_stops_after_its_patience(tmp_path: Path) -> None:
    outcome = training(tmp_path, TinyTask(scores=[0.5, 0.5, 0.5, 0.9]), patience=2).run()

    assert outcome.reason == "patience"
    assert outcome.state.epoch == 3


def test_time_limit_ends_with_an_evaluation_and_a_checkpoint(tmp_path: Path) -> None:
    outcome = training(tmp_path, time_limit_s=0.0).run()

    assert outcome.reason == "time limit"
    assert outcome.state.step == 1
    assert len(outcome.state.evaluations) == 1
    assert (tmp_path / "best_accuracy.pdparams").exists()


def test_last_step_is_evaluated_even_if_no_interval_ends_there(tmp_path: Path) -> None:
    outcome = training(tmp_path, epochs=2, eval_every_epochs=None, eval_every_steps=1000).run()

    assert [row["step"] for row in outcome.state.evaluations] == [2 * STEPS_PER_EPOCH]


def test_evaluation_by_steps_follows_eval_batch_step(tmp_path: Path) -> None:
    outcome = training(tmp_path, epochs=2, eval_every_epochs=None, eval_start_step=1, eval_every_steps=2).run()

    assert [row["step"] for row in outcome.state.evaluations] == [3, 5, 6]


def test_loss_that_is_no_number_stops_before_it_spoils_the_weights(tmp_path: Path) -> None:
    poisoned = training(tmp_path, TinyTask(poison_step=STEPS_PER_EPOCH + 1))

    with pytest.raises(TrainingError, match=r"loss became nan in epoch 2, step 4.*clip_norm_global=5"):
        poisoned.run()

    assert len(read_json(tmp_path / "not_a_number.json")["samples"]) == BATCH
    kept = training(tmp_path / "other")
    checkpoint.load_state(tmp_path / "latest", kept.network, kept.optimizer)
    assert values(kept.network) == values(poisoned.network)


def test_training_killed_after_its_last_step_ends_as_it_would_have(tmp_path: Path) -> None:
    whole = training(tmp_path, TinyTask(scores=[0.5, 0.5, 0.5, 0.9]), patience=2)
    whole.run()

    again = training(tmp_path, patience=2)
    again.state = checkpoint.load_state(tmp_path / "latest", again.network, again.optimizer)
    outcome = again.run()

    assert outcome.reason == "patience"
    assert outcome.state == whole.state


def test_finished_training_says_how_to_go_on(tmp_path: Path) -> None:
    finished = training(tmp_path)
    finished.state = replace(finished.state, epoch=4)

    with pytest.raises(TrainingError, match=r"finished all 4 epochs. To go on, raise Global\.epoch_num"):
        finished.run()


def test_tracker_hears_of_every_logged_step_and_evaluation(tmp_path: Path) -> None:
    watched = training(tmp_path, epochs=1)
    watched.run()

    assert isinstance(watched.tracker, ListTracker)
    steps = [step for step, row in watched.tracker.recorded if "train/loss" in row]
    assert steps == [1, 2, 3]
    assert [step for step, row in watched.tracker.recorded if "val/acc" in row] == [3]


def test_only_the_newest_epoch_snapshots_stay(tmp_path: Path) -> None:
    training(tmp_path, epochs=4, keep_checkpoints=2).run()

    assert sorted(path.name for path in tmp_path.glob("iter_epoch_*")) == [
        "iter_epoch_3.pdparams",
        "iter_epoch_4.pdparams",
    ]
