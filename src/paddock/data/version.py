"""One version of prepared data: every sample with what its picture holds, from a folder or from a git revision.

Pictures are told by DVC's own hash of them, so of a revision nothing is fetched but labels and dictionary.
"""

import hashlib
import json
import tempfile
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paddock.config.stored import DICTIONARY
from paddock.core.errors import ConfigError, DatasetError
from paddock.data.page_lines import page_line
from paddock.data.prepared import (
    DETECTION,
    RECOGNITION,
    STATS,
    TABLE,
    PreparedDet,
    PreparedRec,
    PreparedTable,
    read_labels,
    read_pages,
    read_tables,
)
from paddock.data.samples import SPLITS, Region
from paddock.data.tables import TableCell, table_element
from paddock.data.threads import map_in_threads

TableLabel = tuple[tuple[str, ...], tuple[TableCell, ...]]
"""Structure and cells."""

_NO_PICTURES = (".csv", ".json", ".txt")
"""Endings of files that say what is in the pictures."""


@dataclass(frozen=True)
class Sample:
    """One picture and its label."""

    image: str
    """As the label file names it."""
    split: str
    picture: str
    """Hex MD5 of the picture's bytes, as DVC has it."""
    label: Hashable
    """See `Kind`."""

    @property
    def name(self) -> str:
        """Of the picture, without its folder, which is that of the split."""
        return self.image.rpartition("/")[2]


@dataclass(frozen=True)
class Version:
    """What a data set was at one time."""

    name: str
    folder: Path
    """Where the prepared data lie, or lay."""
    samples: dict[str, list[Sample]]
    """By task."""
    characters: dict[str, frozenset[str]]
    """Lines of the dictionary by task, for tasks that have one."""


@dataclass(frozen=True)
class Kind:
    """How a task's labels are read, compared and told."""

    labels: Callable[[Path, str], Iterator[tuple[str, Hashable]]]
    """Image and label of each sample in a task's folder that belongs to a split."""
    words: Callable[[Any, Any], tuple[str, str]]
    """Two labels of one picture, as far as they differ, for people."""
    empty: Hashable
    """The label of nothing."""


def read_folder(folder: Path) -> Version:
    """The version that lies in ``folder``, one below data/prepared.

    Raises:
        DatasetError: it holds no prepared data, or they are damaged.
    """

    def digests(images: Sequence[str]) -> list[str]:
        return map_in_threads(_md5_of_file, [folder / image for image in images], f"read {folder}")

    files = [path.relative_to(folder).as_posix() for path in folder.glob(f"*/{STATS}")]
    return _version(str(folder), folder, folder, files, digests)


def read_revision(revision: str, folder: Path) -> Version:
    """The version that ``folder`` had in git's ``revision``, out of DVC's cache or remote.

    Args:
        folder: relative to the project, as dvc.yaml or a .dvc file names it.

    Raises:
        ConfigError: there is no such revision, or the project has no git or DVC.
        DatasetError: the revision has no such data, or neither cache nor remote has them any more.
    """
    from dvc.api import DVCFileSystem  # noqa: PLC0415 - takes half a second
    from dvc.exceptions import DvcException  # noqa: PLC0415
    from dvc_data.index import DataIndexDirError  # noqa: PLC0415

    try:
        files = DVCFileSystem(".", rev=revision)
        found = files.find(folder.as_posix(), detail=True)
    except DvcException as error:
        raise ConfigError(f"{revision} is neither a folder nor a revision that DVC can read: {error}.") from error
    except DataIndexDirError as error:
        raise _lost(folder, revision) from error
    known = {path.removeprefix(f"{folder.as_posix()}/"): entry.get("md5") for path, entry in found.items()}

    def digests(images: Sequence[str]) -> list[str]:
        if missing := [image for image in images if image not in known]:
            raise DatasetError(f"{folder / missing[0]} of {revision} is labelled and not there. Prepare it again.")
        return [known[image] or _md5(files.read_bytes((folder / image).as_posix())) for image in images]

    with tempfile.TemporaryDirectory() as draft:
        for path in known:
            if path.endswith(_NO_PICTURES):
                _fetch(files, folder / path, Path(draft) / path, revision)
        return _version(f"{folder} of {revision}", folder, Path(draft), list(known), digests)


