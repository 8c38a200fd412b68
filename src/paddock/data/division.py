"""The splits of one data set: what lists say, what is drawn, and what its owner should know of both."""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from paddock.config.schema import DatasetConfig
from paddock.data.check import CheckedSample
from paddock.data.check_raw import CheckedRaw
from paddock.data.pages import CheckedPage
from paddock.data.samples import NUM_TOLD, SPLITS, Problem
from paddock.data.split import split_samples
from paddock.data.split_lists import SplitLists
from paddock.data.table_pictures import CheckedTable

Checked = TypeVar("Checked", bound=CheckedSample | CheckedPage | CheckedTable)

log = logging.getLogger(__name__)


@dataclass
class Division:
    """Divides the pages and crops of a data set, and its tables, by one rule."""

    dataset: DatasetConfig
    seed: int
    lists: SplitLists
    copies: list[tuple[Path, ...]]
    """Pictures that look the same."""
    placed: dict[str, list[Path]] = field(default_factory=lambda: {name: [] for name in SPLITS})
    """What was divided so far: the pictures of each split."""

    @classmethod
    def of(cls, found: CheckedRaw, dataset: DatasetConfig, seed: int, *, pin: bool = False) -> "Division":
        """Read the lists, and say what they name in vain.

        Args:
            pin: see `SplitLists.read`.

        Raises:
            ConfigError, DatasetError: see `SplitLists.read`.
        """
        lists = SplitLists.read(dataset, found.raw, pin=pin)
        for line in lists.warnings():
            log.warning("%s: %s", dataset.name, line)
        copies = [problem.images for problem in found.other_problems if problem.code == "near_duplicate"]
        return cls(dataset, seed, lists, copies)

    def divide(self, samples: Sequence[Checked]) -> tuple[dict[str, list[Checked]], Counter[str]]:
        """train, val and test, and how many samples are in none of them, by reason; both are told.

        Raises:
            DatasetError: a split would be empty.
        """
        split = split_samples(samples, self.dataset.split, self.seed, self.copies, self.lists.sides)
        for name, part in split.parts.items():
            self.placed[name] += [checked.sample.image for checked in part]
        if split.borrowing:
            names = " and ".join(split.borrowing)
            log.warning(
                "%s: chance left %s empty, so there is what would have been elsewhere; it goes back there once there "
                "are more pictures. `paddock prepare --pin` keeps it, see docs/splits.md",
                self.dataset.name, names,
            )  # fmt: skip
        if split.held_back:
            log.warning("%s: held_back %d", self.dataset.name, len(split.held_back))
        for checked in split.held_back[:NUM_TOLD]:
            log.warning("%s", _held_back(checked))
        return split.parts, Counter({"held_back": len(split.held_back)} if split.held_back else {})

    def pin(self) -> list[Path]:
        """Write the lists that are wanted and not there, as everything was divided; which they are.

        Raises:
            PaddockError: a file cannot be written.
        """
        return self.lists.write(self.placed)


def _held_back(checked: Checked) -> Problem:
    sample = checked.sample
    message = f"{sample.image.name} goes with a picture of a listed split, and no list names it: it is in no split."
    return Problem("held_back", sample.origin, message, images=(sample.image,))
