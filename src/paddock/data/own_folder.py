"""Folders that paddock fills as a whole, and may replace only because it made them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from paddock.core.errors import DatasetError
from paddock.core.files import cannot_write, new_folder


def refuse_foreign(folder: Path, marker: str, advice: str) -> None:
    """Let pass a folder that is absent, empty, or holds the file ``marker`` that paddock leaves in its own.

    Raises:
        DatasetError: ``folder`` holds somebody else's files, or is a file.
    """
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir()) and not (folder / marker).is_file()):
        raise DatasetError(f"{folder} holds what paddock did not make (it has no {marker}) and would replace. {advice}")


@contextmanager
def filled(folder: Path) -> Iterator[Path]:
    """Fill a draft that becomes ``folder`` when the body ends well; see `new_folder`.

    Raises:
        PaddockError: ``folder`` cannot be written, or the disk fills up on the way.
    """
    try:
        with new_folder(folder) as draft:
            yield draft
    except OSError as error:
        raise cannot_write(folder, error) from error
