"""One training at a time works in a scratch folder: a killed DVC may have left its training running."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from paddock.core.errors import TrainingError
from paddock.core.files import cannot_write


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Hold ``folder`` while the body runs.

    Raises:
        TrainingError: another process holds it.
        PaddockError: the folder cannot be written.
    """
    lock = FileLock(folder.with_name(f"{folder.name}.lock"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise TrainingError(
            f"this very training is running already (it holds {lock.lock_file}). Wait for it, or end that process."
        ) from error
    except OSError as error:
        raise cannot_write(folder, error) from error
    try:
        yield
    finally:
        lock.release()
