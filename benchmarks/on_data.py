"""A training on drawn pictures in a project of its own: its start, its reader, and what recording it costs."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import paddle

from paddock.accelerate import accelerated
from paddock.config.compose import compose
from paddock.engines.native import NativeSession, open_native
from paddock.tracking.outbox import all_outboxes
from paddock.tracking.run import open_run
from paddock.tracking.tracker import Tracker
from tracking import METRICS, courier_s

REPOSITORY = Path(__file__).parents[1]
SAMPLES = {
    "det": ["dataset=sample", "dataset.sample.num_pages=30", "dataset.sample.num_tables=0"],
    "rec": ["dataset=sample", "dataset.sample.num_pages=14", "dataset.sample.num_tables=0"],
    "table": ["dataset=sample_tables", "dataset.sample.num_tables=30"],
}
"""Two batches and a little more to learn from."""


@dataclass
class Course:
    """How the steps of a training went."""

    seconds: list[float] = field(default_factory=list)
    """Of a step, the wait for its batch included."""
    cpu_seconds: list[float] = field(default_factory=list)
    """Processor time of the process in a step: on a busy machine the better measure."""
    waits: list[float] = field(default_factory=list)
    """For the batch."""
    records: list[float] = field(default_factory=list)
    """For the tracker."""
    sending_s: float = 0.0
    """Processor time of the thread that sends."""

    def share(self, part_s: float) -> float:
        """``part_s`` of the time of all steps."""
        return part_s / sum(self.seconds)


@contextmanager
def project(task: str, settings: Sequence[str]) -> Iterator[list[str]]:
    """Work in a throw-away project with a small prepared data set; gives the settings that name it."""
    overrides = [*settings, *SAMPLES[task]]
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(REPOSITORY / "conf", Path(folder) / "conf")
        shutil.copyfile(REPOSITORY / "params.yaml", Path(folder) / "params.yaml")
        for name in ("DVC_ROOT", "MLFLOW_TRACKING_URI"):
            os.environ.pop(name, None)
        os.chdir(folder)
        try:
            subprocess.run([*_PADDOCK, "prepare", *overrides], check=True, capture_output=True)
            yield overrides
        finally:
            os.chdir(before)


def first_step_s(overrides: Sequence[str]) -> float:
    """From the command ``paddock train`` to the line of its first step.

    Raises:
        RuntimeError: it ended before.
    """
    start, lines = time.perf_counter(), []
    command = [*_PADDOCK, "train", *overrides, "Global.checkpoints=null"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout or ():
            lines.append(line)
            if "global_step: 1," in line:
                process.kill()
                return time.perf_counter() - start
    raise RuntimeError("paddock train ended before its first step:\n" + "".join(lines[-5:]))


def import_s() -> float:
    """``python -c "import paddle"``."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-W", "ignore", "-c", "import paddle"], check=True, capture_output=True)
    return time.perf_counter() - start


def courses(overrides: Sequence[str], steps: int, threads: int) -> tuple[Course, Course]:
    """The same network on the same batches, accelerated: unrecorded, then recorded.

    A first course that does not count meets all widths of the lines, each of which costs a program.
    """
    config = compose(overrides)
    session = open_native(config).start(config)
    session.network.train()
    with accelerated(session.network, threads):
        _course(session, steps, None)
        without = _course(session, steps, None)
        shutil.rmtree("mlruns", ignore_errors=True)  # of a training that was killed while it made its store
        with open_run(config.tracking, name="benchmark") as tracker:
            tracker.metrics(METRICS, 0)
            while all_outboxes(Path())[-1].unsent_bytes:
                time.sleep(0.1)  # the first contact makes the store and the run, which a training pays once
            recorded = _course(session, steps, tracker)
    return without, recorded


def _course(session: NativeSession, steps: int, tracker: Tracker | None) -> Course:
    """Train on the first batches, as `paddock.training.loop` does."""
    course, sent_s = Course(), courier_s() if tracker else 0.0
    batches = session.loader.epochs(range(steps))  # an epoch has a batch at least
    for number in range(steps):
        start, cpu_start = time.perf_counter(), time.process_time()
        _, _, batch = next(batches)
        course.waits.append(time.perf_counter() - start)
        targets = [paddle.to_tensor(target) for target in batch.targets]
        outputs = session.network(paddle.to_tensor(batch.images), *session.task.given(targets))
        loss = session.task.loss(outputs, targets)["loss"]
        float(loss)
        loss.backward()
        session.optimizer.step()
        session.optimizer.clear_grad()
        recording = time.perf_counter()
        if tracker:
            tracker.metrics(METRICS, number)
        course.records.append(time.perf_counter() - recording)
        course.seconds.append(time.perf_counter() - start)
        course.cpu_seconds.append(time.process_time() - cpu_start)
    batches.close()
    course.sending_s = courier_s() - sent_s if tracker else 0.0
    return course


_PADDOCK = [sys.executable, "-W", "ignore", "-m", "paddock"]
