"""Files that are either whole or absent: atomic writes, content hashes."""

import csv
import glob
import hashlib
import io
import json
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from paddock.core.errors import PaddockError

_CHUNK_BYTES = 1 << 20
_HOST = socket.gethostname()


def write_bytes(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path`` so that a reader sees the old file or the new one, never a part.

    Raises:
        PaddockError: the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise cannot_write(path, error) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(draft).chmod(0o644)  # mkstemp makes 0600, which the next user of a shared folder could not read
        Path(draft).replace(path)
    except OSError as error:
        Path(draft).unlink(missing_ok=True)
        raise cannot_write(path, error) from error


def write_text(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8; see `write_bytes`."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, value: Any) -> None:
    """Write ``value`` as indented JSON with keys in the order given; see `write_bytes`."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def read_json(path: Path) -> Any:
    """Read what `write_json` wrote."""
    return json.loads(path.read_text(encoding="utf-8"))


def write_csv(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    """Write ``rows`` as a table with a column for each name that occurs; see `write_bytes`."""
    text = io.StringIO()
    names = dict.fromkeys(name for row in rows for name in row)
    writer = csv.DictWriter(text, fieldnames=list(names), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(path, text.getvalue())


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Fill a draft folder that replaces ``path`` when the body ends well, and vanishes when it raises.

    Whoever is killed on the way leaves ``path`` as it was and a hidden draft, which the next one clears away.

    Raises:
        PaddockError: the parent folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for abandoned in _abandoned(path):
            shutil.rmtree(abandoned, ignore_errors=True)
        draft = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}.{_HOST}-{os.getpid()}."))
        draft.chmod(0o755)
    except OSError as error:
        raise cannot_write(path, error) from error
    try:
        yield draft
        old = draft.with_name(f"{draft.name}.old")
        # Deleting takes a while: done in place, it would leave half of the old folder to whoever is killed meanwhile.
        if path.exists():
            path.rename(old)
        draft.rename(path)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _abandoned(path: Path) -> Iterator[Path]:
    """Drafts of ``path`` whose process is gone; those of other machines are let be."""
    for draft in path.parent.glob(f".{glob.escape(path.name)}.{glob.escape(_HOST)}-*"):
        number = draft.name.removeprefix(f".{path.name}.{_HOST}-").partition(".")[0]
        if number.isdecimal() and not _is_running(int(number)):
            yield draft


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):  # somebody else's; no process at all
        return True
    return True


def sha256_file(path: Path) -> str:
    """Hex SHA-256 of the file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def sha256_folder(folder: Path) -> str:
    """Hex SHA-256 over the relative names and contents of all files below ``folder``, whatever their order on disk."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return sha256_listing({path.relative_to(folder).as_posix(): sha256_file(path) for path in paths})


def sha256_listing(contents: Mapping[str, str]) -> str:
    """What `sha256_folder` says of a folder of which the digests are known.

    Args:
        contents: `sha256_file` of each file by its name, relative to the folder, with / between its parts.
    """
    digest = hashlib.sha256()
    for name in sorted(contents, key=lambda name: name.split("/")):
        digest.update(f"{name}\0{contents[name]}\n".encode())
    return digest.hexdigest()


def cannot_write(path: Path, error: OSError) -> PaddockError:
    """The one wording of a refused write."""
    reason = error.strerror or str(error)
    return PaddockError(f"cannot write {path}: {reason}. Check the folder's owner, its permissions and the disk.")
