"""Which samples train, which choose the best checkpoint, which are only ever tested.

Whole groups move together, and so do groups that share an identical picture. The order of groups is a hash of the seed
and the group's name, so it does not depend on the order of files, and a data set that grows keeps most of its split.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import TypeVar

from paddock.config.schema import SplitConfig
from paddock.core.errors import DatasetError
from paddock.data.check import CheckedSample
from paddock.data.pages import CheckedPage
from paddock.data.samples import SPLITS
from paddock.data.table_pictures import CheckedTable

Checked = TypeVar("Checked", bound=CheckedSample | CheckedPage | CheckedTable)


def split_samples(samples: Sequence[Checked], shares: SplitConfig, seed: int) -> dict[str, list[Checked]]:
    """Divide ``samples`` by ``shares``, as exactly as whole groups allow.

    Returns:
        train, val and test, none empty, each in order of file name.

    Raises:
        DatasetError: there are fewer than three independent groups.
    """
    groups = independent_groups(samples)
    if len(groups) < len(SPLITS):
        raise DatasetError(
            f"a split would be empty: {len(samples)} usable samples come from {len(groups)} source picture(s), "
            f"and each of {', '.join(SPLITS)} needs one. Label more pictures, or check dataset.group_pattern."
        )
    chosen: dict[str, list[list[Checked]]] = {name: [] for name in SPLITS}
    for name in sorted(groups, key=lambda name: hashlib.sha256(f"{seed}/{name}".encode()).digest()):
        chosen[_destination(len(groups[name]), chosen, shares, len(samples))].append(groups[name])
    _fill_empty(chosen)
    return {
        name: sorted((sample for group in parts for sample in group), key=lambda checked: str(checked.sample.image))
        for name, parts in chosen.items()
    }


def independent_groups(samples: Sequence[Checked]) -> dict[str, list[Checked]]:
    """Join groups that share a picture byte for byte; each result is named after its alphabetically first group."""
    parent: dict[str, str] = {}

    def root(group: str) -> str:
        while parent.setdefault(group, group) != group:
            parent[group] = group = parent[parent[group]]
        return group

    owner: dict[str, str] = {}
    for checked in samples:
        mine, other = root(checked.sample.group), root(owner.setdefault(checked.sha256, checked.sample.group))
        parent[max(mine, other)] = min(mine, other)
    joined: defaultdict[str, list[Checked]] = defaultdict(list)
    for checked in samples:
        joined[root(checked.sample.group)].append(checked)
    return dict(joined)


def _destination(size: int, chosen: dict[str, list[list[Checked]]], shares: SplitConfig, total: int) -> str:
    """Test and val take a group while that brings them nearer to their share; train takes the rest."""
    for name, share in (("test", shares.test), ("val", shares.val)):
        missing = max(1.0, share * total) - sum(map(len, chosen[name]))
        if size < 2 * missing:
            return name
    return "train"


def _fill_empty(chosen: dict[str, list[list[Checked]]]) -> None:
    """Few large groups can leave a split empty; it gets the smallest group of the split that has most groups."""
    for parts in chosen.values():
        if not parts:
            donor = max(chosen.values(), key=len)
            parts.append(donor.pop(min(range(len(donor)), key=lambda at: len(donor[at]))))
