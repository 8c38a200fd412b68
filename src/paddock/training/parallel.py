"""Processes that train together, each on its own batches, with gradients averaged (NCCL on GPUs, gloo on CPUs)."""

import os
from dataclasses import dataclass
from typing import Any

import paddle
from paddle import distributed, nn


@dataclass(frozen=True)
class Group:
    """The processes of one training; of one alone, most of the time."""

    rank: int = 0
    world_size: int = 1

    @classmethod
    def join(cls) -> "Group":
        """The group that `paddle.distributed` launched this process for, or this process alone."""
        if int(os.environ.get("PADDLE_TRAINERS_NUM", "1")) == 1:
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
