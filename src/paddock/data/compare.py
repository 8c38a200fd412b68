"""What became of a data set from one version to the next, sample by sample, told by what pictures hold."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paddock.core.files import write_csv, write_json
from paddock.data.samples import SPLITS
from paddock.data.version import KINDS, Sample, Version

LIST, SUMMARY = "changes.csv", "compare.json"

ADDED, REMOVED, RELABELLED, MOVED, REPLACED = "added", "removed", "relabelled", "moved", "replaced"
MEANINGS = {
    ADDED: "the picture is new",
    REMOVED: "the picture is gone",
    RELABELLED: "the same picture has another label",
    MOVED: "the same picture is in another split",
    REPLACED: "the picture of that name is another one",
}
"""What can happen to a sample; to one that stays, several at once."""

_LIKENESS: tuple[Callable[[Sample], Hashable], ...] = (
    lambda sample: (sample.name, sample.picture, sample.label, sample.split),
    lambda sample: (sample.picture, sample.label, sample.split),
    lambda sample: (sample.picture, sample.label),
    lambda sample: (sample.picture, sample.split),
    lambda sample: sample.picture,
    lambda sample: sample.name,
)
"""By what a sample is found again, what is most alike first: a picture may be there several times. Another name is no
change: crops of a page are numbered anew when a box is drawn before them."""


@dataclass(frozen=True)
class Change:
    """What became of one sample."""

    before: Sample | None
    after: Sample | None

    @property
    def kinds(self) -> list[str]:
        """Keys of `MEANINGS`; none where only the name is another."""
        if self.before is None or self.after is None:
            return [ADDED if self.before is None else REMOVED]
        differs = {
            REPLACED: self.before.picture != self.after.picture,
            RELABELLED: self.before.label != self.after.label,
            MOVED: self.before.split != self.after.split,
        }
        return [kind for kind, is_so in differs.items() if is_so]


@dataclass(frozen=True)
class Comparison:
    """All tasks of two versions."""

    before: Version
    after: Version
    changes: dict[str, list[Change]]
    """By task, without what stayed."""

    @classmethod
    def of(cls, before: Version, after: Version) -> "Comparison":
        """Compare two versions."""
        tasks = [task for task in KINDS if task in before.samples or task in after.samples]
        return cls(
            before,
            after,
            {task: _changes(before.samples.get(task, []), after.samples.get(task, [])) for task in tasks},
        )

    def summary(self) -> list[str]:
        """A line for each task, and one for each dictionary that has changed."""
        lines = [f"{self.before.name} -> {self.after.name}"]
        for task, changes in self.changes.items():
            counts = self._counts(task)
            told = [f"{sum(splits.values()):,} {kind} ({_of_splits(splits)})" for kind, splits in counts.items()]
            num_samples = len(self.after.samples.get(task, []))
            same = num_samples - sum(change.after is not None for change in changes)
            lines.append(f"{task}: {', '.join(told) or 'nothing changed'}; {same:,} of {num_samples:,} as they were")
            for verb, characters in self._characters(task).items():
                shown = " ".join(map(repr, characters))
                lines += [f"{task}: dictionary: {len(characters)} {verb}: {shown}"] if characters else []
        return lines

    def write(self, folder: Path) -> None:
        """Write `LIST`, a changed sample a row, and `SUMMARY`.

        Raises:
            PaddockError: ``folder`` cannot be written.
        """
        rows = [_row(task, change) for task, changes in self.changes.items() for change in changes]
        write_csv(folder / LIST, rows)
        write_json(folder / SUMMARY, self._json())

    def _json(self) -> dict[str, Any]:
        tasks = {
            task: {
                "samples_before": _in_splits(self.before.samples.get(task, [])),
                "samples_after": _in_splits(self.after.samples.get(task, [])),
                **self._counts(task),
                "dictionary": self._characters(task),
            }
            for task in self.changes
        }
        return {"before": self.before.name, "after": self.after.name, "tasks": tasks}

    def _counts(self, task: str) -> dict[str, dict[str, int]]:
        """How often each kind of change occurs, by the split in which the sample is, or was."""
        counts: dict[str, Counter[str]] = {kind: Counter() for kind in MEANINGS}
        for change in self.changes[task]:
            sample = change.after or change.before
            for kind in change.kinds:
                counts[kind][sample.split if sample else ""] += 1
        return {
            kind: {split: found[split] for split in SPLITS if found[split]} for kind, found in counts.items() if found
        }

    def _characters(self, task: str) -> dict[str, list[str]]:
        before, after = (version.characters.get(task, frozenset()) for version in (self.before, self.after))
        return {ADDED: sorted(after - before), REMOVED: sorted(before - after)}


def _changes(before: Sequence[Sample], after: Sequence[Sample]) -> list[Change]:
    """What is not as it was, in the order of the later version, what is gone last."""
    pairs: dict[int, Sample] = {}
    gone, new = list(before), list(after)
    for key in _LIKENESS:
        waiting: defaultdict[Hashable, deque[Sample]] = defaultdict(deque)
        for sample in gone:
            waiting[key(sample)].append(sample)
        for sample in new:
            if candidates := waiting[key(sample)]:
                pairs[id(sample)] = candidates.popleft()
        new = [sample for sample in new if id(sample) not in pairs]
        left = {id(sample) for candidates in waiting.values() for sample in candidates}
        gone = [sample for sample in gone if id(sample) in left]
    found = [Change(pairs.get(id(sample)), sample) for sample in after]
    return [change for change in [*found, *(Change(sample, None) for sample in gone)] if change.kinds]


def _row(task: str, change: Change) -> dict[str, str]:
    before, after = change.before, change.after
    kind = KINDS[task]
    labels = [sample.label if sample else kind.empty for sample in (before, after)]
    words = kind.words(*labels) if labels[0] != labels[1] else ("", "")
    return {
        "task": task,
        "change": " and ".join(change.kinds),
        "image_before": before.image if before else "",
        "image_after": after.image if after else "",
        "split_before": before.split if before else "",
        "split_after": after.split if after else "",
        "label_before": words[0] if before else "",
        "label_after": words[1] if after else "",
    }


def _in_splits(samples: Iterable[Sample]) -> dict[str, int]:
    counts = Counter(sample.split for sample in samples)
    return {split: counts[split] for split in SPLITS}


def _of_splits(counts: dict[str, int]) -> str:
    return ", ".join(f"{split} {count:,}" for split, count in counts.items())
