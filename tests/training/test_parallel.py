"""Two real processes over gloo: as far as several devices can be tested without one."""

import multiprocessing
import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import paddle
import psutil
import pytest

from paddock.config.schema import Device, HardwareConfig
from paddock.core.errors import DatasetError, EngineError
from paddock.training.parallel import Group, launch
from tests.training.tiny_task import training, values

TWO = HardwareConfig(device=Device.cpu, num_devices=2, num_nodes=1, master=None, threads=1, accelerate=False)


def train_together(folder: Path) -> None:
    group = Group.join()
    together = training(folder / "shared", epochs=2)
    together.group = group
    together.train_loader = together.task.train_loader(group.rank, group.world_size)
    outcome = together.run()
    np.savez(
        folder / f"rank{group.rank}.npz",
        *[np.frombuffer(value, np.float32) for value in values(together.network)],
        steps=outcome.state.step,
        best=outcome.state.best["acc"],
    )


@pytest.mark.slow
def test_two_processes_end_with_equal_weights_and_one_verdict(tmp_path: Path) -> None:
    launch(TWO, train_together, tmp_path)

    first, second = (dict(np.load(tmp_path / f"rank{rank}.npz")) for rank in range(2))
    assert first.keys() == second.keys()
    for name in first:
        assert np.array_equal(first[name], second[name]), name
    assert int(first["steps"]) == 2  # 3 batches an epoch, shared by two: one step each, the odd one is left
    assert (tmp_path / "shared" / "best_accuracy.pdparams").exists()


def average_gradient(folder: Path) -> None:
    group = Group.join()
    layer = paddle.nn.Linear(1, 1)
    model = group.wrap(layer)  # by name: Paddle's reducer dies with it
    model(paddle.full([1, 1], group.rank + 1.0)).sum().backward()
    np.save(folder / f"gradient{group.rank}.npy", layer.weight.grad.numpy())


@pytest.mark.slow
def test_gradients_are_averaged_over_processes(tmp_path: Path) -> None:
    launch(TWO, average_gradient, tmp_path)

    assert [np.load(tmp_path / f"gradient{rank}.npy").item() for rank in range(2)] == [1.5, 1.5]


def refuse() -> None:
    raise DatasetError("labels.txt:3: mend this")


@pytest.mark.slow
def test_a_failing_process_fails_the_training_with_its_own_line(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(EngineError, match="one of the 2 processes that train together stopped"):
        launch(TWO, refuse)

    assert "paddock: labels.txt:3: mend this" in capfd.readouterr().err


def tell_and_wait(folder: Path) -> None:
    (folder / f"{os.getpid()}.pid").touch()
    time.sleep(600)


@pytest.mark.slow
def test_processes_end_with_a_launcher_that_is_killed(tmp_path: Path) -> None:
    launcher = multiprocessing.get_context("spawn").Process(target=launch, args=(TWO, tell_and_wait, tmp_path))
    launcher.start()
    while len(files := list(tmp_path.glob("*.pid"))) < TWO.num_devices:
        assert launcher.is_alive()
        time.sleep(0.1)
    workers = [psutil.Process(int(file.stem)) for file in files]

    launcher.kill()

    _, left = psutil.wait_procs(workers, timeout=60)
    assert not left


def test_one_device_needs_no_other_process() -> None:
    seen: list[int] = []

    launch(replace(TWO, num_devices=1), seen.append, 3)

    assert seen == [3]


def test_several_machines_are_told_how_to_start() -> None:
    nodes = replace(TWO, num_nodes=2, master="10.1.1.1:8000")

    with pytest.raises(
        EngineError, match=r"paddle\.distributed\.launch --nnodes 2 --nproc_per_node 2 --master 10\.1\.1\.1:8000"
    ):
        launch(nodes, print)
