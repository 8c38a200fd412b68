"""Every picture of a table is decoded once, and its boxes are held against it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from paddock.data.picture import read_picture, write_upright
from paddock.data.samples import Problem
from paddock.data.tables import TableSample, check_boxes
from paddock.data.threads import map_in_threads


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

    @property
    def is_turned(self) -> bool:
        """Whether `file` is a draft."""
        return self.file != self.sample.image


def check_pictures(samples: Sequence[TableSample], drafts: Path) -> tuple[list[CheckedTable], list[Problem]]:
    """Decode all pictures, and write turned ones below the folder ``drafts``.

    Raises:
        OSError: ``drafts`` cannot be written.
    """
    checked = map_in_threads(partial(_check_picture, drafts=drafts), list(enumerate(samples)), "check tables")
    problems = [entry for entry in checked if isinstance(entry, Problem)]
    return [entry for entry in checked if isinstance(entry, CheckedTable)], problems


def _check_picture(numbered: tuple[int, TableSample], drafts: Path) -> CheckedTable | Problem:
    number, sample = numbered
    picture = read_picture(sample.image, sample.origin)
    if isinstance(picture, Problem):
        return picture
    if problem := check_boxes(sample, picture.width, picture.height):
        return problem
    file = sample.image
    if picture.is_turned:
        folder = drafts / f"table_{number:07}"
        folder.mkdir(parents=True)
        file = write_upright(sample.image, picture, folder)
    return CheckedTable(sample, picture.sha256, picture.width, picture.height, file)
