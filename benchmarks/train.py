"""Samples a second of CPU training, plain and accelerated: ``python benchmarks/train.py MODEL [--steps N]``.

Both train the same network from the same weights on the same batch of noise, step by step in turn, so that whatever
else runs on the machine slows down both. The medians of all steps but the first are compared; the last line is
``ratio: X``, accelerated over plain. On a busy machine read the CPU times, with ``--threads 1``. Paddle itself takes
its number of threads from OMP_NUM_THREADS, 1 if that is unset. Peak memory is that of two steps in a process of their
own; the profile is that of one more step, by kind of primitive.
"""

import argparse
import statistics
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import paddle
import psutil
from numpy.random import Generator
from paddle import Tensor, nn

from paddock.accelerate import accelerated
from paddock.accelerate.accelerated import outermost
from paddock.accelerate.executor import Executor
from paddock.accelerate.library import OneDnn
from paddock.accelerate.networks import NETWORKS
from paddock.config.compose import compose
from paddock.ocr.det.loss import DBLoss
from paddock.ocr.det.model import build_network as build_detector
from paddock.ocr.rec.loss import CTCLoss
from paddock.ocr.rec.model import build_network as build_recognizer
from paddock.ocr.table.loss import SLALoss
from paddock.ocr.table.model import build_network as build_table_reader
from paddock.training.optim import build_optimizer, build_schedule

NUM_CLASSES, LABEL_LENGTH = 97, 8
NUM_TOKENS, NUM_TABLE_CLASSES = 100, 50
"""Structure tokens of a table with about 25 cells; classes of PaddleOCR's dictionary."""
PROFILE_LINES = 12


@dataclass(frozen=True)
class Workload:
    """What a task trains on."""

    build: Callable[[], nn.Layer]
    images: Tensor
    loss: Callable[[Tensor], Tensor]
    """Of what the network gives for ``images``."""
    given: tuple[Tensor, ...] = ()
    """What the network is called with behind the pictures."""


def recognition(config: Any, rng: Generator, batch_size: int, width: int | None) -> Workload:
    """Lines of noise, ``width`` pixels wide."""
    channels, height, _ = config.Global["d2s_train_image_shape"]
    labels = paddle.to_tensor(rng.integers(1, NUM_CLASSES, (batch_size, LABEL_LENGTH)))
    lengths = paddle.full([batch_size], LABEL_LENGTH, "int64")
    loss_of = CTCLoss()
    return Workload(
        build=partial(build_recognizer, config.Architecture, NUM_CLASSES),
        images=_noise(rng, (batch_size, channels, height, width or 100)),
        loss=lambda scores: loss_of(scores, labels, lengths),
    )


