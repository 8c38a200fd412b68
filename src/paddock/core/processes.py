"""What a process owes to the one that started it, and to its own memory."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import parent_process
from threading import Thread


def end_with_parent() -> None:
    """Have this child process end when its parent does: one that was killed leaves nobody who waits for the work."""
    Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Leave memory to reference counts, for work that makes millions of objects that live to its end.

    Else the collector goes through all of them again and again and finds nothing: a quarter of the time that it takes
    to hold a large data set's labels.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
