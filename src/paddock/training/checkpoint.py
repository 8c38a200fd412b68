"""What a training leaves on disk, under PaddleOCR's names: ``best_accuracy``, ``latest``, ``iter_epoch_N``.

A state is three files: ``.pdparams`` (weights), ``.pdopt`` (optimiser and schedule) and ``.states`` (JSON: position,
best score, history). ``latest.states`` names the weights it belongs to and is replaced last and atomically, so a kill
at any moment leaves a state that fits together.
"""

import shutil
import warnings
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import paddle
from paddle import nn
from paddle.optimizer import Optimizer

from paddock.core.errors import CheckpointError
from paddock.core.files import cannot_write, read_json, write_json
from paddock.training.pdparams import read_arrays

BEST, LATEST = "best_accuracy", "latest"


@dataclass(frozen=True)
class State:
    """Where a training stands."""

    epoch: int = 0
    """Epoch that the next step belongs to, from 0."""
    batch: int = 0
    """Batches of that epoch already learnt."""
    step: int = 0
    """Steps since the start."""
    best: dict[str, float] = field(default_factory=dict)
    """Validation metrics of the best checkpoint; empty before the first evaluation."""
    best_epoch: int = 0
    evaluations_since_best: int = 0
    ended: str = ""
    """Why the training ended: ``finished``, ``patience`` or ``time limit``; empty while it runs."""
    seconds: float = 0.0
    """Time spent training, over all its sessions."""
    curve: list[dict[str, float]] = field(default_factory=list)
    """One row a logged step."""
    evaluations: list[dict[str, float]] = field(default_factory=list)
    """One row an evaluation."""


def save_weights(network: nn.Layer, path: Path) -> None:
    """Write a state dict as ``paddle.save`` does, whole or not at all.

    Raises:
        PaddockError: the folder cannot be written.
    """
    _save(network.state_dict(), path)


def save_state(network: nn.Layer, optimizer: Optimizer, state: State, folder: Path) -> None:
    """Make ``state`` what ``latest`` means in ``folder``."""
    stem = f"step_{state.step}"
    _save(network.state_dict(), folder / f"{stem}.pdparams")
    _save(optimizer.state_dict(), folder / f"{stem}.pdopt")
    write_json(folder / f"{LATEST}.states", {"stem": stem, **asdict(state)})
    for path in folder.glob("step_*.pd*"):
        if path.stem != stem:
            path.unlink()


def load_state(prefix: Path, network: nn.Layer, optimizer: Optimizer) -> State:
    """Put a saved state back into ``network`` and ``optimizer``.

    Args:
        prefix: path without suffix, such as ``outputs/rec/train/latest``.

    Raises:
        CheckpointError: a file is missing or damaged, or belongs to another network.
    """
    try:
        values = read_json(prefix.with_suffix(".states"))
        stem = prefix.with_name(values.pop("stem"))
        state = State(**values)
    except FileNotFoundError as error:
        raise CheckpointError(
            f"Global.checkpoints={prefix}: {prefix}.states does not exist. "
            "Name the path without suffix, such as outputs/rec/train/latest."
        ) from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise CheckpointError(f"{prefix}.states is no training state of paddock ({error}).") from error
    arrays = read_arrays(stem.with_suffix(".pdparams"))
    expected = {name: list(value.shape) for name, value in network.state_dict().items()}
    if {name: list(value.shape) for name, value in arrays.items()} != expected:
        raise CheckpointError(
            f"{stem}.pdparams belongs to another network or another dictionary. To start from its weights use "
            f"Global.pretrained_model={stem} instead of Global.checkpoints."
        )
    network.set_state_dict(arrays)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Paddle's LinearWarmup warns of the inner schedule's state, then restores it
        optimizer.set_state_dict(read_arrays(stem.with_suffix(".pdopt")))
    return state


def copy_state(folder: Path, target: Path) -> None:
    """Copy the latest state of ``folder`` to ``target`` under the plain name ``latest``."""
    values = read_json(folder / f"{LATEST}.states")
    for suffix in (".pdparams", ".pdopt"):
        shutil.copyfile(folder / f"{values['stem']}{suffix}", target / f"{LATEST}{suffix}")
    write_json(target / f"{LATEST}.states", {**values, "stem": LATEST})


def keep_epoch(network: nn.Layer, epoch: int, folder: Path, keep: int) -> None:
    """Write ``iter_epoch_<epoch>.pdparams`` and remove the oldest beyond ``keep``."""
    if keep <= 0:
        return
    save_weights(network, folder / f"iter_epoch_{epoch}.pdparams")
    snapshots = sorted(folder.glob("iter_epoch_*.pdparams"), key=lambda path: int(path.stem.rpartition("_")[2]))
    for path in snapshots[:-keep]:
        path.unlink()


def advanced(state: State, batches_per_epoch: int) -> State:
    """The state one step later."""
    batch = state.batch + 1
    if batch == batches_per_epoch:
        return replace(state, epoch=state.epoch + 1, batch=0, step=state.step + 1)
    return replace(state, batch=batch, step=state.step + 1)


def _save(values: dict[str, Any], path: Path) -> None:
    draft = path.with_name(f".{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        paddle.save(values, str(draft))
        draft.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error
