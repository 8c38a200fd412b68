"""LMDB: crops in databases, as PaddleOCR's LMDBDataSet reads them; for sets too large for a file a picture.

Each folder with a ``data.mdb`` is a database with the keys ``num-samples``, ``label-%09d`` and ``image-%09d``, counted
from 1. paddock writes ``name-%09d`` besides, which PaddleOCR passes over, so that names and groups come back.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TypeAlias

import lmdb
from lmdb import verify

from paddock.config.schema import DatasetConfig
from paddock.core.errors import DatasetError
from paddock.core.project import project_root
from paddock.data.crop_label import labelled_crop
from paddock.data.formats.target import UNPACKED, Target, by_list
from paddock.data.free_names import FreeNames
from paddock.data.grouping import group_of
from paddock.data.own_folder import filled
from paddock.data.progress import progress
from paddock.data.raw_data import RawData
from paddock.data.samples import Problem, RecSample

DATABASE = "data.mdb"
_NUMBER = "num-samples"
_LABEL, _IMAGE, _NAME = "label", "image", "name"
_SUFFIXES = {
    b"\xff\xd8\xff": ".jpg",
    b"\x89PNG": ".png",
    b"BM": ".bmp",
    b"RIFF": ".webp",
    **dict.fromkeys((b"II*\0", b"MM\0*"), ".tif"),
}
"""What image files begin with."""
_PAGE_BYTES = 4096
_AT_ONCE = 1000
"""Samples of one transaction."""

Transaction: TypeAlias = "lmdb.Transaction[memoryview]"


def read_lmdb(raw: Path, dataset: DatasetConfig) -> RawData:
    """Read every database below ``raw``, or those of the folders or ``data.mdb`` that ``dataset.label_files`` names.

    Pictures are unpacked into ``scratch/lmdb/``, once for each state of a database, because all else reads files.

    Raises:
        DatasetError: there is no database, or one is damaged or has no ``num-samples``.
        ConfigError: ``dataset.group_pattern`` cannot be used.
        PaddockError: the scratch folder cannot be written.
    """
    found, group = RawData(), group_of(dataset.group_pattern, raw)
    named = [raw / name for name in dataset.label_files]
    paths = [path / DATABASE if path.is_dir() else path for path in named] or sorted(raw.rglob(DATABASE))
    if not paths:
        raise DatasetError(f"no {DATABASE} below {raw}. Check dataset.raw and dataset.format.")
    for path in paths:
        found.add(_read_database(path, group))
    return found


def write_lmdb(data: RawData, target: Target) -> None:
    """Write a database in ``train/``, ``val/`` and ``test/``, or in ``all/``; pictures go in as they are."""
    for split, crops in by_list(data.crops).items():
        folder = target.folder / split
        folder.mkdir(parents=True)
        num_bytes = sum(crop.image.stat().st_size for crop in crops)
        # Values begin on a page of their own; the file grows as it is filled, so room that is not used costs nothing.
        room = 2 * num_bytes + 8 * _PAGE_BYTES * (len(crops) + 100)
        with lmdb.open(str(folder), map_size=room, lock=False) as database:
            for first in range(0, len(crops), _AT_ONCE):
                with database.begin(write=True) as transaction:
                    for number, crop in enumerate(crops[first : first + _AT_ONCE], start=first + 1):
                        for kind, value in _values(crop, target).items():
                            transaction.put(_key(kind, number), value)
            with database.begin(write=True) as transaction:
                transaction.put(_NUMBER.encode(), str(len(crops)).encode())


def _values(crop: RecSample, target: Target) -> dict[str, bytes]:
    target.num_copied += 1
    name = str(target.relative(crop.image)).encode(errors="replace")
    return {_LABEL: crop.text.encode(), _IMAGE: crop.image.read_bytes(), _NAME: name}


def _read_database(path: Path, group: Callable[[Path], str]) -> RawData:
    found = RawData()
    folder = _unpacked(path)
    with _opened(path) as transaction:
        for number, place in enumerate(_places(transaction, path), start=1):
            origin, label = f"{path}:{number}", transaction.get(_key(_LABEL, number))
            if place is None or label is None:
                missing = _key(_LABEL if label is None else _IMAGE, number).decode()
                code = "empty_label" if label is None else "image_missing"
                found.problems.append(Problem(code, origin, f"the database has no {missing}. Write it anew."))
                continue
            image = folder / place
            found.named.add(image)
            try:
                text = bytes(label).decode()
            except UnicodeDecodeError:
                message = f"{_key(_LABEL, number).decode()} is not UTF-8. Write the database anew."
                found.problems.append(Problem("not_utf8", origin, message, images=(image,)))
            else:
                crop, problems = labelled_crop(image, text, origin, group(path.parent / place))
                found.problems += problems
                if crop:
                    found.add_crop(crop)
    return found


def _unpacked(path: Path) -> Path:
    """The folder with the pictures of a database, written now if it is not there for this state of the file."""
    try:
        state = path.stat()
    except OSError as error:
        raise DatasetError(f"database {path} is missing. Check dataset.raw and dataset.label_files.") from error
    identity = f"{path.resolve()}\0{state.st_size}\0{state.st_mtime_ns}"
    folder = project_root() / UNPACKED / hashlib.sha256(identity.encode()).hexdigest()[:16]
    if folder.is_dir():
        return folder
    _refuse_damaged(path)
    with filled(folder) as draft, _opened(path) as transaction:
        for number, place in enumerate(progress(_places(transaction, path), f"unpack {path}"), start=1):
            if place is not None:
                (draft / place).parent.mkdir(parents=True, exist_ok=True)
                (draft / place).write_bytes(transaction.get(_key(_IMAGE, number)) or b"")
    return folder


def _refuse_damaged(path: Path) -> None:
    """Look at the whole file without LMDB, which trusts it so far that a damaged one ends the process."""
    try:
        faults = verify.verify(str(path))
    except verify.VerifyError as error:
        faults = [str(error)]
    if faults:
        raise DatasetError(f"{path} is no database of LMDB, or a damaged one: {faults[0]}. Copy it again.")


@contextmanager
def _opened(path: Path) -> Iterator[Transaction]:
    """Read a database; nothing is written beside it."""
    try:
        with (
            lmdb.open(str(path), subdir=False, readonly=True, lock=False, create=False) as database,
            database.begin(buffers=True) as transaction,
        ):
            yield transaction
    except lmdb.Error as error:
        raise DatasetError(f"{path} cannot be read: {error}. Copy it again.") from error


def _num_samples(transaction: Transaction, path: Path) -> int:
    value = transaction.get(_NUMBER.encode())
    told = None if value is None else bytes(value)
    entries = int(transaction.stat()["entries"])
    if told is None or not told.isdigit() or len(told) > 9 or int(told) > entries:
        what = "nothing" if told is None else repr(told[:20].decode(errors="replace"))
        message = f"{path} says {what} under {_NUMBER}, and has {entries} entries."
        raise DatasetError(f"{message} PaddleOCR needs the number of samples there: write the database anew.")
    return int(told)


def _places(transaction: Transaction, path: Path) -> list[PurePosixPath | None]:
    """Where each image lies below the folder of the database; None for one that the database lacks."""
    free = FreeNames()
    places: list[PurePosixPath | None] = []
    taken: set[PurePosixPath] = set()
    folders: set[PurePosixPath] = set()
    for number in range(1, _num_samples(transaction, path) + 1):
        image = transaction.get(_key(_IMAGE, number))
        if image is None:
            places.append(None)
            continue
        head = bytes(image[:4])
        suffix = next((name for magic, name in _SUFFIXES.items() if head.startswith(magic)), "")
        plain = f"{_key(_IMAGE, number).decode()}{suffix}"
        place = PurePosixPath(free.take(_safe(transaction.get(_key(_NAME, number))) or plain))
        # Nothing in a database keeps one image from being called as the folder of another.
        if place in folders or not taken.isdisjoint(place.parents):
            place = PurePosixPath(free.take(plain))
        places.append(place)
        taken.add(place)
        folders.update(place.parents)
    return places


def _safe(name: memoryview | None) -> str | None:
    """The name as a path that stays below any folder; None where it does not."""
    path = PurePosixPath(bytes(name or b"").decode(errors="replace"))
    sound = path.parts and not path.is_absolute() and ".." not in path.parts and "\0" not in str(path)
    return str(path) if sound and all(len(part.encode()) < 200 for part in path.parts) else None


def _key(kind: str, number: int) -> bytes:
    return f"{kind}-{number:09d}".encode()
