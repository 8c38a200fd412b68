"""The folder that a writer of a format fills, and what it could not say there."""

import os
import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeVar

from paddock.core.files import write_text
from paddock.core.project import project_root
from paddock.data.copies import split_of
from paddock.data.free_names import FreeNames
from paddock.data.raw_data import RawData
from paddock.data.samples import PageSample, RecSample, Region
from paddock.data.tables import TableSample

S = TypeVar("S", PageSample, RecSample, TableSample)

UNDIVIDED = "all"
"""What the list is called that has the samples of no split."""

UNPACKED = Path("scratch/lmdb")
"""Where pictures of databases are files, below the project's root, in a folder for each database."""

_UNSAFE = re.compile('[\x00-\x1f\x7f"\\\\\ud800-\udfff]')
"""In names: what parts fields or folders in one format or another, and bytes that are no UTF-8."""
_BREAKS = re.compile("[\t\n\r]")


class Target:
    """A folder to fill; pictures are linked, so that a large set takes no second place on the disk."""

    def __init__(self, folder: Path, name: str, raw: Path, *, copy: bool = False) -> None:
        """
        Args:
            folder: where to write now.
            name: what the folder will be called.
            raw: the folder that pictures come from.
            copy: copy pictures instead.
        """
        self.folder, self.name = folder, name
        self.lost: Counter[str] = Counter()
        """How often something could not be written, by what it was, in words that follow the number."""
        self.label_files: list[str] = []
        """What ``dataset.label_files`` must name for everything to be read again; empty where nothing need be said."""
        self.num_linked = self.num_copied = 0
        self._raw, self._copy = raw, copy
        self._names, self._stems = FreeNames(), FreeNames(by_stem=True)
        self._placed: dict[Path, PurePosixPath] = {}

    def relative(self, image: Path) -> PurePosixPath:
        """Where ``image`` lies below the raw folder, or lay in a database; its name alone if it is from elsewhere."""
        if image.is_relative_to(self._raw):
            return PurePosixPath(image.relative_to(self._raw).as_posix())
        unpacked = project_root() / UNPACKED
        parts = image.relative_to(unpacked).parts[1:] if image.is_relative_to(unpacked) else (image.name,)
        return PurePosixPath(*parts)

    def place(self, image: Path, path: PurePosixPath, *, by_stem: bool = False) -> PurePosixPath:
        """Put ``image`` at ``path`` or, where that is taken or no name for all systems, nearby.

        Args:
            by_stem: no other image there may have its stem.

        Returns:
            Where it is now, relative to the folder; the same place for the same image.
        """
        if image in self._placed:
            return self._placed[image]
        names = self._stems if by_stem else self._names
        wanted = PurePosixPath(*(_UNSAFE.sub("_", part).strip() or "_" for part in path.parts))
        placed = PurePosixPath(names.take(str(wanted)))
        self.lost["images have another name now"] += placed.name != image.name
        self._put(image, self.folder / placed)
        self._placed[image] = placed
        return placed

    def write(self, path: str | PurePosixPath, text: str) -> None:
        """Write a label file; ``path`` is relative to the folder."""
        write_text(self.folder / path, text)

    def lose(self, what: str, count: int = 1) -> None:
        """Count what has no place in the format."""
        self.lost[what] += count

    def one_line(self, text: str) -> str:
        """``text`` as a format can hold it that has a text a line."""
        plain = _BREAKS.sub(" ", text)
        self.lost["texts had tabs or line breaks, which are blanks now"] += plain != text
        self.lost["texts had blanks at their ends"] += plain.strip() != plain
        return plain.strip()

    def lose_marks(self, regions: Iterable[Region]) -> None:
        """Count the marks of difficult text, for a format without such."""
        self.lost["boxes are no longer marked as difficult"] += sum(region.difficult for region in regions)

    def lose_lists(self, samples: Iterable[S]) -> None:
        """Count the lists of splits, for a format that has one list only."""
        lists = [name for name in by_list(samples) if name != UNDIVIDED]
        if len(lists) > 1:
            self.lost[f"lists of splits ({', '.join(lists)}) are one list now"] += len(lists)

    def lose_folders(self, samples: Iterable[S]) -> None:
        """Count the folders of pictures, for a format with one only; crops are grouped by them, too."""
        folders = {self.relative(sample.image).parent for sample in samples}
        if len(folders) > 1:
            self.lost["folders of pictures are one folder now"] += len(folders)

    def _put(self, image: Path, place: Path) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        source = image.resolve()  # a link to a link would follow DVC's cache about
        if not self._copy:
            try:
                os.link(source, place)
            except OSError:  # another disk, or a file system without links
                pass
            else:
                self.num_linked += 1
                return
        shutil.copyfile(source, place)
        self.num_copied += 1


@dataclass(frozen=True)
class Writer:
    """A format that can be written."""

    write: Callable[[RawData, Target], None]
    holds: tuple[str, ...]
    """Which of pages, crops and tables it has a place for."""


def by_list(samples: Iterable[S]) -> Mapping[str, list[S]]:
    """The samples by the split that their label file is called after; see `split_of`.

    A label file for each picture is no list, so such samples are `UNDIVIDED`.
    """
    lists: defaultdict[str, list[S]] = defaultdict(list)
    for sample in samples:
        file, _, line = sample.origin.rpartition(":")
        lists[(line.isdecimal() and split_of(file)) or UNDIVIDED].append(sample)
    return lists


def by_project(samples: Iterable[S], target: Target) -> Mapping[PurePosixPath, list[S]]:
    """The samples by PPOCRLabel project, of which each has the pictures of one folder.

    Pictures of a single folder make one project, which is the target itself; folders in folders become one level.
    """
    projects: defaultdict[PurePosixPath, list[S]] = defaultdict(list)
    for sample in samples:
        parent = target.relative(sample.image).parent
        projects[PurePosixPath("_".join(parent.parts) or target.name)].append(sample)
    return projects if len(projects) > 1 else {PurePosixPath(): part for part in projects.values()}
