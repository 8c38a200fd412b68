"""Which samples train, which choose the best checkpoint, which are only ever tested.

Groups move as a whole, and so do groups that share a picture or copies of one. Where a group goes follows from a hash
of the seed and its own name and from nothing else: shares are met only as well as chance meets them, and in return a
group stays where it is whatever is added. No such rule can also fill every split of a small set and keep copies
together, so there are two exceptions, which a list of `paddock.data.split_lists` ends: a split that would be empty
borrows a group, and of groups that have copies in common the one that is labelled first decides.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from paddock.config.schema import SplitConfig
from paddock.core.errors import DatasetError
from paddock.data.check import CheckedSample
from paddock.data.pages import CheckedPage
from paddock.data.samples import SPLITS
from paddock.data.table_pictures import CheckedTable

Checked = TypeVar("Checked", bound=CheckedSample | CheckedPage | CheckedTable)

Copies = Iterable[tuple[Path, ...]]
"""Pictures that are to stay on one side."""


@dataclass(frozen=True)
class Split(Generic[Checked]):
    """What became of the samples."""

    parts: dict[str, list[Checked]]
    """train, val and test, none empty, each in order of file name."""
    held_back: list[Checked]
    """In no part: they go with pictures that a list names, and no list names them."""
    borrowing: list[str]
    """Splits that chance would have left empty."""


def split_samples(
    samples: Sequence[Checked],
    shares: SplitConfig,
    seed: int,
    copies: Copies = (),
    listed: Mapping[Path, str] | None = None,
) -> Split[Checked]:
    """Divide ``samples`` by ``shares``, as nearly as chance does.

    Args:
        listed: picture to val or test; a split of which samples are listed has those and no other, and train gets what
            would have gone there.

    Raises:
        DatasetError: there are too few independent groups for every split to get one.
    """
    listed = listed or {}
    parts: dict[str, list[list[Checked]]] = {name: [] for name in SPLITS}
    held_back: list[Checked] = []
    drawn: dict[str, dict[bytes, list[Checked]]] = {name: {} for name in SPLITS}
    fixed = {listed[checked.sample.image] for checked in samples if checked.sample.image in listed}
    for group in independent_groups(samples, copies):
        named = [checked for checked in group if checked.sample.image in listed]
        if named:
            for checked in named:
                parts[listed[checked.sample.image]].append([checked])
            held_back += [checked for checked in group if checked.sample.image not in listed]
        else:
            lot = _lot(seed, group[0].sample.group)
            drawn[_destination(lot, shares, fixed)][lot] = group
    borrowing = _borrow({name: groups for name, groups in drawn.items() if name not in fixed})
    if borrowing is None:
        num_groups = sum(map(len, drawn.values()))
        raise DatasetError(
            f"a split would be empty: {len(samples)} usable samples come from {num_groups} source picture(s)"
            f"{' beside those that lists name' if fixed else ''}, and each of "
            f"{', '.join(name for name in SPLITS if name not in fixed)} needs one. Label more pictures, or check "
            "dataset.group_pattern."
        )
    for name, groups in drawn.items():
        parts[name] += groups.values()
    ordered = {
        name: sorted((sample for group in part for sample in group), key=lambda checked: str(checked.sample.image))
        for name, part in parts.items()
    }
    return Split(ordered, held_back, borrowing)


def independent_groups(samples: Sequence[Checked], copies: Copies = ()) -> list[list[Checked]]:
    """Join groups that share a picture byte for byte, or have ``copies`` of one; the samples keep their order."""
    parent: dict[str, str] = {}

    def root(group: str) -> str:
        while parent.setdefault(group, group) != group:
            parent[group] = group = parent[parent[group]]
        return group

    def join(some: str, other: str) -> None:
        first, second = sorted((root(some), root(other)))
        parent[second] = first

    owner: dict[str, str] = {}
    for checked in samples:
        join(checked.sample.group, owner.setdefault(checked.sha256, checked.sample.group))
    group_of = {checked.sample.image: checked.sample.group for checked in samples}
    for pictures in copies:
        groups = [group_of[picture] for picture in pictures if picture in group_of]
        for group in groups[1:]:
            join(groups[0], group)
    joined: defaultdict[str, list[Checked]] = defaultdict(list)
    for checked in samples:
        joined[root(checked.sample.group)].append(checked)
    return list(joined.values())


def _lot(seed: int, group: str) -> bytes:
    """What decides, the same for ever; all values are equally likely."""
    return hashlib.sha256(f"{seed}/{group}".encode()).digest()


def _destination(lot: bytes, shares: SplitConfig, fixed: set[str]) -> str:
    """The borders stay when a split is fixed, so that nothing else moves then."""
    share = int.from_bytes(lot[:6], "big") / (1 << 48)
    name = "test" if share < shares.test else "val" if share < shares.test + shares.val else "train"
    return "train" if name in fixed else name


def _borrow(drawn: Mapping[str, dict[bytes, list[Checked]]]) -> list[str] | None:
    """Give each empty split the group with the lowest lot of the split that has most groups; who got one.

    None if there are too few groups.
    """
    empty = [name for name, groups in drawn.items() if not groups]
    for name in empty:
        donor = max(drawn.values(), key=len)
        if len(donor) < 2:
            return None
        lot = min(donor)
        drawn[name][lot] = donor.pop(lot)
    return empty
