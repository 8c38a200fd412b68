"""Processes that train together, each on its own batches, with gradients averaged (NCCL on GPUs, gloo on CPUs)."""

import os
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import paddle
from paddle import distributed, nn

from paddock.config.schema import Device, HardwareConfig
from paddock.core.errors import EngineError, PaddockError
from paddock.core.log import start_log
from paddock.core.processes import end_with_parent

_MISTAKE = 2
"""Exit status of a process that ended with a message for the user."""

_BACKENDS = {Device.cpu: "gloo", Device.gpu: "nccl"}


@dataclass(frozen=True)
class Group:
    """The processes of one training; of one alone, most of the time."""

    rank: int = 0
    world_size: int = 1

    @classmethod
    def join(cls) -> "Group":
        """The group that `paddle.distributed` launched this process for, or this process alone."""
        if not _is_launched():
            return cls()
        distributed.init_parallel_env()
        return cls(distributed.get_rank(), distributed.get_world_size())

    @property
    def is_first(self) -> bool:
        """Whether this process evaluates, saves and records."""
        return self.rank == 0

    def wrap(self, network: nn.Layer) -> nn.Layer:
        """The network as the training loop calls it."""
        return network if self.world_size == 1 else paddle.DataParallel(network)

    def broadcast(self, value: Any) -> Any:
        """What the first process has."""
        if self.world_size == 1:
            return value
        held = [value]
        distributed.broadcast_object_list(held, src=0)
        return held[0]

    def any(self, flag: bool) -> bool:
        """Whether the flag is up in any process: all must leave a loop together."""
        if self.world_size == 1:
            return flag
        total = paddle.to_tensor([float(flag)])
        distributed.all_reduce(total)
        return bool(total.numpy()[0] > 0)


def launch(hardware: HardwareConfig, work: Callable[..., object], *args: object) -> None:
    """Call ``work(*args)`` in as many processes as ``hardware`` names; in this one where that is one.

    Args:
        work: a function of a module, so that another process can import it. Each process calls `Group.join` in it.

    Raises:
        EngineError: several machines are named and Paddle's launcher did not start this process; or a process stopped
            with a message of its own.
    """
    if _is_launched() or hardware.num_devices * hardware.num_nodes == 1:
        work(*args)
        return
    if hardware.num_nodes > 1:
        words = " ".join(sys.argv[1:])
        raise EngineError(
            f"training on {hardware.num_nodes} machines is started on each of them by `python -m "
            f"paddle.distributed.launch --nnodes {hardware.num_nodes} --nproc_per_node {hardware.num_devices} "
            f"--master {hardware.master} -m paddock {words}`."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that gloo is for CPUs is known
            distributed.spawn(_work, args=(work, args), nprocs=hardware.num_devices, backend=_BACKENDS[hardware.device])
    except Exception as error:
        if f"exit code {_MISTAKE}" not in str(error):
            raise
        raise EngineError(
            f"one of the {hardware.num_devices} processes that train together stopped; its message stands above."
        ) from error


def _work(work: Callable[..., object], args: tuple[object, ...]) -> None:
    """One process: a mistake of the user stays one line, as on the command line."""
    start_log()
    end_with_parent()
    try:
        work(*args)
        if distributed.is_initialized():
            distributed.barrier()  # the first process holds the meeting point of all: it must not leave first
    except PaddockError as error:
        print(f"paddock: {error}", file=sys.stderr)
        sys.exit(_MISTAKE)


def _is_launched() -> bool:
    return int(os.environ.get("PADDLE_TRAINERS_NUM", "1")) > 1
