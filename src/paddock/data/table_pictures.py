"""Every picture of a table is decoded once, and its boxes are held against it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from paddock.data.picture import picture_faults, read_picture, write_upright
from paddock.data.samples import Problem
from paddock.data.tables import TableSample, check_boxes, check_overlaps
from paddock.data.threads import map_in_processes

_WORTH_PROCESSES = 1000
"""Tables that take longer than it does to start processes."""


@dataclass(frozen=True)
class CheckedTable:
    """A table whose picture decodes and holds its boxes."""

    sample: TableSample
    sha256: str
    """Of the raw image file's bytes."""
    width: int
    height: int
    file: Path
    """The upright picture: the raw file, or a draft where EXIF says that the raw file's pixels lie otherwise."""
    look: int = 0
    """See `paddock.data.look`."""

    @property
    def is_turned(self) -> bool:
        """Whether `file` is a draft."""
        return self.file != self.sample.image


def check_pictures(samples: Sequence[TableSample], drafts: Path | None) -> tuple[list[CheckedTable], list[Problem]]:
    """Decode all pictures, and write turned ones below the folder ``drafts``; None writes nothing.

    Raises:
        OSError: ``drafts`` cannot be written.
    """
    tables, problems = [], []
    work = partial(_check_picture, drafts=drafts)
    for table, faults in map_in_processes(work, list(enumerate(samples)), "check tables", _WORTH_PROCESSES):
        tables += [table] if table else []
        problems += faults
    return tables, problems


def _check_picture(numbered: tuple[int, TableSample], drafts: Path | None) -> tuple[CheckedTable | None, list[Problem]]:
    number, sample = numbered
    picture = read_picture(sample.image, sample.origin)
    if isinstance(picture, Problem):
        return None, [picture]
    faults = [*picture_faults(picture, sample.image, sample.origin), *check_overlaps(sample)]
    if problem := check_boxes(sample, picture.width, picture.height):
        return None, [*faults, problem]
    file = sample.image
    if picture.is_turned and drafts:
        folder = drafts / f"table_{number:07}"
        folder.mkdir(parents=True)
        file = write_upright(sample.image, picture, folder)
    return CheckedTable(sample, picture.sha256, picture.width, picture.height, file, picture.look), faults
