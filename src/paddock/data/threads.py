"""Work on many pictures at once."""

import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import TypeVar

import cv2

from paddock.core.errors import PaddockError
from paddock.data.progress import progress

T = TypeVar("T")
R = TypeVar("R")

_MOST_THREADS = 8
"""More of them only wait for the interpreter."""
_MOST_PROCESSES = 16
_WORTH_PROCESSES = 500
"""Items that take longer than it does to start processes."""
_AT_ONCE = 8
"""Items that a thread or process takes at a time: handing over a small picture costs as much as decoding it."""
_AHEAD = 4
"""Such portions for each of them that wait or are done: however much there is, no more is taken on at once."""


def map_in_processes(function: Callable[[T], R], items: Sequence[T], verb: str) -> list[R]:
    """``function`` of each of ``items``, in order, with a progress bar; few items are not worth processes.

    Each page has dozens of boxes, which keep the interpreter as busy as the codecs: threads would wait for each other.
    Processes are spawned, as those of `paddock.data.loader` are. The first exception ends the work.

    Args:
        function: travels to the processes, as ``items`` and results do, so all of it can be pickled.

    Raises:
        PaddockError: a process was killed.
    """
    num_processes = min(os.cpu_count() or 1, _MOST_PROCESSES)
    if len(items) < _WORTH_PROCESSES or num_processes == 1:
        return map_in_threads(function, items, verb)
    executor = _started(num_processes)
    try:
        return list(progress(_in_order(executor, function, items, num_processes * _AHEAD), verb, len(items)))
    except BrokenProcessPool as error:
        raise PaddockError(
            f"{verb}: a process was killed, perhaps for want of memory. Close what else runs."
        ) from error
    finally:
        executor.shutdown(cancel_futures=True)


def _started(num_processes: int) -> ProcessPoolExecutor:
    executor = ProcessPoolExecutor(num_processes, get_context("spawn"), _start_worker)
    # Ctrl-C reaches every process of a terminal, and only the first has something to say to it.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        for _ in range(num_processes):
            executor.submit(int)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return executor


def _start_worker() -> None:
    cv2.setNumThreads(1)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for work forever."""
    if parent := parent_process():
        parent.join()
        os._exit(1)


def map_in_threads(function: Callable[[T], R], items: Sequence[T], verb: str) -> list[R]:
    """``function`` of each of ``items``, in order, with a progress bar.

    For what decodes, warps, encodes or hashes most of the time, which lets go of the interpreter. The first exception
    ends the work.
    """
    # OpenCV's own threads would wait for these: on a busy machine that cost five times the time.
    inner_threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    num_threads = min(os.cpu_count() or 1, _MOST_THREADS)
    executor = ThreadPoolExecutor(num_threads)
    try:
        return list(progress(_in_order(executor, function, items, num_threads * _AHEAD), verb, len(items)))
    finally:
        executor.shutdown(cancel_futures=True)
        cv2.setNumThreads(inner_threads)


def _in_order(executor: Executor, function: Callable[[T], R], items: Sequence[T], most_waiting: int) -> Iterator[R]:
    waiting: deque[Future[list[R]]] = deque()
    for start in range(0, len(items), _AT_ONCE):
        waiting.append(executor.submit(_each, function, items[start : start + _AT_ONCE]))
        if len(waiting) >= most_waiting:
            yield from waiting.popleft().result()
    while waiting:
        yield from waiting.popleft().result()


def _each(function: Callable[[T], R], items: Sequence[T]) -> list[R]:
    return [function(item) for item in items]