def detection(config: Any, rng: Generator, batch_size: int, width: int | None) -> Workload:
    """Square pages of noise, ``width`` pixels in both directions, with lines that are said to be text."""
    size = width or 640
    text = np.zeros((batch_size, size, size), np.float32)
    for top in range(16, size - 16, 64):
        text[:, top : top + 16, 16 : size // 2] = 1
    truth = paddle.to_tensor(text)
    ones = paddle.ones_like(truth)
    loss_of = DBLoss()
    return Workload(
        build=partial(build_detector, config.Architecture),
        images=_noise(rng, (batch_size, 3, size, size)),
        loss=lambda maps: loss_of(maps, 0.3 + 0.4 * truth, ones, truth, ones)["loss"],
    )


def table_structure(config: Any, rng: Generator, batch_size: int, width: int | None) -> Workload:
    """Square pictures of noise, ``width`` pixels in both directions, each with a box for every fourth token."""
    size = width or config.Global["d2s_train_image_shape"][1]
    structure = paddle.to_tensor(rng.integers(1, NUM_TABLE_CLASSES, (batch_size, NUM_TOKENS + 1)))
    boxes = paddle.to_tensor(rng.uniform(0, 1, (batch_size, NUM_TOKENS, 8)).astype(np.float32))
    mask = paddle.to_tensor((np.arange(NUM_TOKENS) % 4 == 0).astype(np.float32)[None, :, None].repeat(batch_size, 0))
    loss_of = SLALoss(1.0, 2.0, "smooth_l1")
    return Workload(
        build=partial(build_table_reader, config.Architecture, NUM_TABLE_CLASSES),
        images=_noise(rng, (batch_size, 3, size, size)),
        loss=lambda outputs: loss_of(outputs, structure[:, 1:], boxes, mask)["loss"],
        given=(structure[:, :-1],),
    )


WORKLOADS = {"det": detection, "rec": recognition, "table": table_structure}
BATCH_SIZES = {"det": 8, "rec": 64, "table": 8}


class Trainee:
    """A network with its optimiser, and how long its steps took."""

    def __init__(self, config: Any, workload: Workload) -> None:
        paddle.seed(config.seed)
        self.network = workload.build()
        self._workload = workload
        self._schedule = build_schedule(config.Optimizer["lr"], epochs=1000, steps_per_epoch=1000)
        self._optimizer = build_optimizer(config.Optimizer, self._schedule, self.network.parameters())
        self.losses: list[float] = []
        self.seconds: list[float] = []
        self.cpu_seconds: list[float] = []

    def step(self) -> None:
        """Learn one batch."""
        start, cpu_start = time.perf_counter(), time.process_time()
        loss = self._workload.loss(self.network(self._workload.images, *self._workload.given))
        self.losses.append(float(loss))
        loss.backward()
        self._optimizer.step()
        self._optimizer.clear_grad()
        self._schedule.step()
        self.seconds.append(time.perf_counter() - start)
        self.cpu_seconds.append(time.process_time() - cpu_start)


def main() -> None:
    """Measure and print."""
    arguments = _parser().parse_args()
    config, workload = _prepare(arguments)
    trainees = {"plain": Trainee(config, workload), "accelerated": Trainee(config, workload)}
    with accelerated(trainees["accelerated"].network, arguments.threads):
        for _ in range(arguments.steps + 1):
            for trainee in trainees.values():
                trainee.step()
    profile(trainees["accelerated"].network, workload, arguments.threads)
    peaks = {name: _in_a_process_of_its_own(peak_memory_mb, arguments, name) for name in trainees}
    report(trainees, len(workload.images), peaks)


def profile(network: nn.Layer, workload: Workload, threads: int) -> None:
    """Where the seconds of one accelerated step go."""
    seconds: Counter[str] = Counter()
    library = OneDnn()
    for layer in outermost(network):
        executor = Executor(layer, library, threads or psutil.cpu_count(), seconds)
        setattr(layer, NETWORKS[type(layer)].method, executor)
    workload.loss(network(workload.images, *workload.given)).backward()
    seconds.clear()  # that was the first one
    start = time.perf_counter()
    workload.loss(network(workload.images, *workload.given)).backward()
    whole = time.perf_counter() - start
    print(f"{whole:8.3f} s forward, loss and backward; of these")
    for name, part in [*seconds.most_common(PROFILE_LINES), ("outside", whole - sum(seconds.values()))]:
        print(f"{part:8.3f} s {name}")


def peak_memory_mb(arguments: argparse.Namespace, name: str) -> float:
    """Of a process that makes two steps."""
    config, workload = _prepare(arguments)
    trainee = Trainee(config, workload)
    with accelerated(trainee.network, arguments.threads) if name == "accelerated" else nullcontext():
        trainee.step()
        trainee.step()
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024  # not getrusage: a child's peak begins with its parent's


def report(trainees: Mapping[str, Trainee], batch_size: int, peaks: Mapping[str, float]) -> None:
    """One line for each kind of training, then the ratio."""
    print(f"load {psutil.getloadavg()[0]:.1f} on {psutil.cpu_count()} cores")
    speeds = {}
    for name, trainee in trainees.items():
        first, *steps = trainee.seconds
        speeds[name] = batch_size / statistics.median(steps)
        cpu = min(trainee.cpu_seconds[1:])
        print(
            f"{name:12}{speeds[name]:8.2f} samples/s, {batch_size / min(steps):8.2f} in the best step, "
            f"{cpu:6.2f} s CPU a step, first step {first:5.2f} s, peak memory {peaks[name]:6.0f} MB, "
            f"loss {trainee.losses[0]:.5f} -> {trainee.losses[-1]:.5f}"
        )
    print(f"ratio: {speeds['accelerated'] / speeds['plain']:.2f}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="file of conf/model, such as rec_crnn_mv3, det_db_mv3 or table_slanet")
    parser.add_argument("--steps", type=int, default=6, help="of each kind, after the first")
    parser.add_argument("--batch-size", type=int, help="64 lines, 8 pages or 8 tables if left out")
    words = "of a line (100 if left out), or both sides of a page (640) or a table (488)"
    parser.add_argument("--width", type=int, help=words)
    parser.add_argument("--threads", type=int, default=0, help="of the accelerated form; 0 means all cores")
    return parser


def _prepare(arguments: argparse.Namespace) -> tuple[Any, Workload]:
    config = compose([f"model={arguments.model}", "Optimizer.lr.warmup_epoch=0"])
    batch_size = arguments.batch_size or BATCH_SIZES[config.task]
    rng = np.random.default_rng(config.seed)
    return config, WORKLOADS[config.task](config, rng, batch_size, arguments.width)


def _noise(rng: Generator, shape: tuple[int, ...]) -> Tensor:
    return paddle.to_tensor(rng.uniform(-1, 1, shape).astype(np.float32))


def _in_a_process_of_its_own(function: Callable[..., float], *arguments: Any) -> float:
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


if __name__ == "__main__":
    main()
