"""A network that learns one batch again and again, and how long its steps take."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import paddle
from paddle import Tensor, nn

from paddock.training.optim import build_optimizer, build_schedule
from workloads import Workload


@dataclass
class Trainee:
    """A network with all that a step needs."""

    network: nn.Layer
    loss: Callable[[], Tensor]
    """Of the batch; runs the network."""
    optimizer: Any
    schedule: Any
    """A learning rate that moves after each step, or a number."""
    threads: int
    """Of Paddle and of oneDNN in a step."""
    losses: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)

    def step(self) -> None:
        """Learn the batch."""
        paddle.base.core.set_num_threads(self.threads)
        start, cpu_start = time.perf_counter(), time.process_time()
        loss = self.loss()
        self.losses.append(float(loss))
        loss.backward()
        self.optimizer.step()
        self.optimizer.clear_grad()
        if not isinstance(self.schedule, float):
            self.schedule.step()
        self.seconds.append(time.perf_counter() - start)
        self.cpu_seconds.append(time.process_time() - cpu_start)


def open_trainee(config: Any, workload: Workload, threads: int) -> Trainee:
    """Paddock's own."""
    paddle.seed(config.seed)
    network = workload.build()
    schedule = build_schedule(config.Optimizer["lr"], epochs=1000, steps_per_epoch=1000)
    return Trainee(
        network=network,
        loss=lambda: workload.loss(network(workload.images, *workload.given)),
        optimizer=build_optimizer(config.Optimizer, schedule, network.parameters()),
        schedule=schedule,
        threads=threads,
    )
