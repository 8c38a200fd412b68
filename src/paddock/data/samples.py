"""What every raw format yields, and what it could not use."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

SPLITS = ("train", "val", "test")

IGNORED_TEXTS = frozenset({"###", "*"})
"""Transcriptions by which PaddleOCR knows a region that is to be ignored."""

NOT_LABELLED = frozenset({*IGNORED_TEXTS, "TEMPORARY", "待识别", ""})
"""Transcriptions that mean "cannot be read" or "not yet read": perhaps a region to find, never a text to learn."""


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
class Region:
    """One labelled text on a page."""

    text: str
    points: tuple[tuple[float, float], ...]
    """Corners x, y in pixels of the upright picture, clockwise from the text's top left; four at least."""
    difficult: bool = False
    """PPOCRLabel's mark for text that is hard to read; what it does is ``dataset.difficult``."""

    @property
    def is_ignored(self) -> bool:
        """PaddleOCR neither learns nor scores such a region, and a box found there is no mistake."""
        return self.text in IGNORED_TEXTS


@dataclass(frozen=True)
class PageSample:
    """One picture with everything that was labelled on it; what has no region is a page without text."""

    image: Path
    regions: tuple[Region, ...]
    group: str
    """The document; pages of one group stay in one split."""
    origin: str
    """Label file and line, as in ``Label.txt:12``."""


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
class RawData:
    """Everything a reader found in a raw folder."""

    pages: list[PageSample] = field(default_factory=list)
    """Pictures with boxes; they make data for text detection, and crops of their own."""
    crops: list[RecSample] = field(default_factory=list)
    """Crops that came as such, with a text each."""
    problems: list[Problem] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    """What is left out on purpose and is no mistake: unreadable text, crops that no line names."""
    mended: Counter[str] = field(default_factory=Counter)
    """What was read although PaddleOCR would stumble over it."""

    def add(self, other: "RawData") -> None:
        """Append what another label file of the same folder holds."""
        self.pages += other.pages
        self.crops += other.crops
        self.problems += other.problems
        self.ignored += other.ignored
        self.mended += other.mended