def _fetch(files: Any, path: Path, target: Path, revision: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        files.get_file(path.as_posix(), str(target))
    except OSError as error:
        raise _lost(path, revision) from error


def _lost(path: Path, revision: str) -> DatasetError:
    return DatasetError(
        f"{path} of {revision} is neither in DVC's cache nor in its remote. Where it was made, check that commit out "
        "and run dvc push: that pushes the data of one commit only."
    )


def _version(
    name: str, folder: Path, labels: Path, files: Sequence[str], digests: Callable[[Sequence[str]], list[str]]
) -> Version:
    """Put together what the files in ``labels`` say.

    Args:
        files: those of the version, relative to its folder, ``<task>/stats.json`` among them.
        digests: images, named so, to their MD5.
    """
    tasks = [task for task in KINDS if f"{task}/{STATS}" in files]
    if not tasks:
        looked = " or ".join(f"{task}/{STATS}" for task in KINDS)
        raise DatasetError(
            f"{name} holds no prepared data: there is no {looked}. Run paddock prepare, or name a "
            "folder below data/prepared."
        )
    samples = {}
    for task in tasks:
        rows = [(image, split, label) for split in SPLITS for image, label in KINDS[task].labels(labels / task, split)]
        pictures = digests([f"{task}/{image}" for image, _, _ in rows])
        samples[task] = [
            Sample(image, split, picture, label) for (image, split, label), picture in zip(rows, pictures, strict=True)
        ]
    dictionaries = {task: labels / task / DICTIONARY for task in tasks}
    characters = {
        task: frozenset(path.read_text(encoding="utf-8").split("\n")) - {""}
        for task, path in dictionaries.items()
        if path.is_file()
    }
    return Version(name, folder, samples, characters)


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def _md5_of_file(image: Path) -> str:
    try:
        return _md5(image.read_bytes())
    except OSError as error:
        raise DatasetError(f"{image} is labelled and cannot be read ({error.strerror}). Prepare it again.") from error


def _lines(folder: Path, split: str) -> Iterator[tuple[str, Hashable]]:
    for line in read_labels(PreparedRec(folder).label_file(split)):
        yield line.image, line.text


def _line_words(before: str, after: str) -> tuple[str, str]:
    return before, after


def _pages(folder: Path, split: str) -> Iterator[tuple[str, Hashable]]:
    for page in read_pages(PreparedDet(folder).label_file(split)):
        yield page.image, frozenset(page.regions)


def _page_words(before: frozenset[Region], after: frozenset[Region]) -> tuple[str, str]:
    """The boxes that only one side has, as PaddleOCR writes them."""
    return _boxes(before - after), _boxes(after - before)


def _boxes(regions: frozenset[Region]) -> str:
    return page_line("", sorted(regions, key=lambda region: (region.points, region.text))).strip()


def _tables(folder: Path, split: str) -> Iterator[tuple[str, Hashable]]:
    for table in read_tables(PreparedTable(folder).label_file(split)):
        yield table.image.as_posix(), (table.structure, table.cells)


def _table_words(before: TableLabel, after: TableLabel) -> tuple[str, str]:
    """The tables as HTML; where that is the same, the boxes that are not."""
    html = table_element(*before), table_element(*after)
    if html[0] != html[1]:
        return html
    pairs = [
        (number, old.box, new.box)
        for number, (old, new) in enumerate(zip(before[1], after[1], strict=True), start=1)
        if old.box != new.box
    ]
    return (
        json.dumps({f"cell {number}": box for number, box, _ in pairs}),
        json.dumps({f"cell {number}": box for number, _, box in pairs}),
    )


KINDS = {
    DETECTION: Kind(_pages, _page_words, frozenset()),
    RECOGNITION: Kind(_lines, _line_words, ""),
    TABLE: Kind(_tables, _table_words, ((), ())),
}
