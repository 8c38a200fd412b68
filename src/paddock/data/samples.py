"""What every raw format yields, and what it could not use."""

from dataclasses import dataclass
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
