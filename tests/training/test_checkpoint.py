from pathlib import Path

import pytest

from paddock.core.errors import CheckpointError, PaddockError, TrainingError
from paddock.training import checkpoint
from paddock.training.checkpoint import State, copy_state, load_state, save_state
from paddock.training.claim import claimed
from tests.training.tiny_task import training


def test_copied_state_is_a_state_of_its_own(tmp_path: Path) -> None:
    source = training(tmp_path / "a", epochs=1)
    source.run()
    target = tmp_path / "b"
    target.mkdir()

    copy_state(tmp_path / "a", target)

    loaded = training(tmp_path / "c")
    state = load_state(target / "latest", loaded.network, loaded.optimizer)
    assert state.epoch == 1
    assert sorted(path.name for path in target.iterdir()) == ["latest.pdopt", "latest.pdparams", "latest.states"]


def test_a_kill_between_weights_and_states_leaves_the_older_state_whole(tmp_path: Path) -> None:
    work = training(tmp_path)
    save_state(work.network, work.optimizer, State(step=1, epoch=1), tmp_path)
    checkpoint.save_weights(work.network, tmp_path / "step_2.pdparams")  # and then the power went

    assert load_state(tmp_path / "latest", work.network, work.optimizer).step == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"latest\.states does not exist. Name the path without suffix"),
        ("{]", r"latest\.states is no training state"),
        ('{"stem": "x", "colour": 3}', r"latest\.states is no training state"),
    ],
)
def test_what_is_no_state_is_refused(tmp_path: Path, content: str | None, message: str) -> None:
    work = training(tmp_path)
    if content is not None:
        (tmp_path / "latest.states").write_text(content)

    with pytest.raises(CheckpointError, match=message):
        load_state(tmp_path / "latest", work.network, work.optimizer)


def test_a_state_of_another_network_is_refused_with_the_other_key(tmp_path: Path) -> None:
    from paddle import nn

    work = training(tmp_path)
    save_state(work.network, work.optimizer, State(step=1), tmp_path)

    with pytest.raises(CheckpointError, match=r"use Global\.pretrained_model=.*step_1 instead of Global\.checkpoints"):
        load_state(tmp_path / "latest", nn.Linear(2, 2), work.optimizer)


def test_two_trainings_never_share_a_folder(tmp_path: Path) -> None:
    with (
        claimed(tmp_path / "run"),
        pytest.raises(TrainingError, match="this very training is running already"),
        claimed(tmp_path / "run"),
    ):
        pass


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(PaddockError, match=r"cannot write .*file/run"), claimed(tmp_path / "file" / "run"):
        pass
