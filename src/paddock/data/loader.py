"""From samples to batches: an order that depends on the seed and the epoch only, read ahead while the network works."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from paddock.core.errors import DatasetError

S = TypeVar("S")

_CHUNK_BATCHES = 8
"""Batches that are sorted by width together: more saves padding, fewer keeps the order random."""


def chance(seed: int, epoch: int, number: int) -> Generator:
    """What decides a sample's random changes, ``number`` being its place in the list, both counted from 0."""
    return np.random.default_rng([seed, epoch, number])


@dataclass(frozen=True)
class Batch(Generic[S]):
    """What one step of training or evaluation works on.

    Shape:
        images ``[B, 3, H, W]`` float32; targets are the task's own, each ``[B, ...]``
    """

    images: NDArray[np.float32]
    targets: tuple[NDArray[Any], ...]
    samples: tuple[S, ...]
    unreadable: tuple[tuple[S, str], ...] = ()
    """Samples that could not be read, with the reason; they are in no array."""


@dataclass(frozen=True)
class BatchSource(Generic[S]):
    """How a list of sample numbers becomes a batch; it travels to worker processes, so all of it can be pickled."""

    samples: Sequence[S]
    transform: Callable[[S, Generator], S]
    collate: Callable[[Sequence[S], Sequence[tuple[S, str]]], Batch[S]]
    seed: int
    tolerant: bool
    """Hand unreadable samples on instead of stopping; for evaluation, where each counts as a miss."""

    def load(self, epoch: int, numbers: Sequence[int]) -> Batch[S]:
        """The batch of these samples.

        A sample's random changes follow from seed, epoch and its number, so neither the number of workers nor a
        resumed training changes them.

        Raises:
            DatasetError: a sample cannot be read, unless ``tolerant``.
        """
        done, unreadable = [], []
        for number in numbers:
            sample = self.samples[number]
            try:
                done.append(self.transform(sample, chance(self.seed, epoch, number)))
            except DatasetError as error:
                if not self.tolerant:
                    raise
                unreadable.append((sample, str(error)))
        return self.collate(done, unreadable)


@dataclass(frozen=True)
class Loader(Generic[S]):
    """Batches of an epoch, in order, prepared by ``num_workers`` processes, or by one thread where that is 0."""

    source: BatchSource[S]
    plan: Callable[[int], list[list[int]]]
    """Epoch -> sample numbers of each batch."""
    num_workers: int

    def num_batches(self) -> int:
        """Batches of an epoch; every epoch has as many."""
        return len(self.plan(0))

    def epochs(self, epochs: range, first_batch: int = 0) -> Iterator[tuple[int, int, Batch[S]]]:
        """Epoch, number and content of each batch; the first epoch starts at ``first_batch``.

        The readers live through all the epochs: starting a process costs a second.
        """
        keys = (
            (epoch, number, samples)
            for epoch in epochs
            for number, samples in enumerate(self.plan(epoch))
            if epoch > epochs.start or number >= first_batch
        )
        with self._executor() as executor:
            yield from self._read_ahead(executor, keys)

    def once(self) -> Iterator[Batch[S]]:
        """The batches of one pass, as an evaluation wants them."""
        for _, _, batch in self.epochs(range(1)):
            yield batch

    def _read_ahead(
        self, executor: Executor, keys: Iterator[tuple[int, int, list[int]]]
    ) -> Iterator[tuple[int, int, Batch[S]]]:
        waiting: deque[tuple[int, int, Future[Batch[S]]]] = deque()
        depth = 2 * max(self.num_workers, 1)
        load = _load_in_worker if self.num_workers else self.source.load
        try:
            for epoch, number, samples in keys:
                waiting.append((epoch, number, executor.submit(load, epoch, samples)))
                if len(waiting) > depth:
                    yield _result(waiting.popleft())
            while waiting:
                yield _result(waiting.popleft())
        finally:
            for _, _, future in waiting:
                future.cancel()

    def _executor(self) -> Executor:
        if self.num_workers:
            # A fork of a process that has loaded Paddle may hang in its thread pools.
            return ProcessPoolExecutor(self.num_workers, get_context("spawn"), _start_worker, (self.source,))
        return ThreadPoolExecutor(1)


def _result(entry: tuple[int, int, Future[Batch[S]]]) -> tuple[int, int, Batch[S]]:
    epoch, number, future = entry
    return epoch, number, future.result()


_worker_source: BatchSource[Any]
"""Set once in each worker process, so that the samples are sent there once and not with every batch."""


def _start_worker(source: BatchSource[Any]) -> None:
    global _worker_source
    _worker_source = source


def _load_in_worker(epoch: int, numbers: Sequence[int]) -> Batch[Any]:
    return _worker_source.load(epoch, numbers)


@dataclass(frozen=True)
class TrainPlan:
    """Shuffled batches of pictures of similar width, the same for every process that trains.

    Args:
        widths: pixels each sample takes; a batch is padded to its widest.
        batch_size: samples a batch on one device.
        drop_last: leave out an incomplete batch, unless it is the only one.
        parts: samples of each label file, and which share of them an epoch takes, drawn anew for each; empty takes all.
        rank, world_size: which of how many processes this is; each takes every ``world_size``-th batch.
    """

    widths: Sequence[int]
    batch_size: int
    shuffle: bool
    drop_last: bool
    seed: int
    rank: int = 0
    world_size: int = 1
    parts: Sequence[tuple[Sequence[int], float]] = ()

    def __call__(self, epoch: int) -> list[list[int]]:
        rng = np.random.default_rng([self.seed, epoch])
        taken = self._taken(rng)
        count, size = len(taken), self.batch_size
        order = rng.permutation(taken) if self.shuffle else taken
        if self.drop_last and count >= size:
            order = order[: count // size * size]
        if self.shuffle:
            chunk = _CHUNK_BATCHES * size
            chunks = [order[start : start + chunk] for start in range(0, len(order), chunk)]
            order = np.concatenate([sorted(part, key=lambda number: self.widths[number]) for part in chunks])
        batches = [[int(number) for number in order[start : start + size]] for start in range(0, len(order), size)]
        if self.shuffle:
            batches = [batches[number] for number in rng.permutation(len(batches))]
        whole = len(batches) // self.world_size * self.world_size
        return batches[self.rank : whole : self.world_size]

    def _taken(self, rng: Generator) -> NDArray[np.int64]:
        """The samples of an epoch, in their order; every epoch has as many."""
        if not self.parts:
            return np.arange(len(self.widths))
        taken = [
            members if share >= 1 else rng.choice(members, num_taken(len(members), share), replace=False)
            for members, share in self.parts
        ]
        return np.sort(np.concatenate(taken))


def num_taken(count: int, share: float) -> int:
    """Samples that an epoch takes of a label file of ``count``: PaddleOCR's ``ratio_list``, but never none."""
    return max(1, round(share * count))


@dataclass(frozen=True)
class EvalPlan:
    """Batches of pictures of equal size, so that a result never depends on its neighbours' padding.

    Args:
        sizes: of each sample, anything that tells sizes apart and can be sorted.
    """

    sizes: Sequence[Any]
    batch_size: int

    def __call__(self, epoch: int) -> list[list[int]]:
        by_size: dict[Any, list[int]] = {}
        for number, size in enumerate(self.sizes):
            by_size.setdefault(size, []).append(number)
        return [
            numbers[start : start + self.batch_size]
            for _, numbers in sorted(by_size.items())
            for start in range(0, len(numbers), self.batch_size)
        ]
