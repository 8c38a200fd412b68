"""What `paddock prepare` last made of which files, so that it need not do it again.

Files count as unchanged while their names, sizes and times of change are. The record belongs to this machine: it lies
outside of what DVC versions.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import PIL

from paddock.config.schema import DatasetConfig
from paddock.core.files import read_json, write_json
from paddock.data.check_raw import raw_folder
from paddock.data.prepared import STATS

_CODE = ("core", "data")
"""Packages whose source decides what comes out."""


class LastRun:
    """The record of one prepared folder.

    Args:
        records: folder for such records.
        folder: the prepared folder.
        reports: other files and folders that the same command leaves, which have to be there, too.
    """

    def __init__(self, records: Path, folder: Path, reports: Iterable[Path], dataset: DatasetConfig, seed: int) -> None:
        name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
        self._record = records / f"{folder.name}-{name}.json"
        self._made = (folder, *reports)
        self._folder, self._dataset, self._seed = folder, dataset, seed
        self._before = self._inputs()

    def stats(self) -> dict[str, dict[str, Any]] | None:
        """``stats.json`` by task, if the same command on the same files made what is there; else None."""
        try:
            record = read_json(self._record)
            if record != {"read": self._before, "made": _digest(self._made)}:
                return None
            return {path.parent.name: read_json(path) for path in sorted(self._folder.glob(f"*/{STATS}"))}
        except (OSError, ValueError):
            return None

    def remember(self) -> None:
        """Record that the command ran to its end.

        Raises:
            PaddockError: the record cannot be written.
        """
        after = self._inputs()
        is_drawn = self._dataset.format == "sample"  # by the command itself
        if is_drawn or after == self._before:
            write_json(self._record, {"read": after, "made": _digest(self._made)})

    def _inputs(self) -> str:
        code = Path(__file__).parents[1]
        sources = sorted(path for package in _CODE for path in (code / package).rglob("*.py"))
        values = [asdict(self._dataset), self._seed, cv2.__version__, np.__version__, PIL.__version__]
        digest = hashlib.sha256(json.dumps(values, default=str).encode())
        for path in sources:
            digest.update(path.read_bytes())
        digest.update(_digest(_read_places(self._dataset)).encode())
        return digest.hexdigest()


def _read_places(dataset: DatasetConfig) -> Iterator[Path]:
    """All that may be read: the raw folder, folders of label files outside of it, the dictionary, lists of splits."""
    raw = raw_folder(dataset)
    yield raw
    for name in dataset.label_files:
        folder = (raw / name).parent
        if not folder.resolve().is_relative_to(raw.resolve()):
            yield folder
    if dataset.dictionary:
        yield Path(dataset.dictionary)
    yield from map(Path, dataset.split.lists.values())


def _digest(places: Iterable[Path]) -> str:
    """Of the names, sizes and times of change of all files in ``places``."""
    digest = hashlib.sha256()
    for place in places:
        digest.update(f"{place.resolve()}\n".encode(errors="surrogateescape"))
        for line in sorted(_listed(place)):
            digest.update(line.encode(errors="surrogateescape"))
    return digest.hexdigest()


def _listed(place: Path) -> Iterator[str]:
    if not place.is_dir():
        yield _line(str(place), place) if place.exists() else f"{place}\0absent\n"
        return
    folders, seen = [str(place)], set()
    while folders:
        folder = folders.pop()
        status = os.stat(folder)  # noqa: PTH116 - a `Path` for each of 200,000 files takes as long as all the rest
        if (status.st_dev, status.st_ino) in seen:
            continue  # a link to a folder above
        seen.add((status.st_dev, status.st_ino))
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir():
                    folders.append(entry.path)
                else:
                    yield _line(entry.path, entry)


def _line(name: str, file: Path | os.DirEntry[str]) -> str:
    try:
        status = file.stat()
    except OSError:  # a link to nowhere
        return f"{name}\0broken\n"
    return f"{name}\0{status.st_size}\0{status.st_mtime_ns}\n"
