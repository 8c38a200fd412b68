"""What every raw format yields, and what it could not use."""

from dataclasses import dataclass
from pathlib import Path

from paddock.data.problem_codes import CODES, Repair, Severity

SPLITS = ("train", "val", "test")

NUM_TOLD = 20
"""Problems that are named while a command runs; its report has all of them."""

IGNORED_TEXTS = frozenset({"###", "*"})
"""Transcriptions by which PaddleOCR knows a region that is to be ignored."""

PLACEHOLDERS = frozenset({"TEMPORARY", "待识别"})
"""What PPOCRLabel writes into a box until somebody does."""

Points = tuple[tuple[float, float], ...]
"""Corners x, y in pixels."""


@dataclass(frozen=True)
class RecSample:
    """One labelled crop of a text line."""

    image: Path
    text: str
    group: str
    """The source picture; samples of one group stay in one split."""
    origin: str
    """Label file and line, as in ``rec_gt.txt:12``."""

    @property
    def words(self) -> frozenset[str]:
        """What the label says is to be read, by which copies are told from pictures that only look alike."""
        return frozenset({self.text})


@dataclass(frozen=True)
class Region:
    """One labelled text on a page."""

    text: str
    points: Points
    """In the upright picture, clockwise from the text's top left; four at least."""
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

    @property
    def words(self) -> frozenset[str]:
        """What the label says is to be read, by which copies are told from pictures that only look alike."""
        return frozenset(region.text for region in self.regions)


def unlabelled_code(text: str) -> str | None:
    """The code of a transcription that is no text to learn, though perhaps a region to find; None of any other."""
    if text in IGNORED_TEXTS:
        return "not_labelled"
    if text in PLACEHOLDERS:
        return "placeholder"
    return None if text else "empty_text"


@dataclass(frozen=True)
class Problem:
    """Something about the raw data that its owner should know."""

    code: str
    """Key of `CODES`."""
    origin: str
    """Label file, line and box as far as there are any, as in ``Label.txt:12, box 3``; else the image."""
    message: str
    repair: str = ""
    """What paddock reads instead, if it mends this; empty where only a person can."""
    images: tuple[Path, ...] = ()
    """What to look at: the picture, and the one that it is compared with."""
    points: Points = ()
    """Corners of the box, where it is one box."""

    def __str__(self) -> str:
        return f"{self.origin}: {self.message}"

    @property
    def severity(self) -> Severity:
        """What `CODES` says."""
        return CODES[self.code].severity

    def is_mended(self, *, repairing: bool) -> bool:
        """Whether paddock reads something sound instead; ``repairing`` is ``dataset.on_error=repair``."""
        return bool(self.repair) and (repairing or CODES[self.code].repair is Repair.always)

    def is_left_out(self, *, repairing: bool) -> bool:
        """Whether something is missing in the prepared data because of it."""
        return CODES[self.code].leaves_out and not self.is_mended(repairing=repairing)

    def is_open(self, *, repairing: bool) -> bool:
        """Whether a person has something to do."""
        return self.severity is not Severity.note and not self.is_mended(repairing=repairing)


def unread(text: str, origin: str, image: Path | None, points: Points = ()) -> Problem:
    """What is to be said of a text that `unlabelled_code` has a code for."""
    messages = {
        "not_labelled": f"the text is {text!r}, which nobody can read: nothing to learn from.",
        "placeholder": f"the text is {text!r}, as PPOCRLabel left it. Write what is there, or ###.",
        "empty_text": "the box has no text. Write what is there, or ###.",
    }
    code = unlabelled_code(text)
    if code is None:
        raise ValueError(f"{text!r} is a text to learn")
    return Problem(code, origin, messages[code], images=(image,) if image else (), points=points)
