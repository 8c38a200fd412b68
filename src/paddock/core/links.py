"""Files that take no room of their own, where that is safe."""

import os
import shutil
import stat
from pathlib import Path

_CLONE = 0x40049409
"""Linux's FICLONE, see ioctl_ficlone(2): both files share their blocks until one of them is written to."""
_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


def link_or_copy(source: Path, target: Path) -> None:
    """Make the new file ``target`` with the content of ``source``, without a second copy on disk where that is safe.

    File systems that share blocks do that. Elsewhere ``target`` becomes a hard link if nobody may write to ``source``,
    as to what DVC links from its cache; else a copy, because annotators' tools write into files in place.
    docs/adr/0011-links.md has the reasons.

    Raises:
        OSError: ``source`` cannot be read, or ``target`` cannot be written.
    """
    if not (_cloned(source, target) or _linked(source, target)):
        shutil.copyfile(source, target)


def _cloned(source: Path, target: Path) -> bool:
    try:
        import fcntl  # noqa: PLC0415 - Windows has none
    except ImportError:
        return False
    with source.open("rb") as original, target.open("wb") as clone:
        try:
            fcntl.ioctl(clone.fileno(), _CLONE, original.fileno())
        except OSError:
            return False
    return True


def _linked(source: Path, target: Path) -> bool:
    if source.stat().st_mode & _WRITABLE:
        return False
    target.unlink(missing_ok=True)
    try:
        os.link(source.resolve(), target)
    except OSError:  # another disk, or somebody else's file
        return False
    return True
