"""What every raw format yields, and what it could not use."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

SPLITS = ("train", "val", "test")


@dataclass(frozen=True)
class RecSample:
    """One labelled crop of a text line."""

    image: Path
    text: str
    group: str
    """The source picture; samples of one group stay in one split."""
    origin: str
    """Label file and line, as in ``rec_gt.txt:12``."""


@dataclass(frozen=True)
class Problem:
    """A label line that breaks the contract."""

    code: str
    """Key of ``stats.json["dropped"]``, such as ``no_tab``."""
    origin: str
    message: str

    def __str__(self) -> str:
        return f"{self.origin}: {self.message}"


@dataclass
class RawRec:
    """Everything a reader found in a raw folder."""

    samples: list[RecSample] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    """What is left out on purpose and is no mistake: unreadable text, crops that no line names."""
