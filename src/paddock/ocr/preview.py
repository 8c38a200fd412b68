"""Samples as a network will see them: changed by the same chance as in the training, epoch by epoch."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from paddock.core.errors import DatasetError
from paddock.data.loader import chance


class Decoded(Protocol):
    """A sample that has been through its transforms."""

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """``[H, W, 3]``, BGR."""


D = TypeVar("D", bound=Decoded)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Choice:
    """Which samples are shown, and how often."""

    num: int
    epochs: int
    seed: int
    """That of the training; also picks the samples."""


@dataclass(frozen=True)
class Seen(Generic[D]):
    """What the network sees of a sample in some epochs."""

    sample: D
    epochs: tuple[int, ...]
    """Counted from 1."""

    @property
    def caption(self) -> str:
        """The epochs in words."""
        return f"epoch{'s' * (len(self.epochs) > 1)} {', '.join(map(str, self.epochs))}"


def previewed(
    samples: Sequence[D], transform: Callable[[D, Generator], D], choice: Choice
) -> Iterator[tuple[D, list[Seen[D]]]]:
    """Some samples, and what a training with this seed sees of them; what cannot be read is told and left out."""
    chosen = np.random.default_rng([choice.seed]).permutation(len(samples))[: choice.num]
    for number in sorted(map(int, chosen)):
        try:
            yield samples[number], _versions(samples[number], number, transform, choice)
        except DatasetError as error:
            log.warning("%s", error)


def _versions(sample: D, number: int, transform: Callable[[D, Generator], D], choice: Choice) -> list[Seen[D]]:
    """Those that differ in their pixels."""
    versions: dict[bytes, tuple[D, list[int]]] = {}
    for epoch in range(choice.epochs):
        changed = transform(sample, chance(choice.seed, epoch, number))
        key = repr(changed.pixels.shape).encode() + changed.pixels.tobytes()
        versions.setdefault(key, (changed, []))[1].append(epoch + 1)
    return [Seen(changed, tuple(epochs)) for changed, epochs in versions.values()]
