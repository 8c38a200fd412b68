"""Samples a second of CPU training, plain and accelerated: ``python benchmarks/train.py MODEL [--steps N]``.

Both train the same network from the same weights on the same batch of noise, step by step in turn, so that whatever
else runs on the machine slows down both. The medians of all steps but the first are compared; the last line is
``ratio: X``, accelerated over plain. On a busy machine read the CPU times, with ``--threads 1``. Paddle itself takes
its number of threads from OMP_NUM_THREADS, 1 if that is unset.
"""

import argparse
import statistics
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import paddle
import psutil
from paddle import Tensor, nn

from paddock.accelerate import accelerated
from paddock.config.compose import compose
from paddock.ocr.rec.loss import CTCLoss
from paddock.ocr.rec.model import build_network
from paddock.training.optim import build_optimizer, build_schedule

NUM_CLASSES, LABEL_LENGTH = 97, 8


class Trainee:
    """A network with its optimiser, and how long its steps took."""

    def __init__(self, config: Any) -> None:
        paddle.seed(config.seed)
        self.network: nn.Layer = build_network(config.Architecture, NUM_CLASSES)
        self._schedule = build_schedule(config.Optimizer["lr"], epochs=1000, steps_per_epoch=1000)
        self._optimizer = build_optimizer(config.Optimizer, self._schedule, self.network.parameters())
        self._loss = CTCLoss()
        self.losses: list[float] = []
        self.seconds: list[float] = []
        self.cpu_seconds: list[float] = []

    def step(self, images: Tensor, labels: Tensor, lengths: Tensor) -> None:
        """Learn one batch."""
        start, cpu_start = time.perf_counter(), time.process_time()
        loss = self._loss(self.network(images), labels, lengths)
        self.losses.append(float(loss))
        loss.backward()
        self._optimizer.step()
        self._optimizer.clear_grad()
        self._schedule.step()
        self.seconds.append(time.perf_counter() - start)
        self.cpu_seconds.append(time.process_time() - cpu_start)


def batch(config: Any, batch_size: int, width: int) -> tuple[Tensor, Tensor, Tensor]:
    """Pictures of noise, their labels and the labels' lengths."""
    rng = np.random.default_rng(config.seed)
    channels, height, _ = config.Global["d2s_train_image_shape"]
    images = rng.uniform(-1, 1, (batch_size, channels, height, width)).astype(np.float32)
    labels = rng.integers(1, NUM_CLASSES, (batch_size, LABEL_LENGTH))
    return paddle.to_tensor(images), paddle.to_tensor(labels), paddle.full([batch_size], LABEL_LENGTH, "int64")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="file of conf/model, such as rec_crnn_mv3")
    parser.add_argument("--steps", type=int, default=6, help="of each kind, after the first")
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--width", type=int, default=100)
    parser.add_argument("--threads", type=int, default=0, help="of the accelerated form; 0 means all cores")
    arguments = parser.parse_args()
    config = compose([f"model={arguments.model}", "Optimizer.lr.warmup_epoch=0"])
    data = batch(config, arguments.batch_size, arguments.width)
    trainees = {"plain": Trainee(config), "accelerated": Trainee(config)}
    with accelerated(trainees["accelerated"].network, arguments.threads):
        for _ in range(arguments.steps + 1):
            for trainee in trainees.values():
                trainee.step(*data)
    report(trainees, arguments.batch_size)


def report(trainees: Mapping[str, Trainee], batch_size: int) -> None:
    """One line for each kind of training, then the ratio."""
    print(f"load {psutil.getloadavg()[0]:.1f} on {psutil.cpu_count()} cores")
    speeds = {}
    for name, trainee in trainees.items():
        first, *steps = trainee.seconds
        speeds[name] = batch_size / statistics.median(steps)
        cpu = min(trainee.cpu_seconds[1:])
        print(
            f"{name:12}{speeds[name]:8.1f} samples/s, {batch_size / min(steps):8.1f} in the best step, "
            f"{cpu:6.2f} s CPU a step, first step {first:5.2f} s, "
            f"loss {trainee.losses[0]:.5f} -> {trainee.losses[-1]:.5f}"
        )
    print(f"ratio: {speeds['accelerated'] / speeds['plain']:.2f}")


if __name__ == "__main__":
    main()
