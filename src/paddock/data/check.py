"""Every image is decoded and every text held against the dictionary before anything is written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from paddock.data.charset import Charset
from paddock.data.picture import picture_faults, read_picture
from paddock.data.samples import PageSample, Points, Problem, RecSample
from paddock.data.tables import TableSample
from paddock.data.threads import map_in_processes

_WORTH_PROCESSES = 5000
"""Crops that take longer than it does to start processes."""

S = TypeVar("S", RecSample, PageSample, TableSample)


@dataclass(frozen=True)
class CheckedSample:
    """A sample whose image decodes."""

    sample: RecSample
    sha256: str
    """Of the image file's bytes."""
    width: int
    height: int
    loose: tuple["CheckedSample", ...] = ()
    """Other cuts of the same text, which training sees in its place."""
    look: int = 0
    """See `paddock.data.look`; 0 for a crop that paddock cut."""
    points: Points = ()
    """Where a crop that paddock cut lies on its page."""


def without_repeats(samples: Sequence[S], differ: Callable[[S, S], str]) -> tuple[list[S], list[Problem]]:
    """Keep one sample an image.

    Args:
        differ: words a second label of an image, and the first.

    Returns:
        The samples, a problem ``conflicting_label`` for each image that is also labelled otherwise, and a note
        ``repeated_line`` for each line that only says the same again.
    """
    first: dict[object, S] = {}
    problems = []
    for sample in samples:
        known = first.setdefault(sample.image, sample)
        if replace(known, origin=sample.origin) != sample:
            message = f"{differ(sample, known)} in {known.origin}. Delete one."
            problems.append(Problem("conflicting_label", sample.origin, message, images=(sample.image,)))
        elif known is not sample:
            message = f"{sample.image.name} has the same label in {known.origin}."
            problems.append(Problem("repeated_line", sample.origin, message, images=(sample.image,)))
    return list(first.values()), problems


def other_text(sample: RecSample, known: RecSample) -> str:
    """How two labels of a crop differ."""
    return f"{sample.image.name} is {sample.text!r} here and {known.text!r}"


def other_boxes(sample: PageSample, known: PageSample) -> str:
    """How two labels of a page differ."""
    return f"{sample.image.name} has {len(sample.regions)} boxes here and {len(known.regions)}, not the same,"


def other_cells(sample: TableSample, known: TableSample) -> str:
    """How two labels of a table differ."""
    return f"{sample.image.name} has {len(sample.cells)} cells here and {len(known.cells)}, not the same,"


def check_images(samples: Sequence[RecSample]) -> tuple[list[CheckedSample], list[Problem]]:
    """Decode all images; see `read_picture` and `picture_faults` for the problems."""
    checked, problems = [], []
    for sample, faults in map_in_processes(_check_image, samples, "check images", _WORTH_PROCESSES):
        checked += [sample] if sample else []
        problems += faults
    return checked, problems


def check_texts(samples: Sequence[CheckedSample], charset: Charset) -> tuple[list[CheckedSample], list[Problem]]:
    """Hold all texts against ``charset``; what it cannot write is the problem ``outside_dictionary``."""
    writable, problems = [], []
    for checked in samples:
        sample = checked.sample
        if outside := charset.outside(sample.text):
            shown = ", ".join(f"{character!r} (U+{ord(character):04X})" for character in outside)
            message = f"{sample.text!r} has {shown}, which dataset.dictionary lacks. Add it there or mend the text."
            problem = Problem("outside_dictionary", sample.origin, message, images=(sample.image,))
            problems.append(replace(problem, points=checked.points))
        else:
            writable.append(checked)
    return writable, problems


def _check_image(sample: RecSample) -> tuple[CheckedSample | None, list[Problem]]:
    picture = read_picture(sample.image, sample.origin)
    if isinstance(picture, Problem):
        return None, [picture]
    checked = CheckedSample(sample, picture.sha256, picture.width, picture.height, look=picture.look)
    return checked, picture_faults(picture, sample.image, sample.origin)
