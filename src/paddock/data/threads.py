"""Work on many pictures at once."""

import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TypeVar

import cv2

from paddock.core.errors import PaddockError
from paddock.core.processes import end_with_parent
from paddock.data.progress import progress

T = TypeVar("T")
R = TypeVar("R")

_MOST_THREADS = 8
"""More of them only wait for the interpreter."""
_MOST_PROCESSES = 16
_THREAD_PORTION, _PROCESS_PORTION = 8, 16
"""Items that one of them takes at a time: handing over a small picture costs as much as decoding it."""
_AHEAD = 4
"""Such portions for each of them that wait or are done: however much there is, no more is taken on at once."""


def map_in_processes(function: Callable[[T], R], items: Sequence[T], verb: str, worth: int) -> list[R]:
    """``function`` of each of ``items``, in order, with a progress bar.

    For what keeps the interpreter as busy as the codecs: threads would wait for each other. Results do not depend on
    how many processes there are. The first exception ends the work.

    Args:
        function: travels to the processes, as ``items`` and results do, so all of it can be pickled.
        worth: fewer items take less time than it takes to start processes, and are done in threads.

    Raises:
        PaddockError: a process was killed.
    """
    num_processes = min(os.cpu_count() or 1, _MOST_PROCESSES)
    if len(items) < worth or num_processes == 1:
        return map_in_threads(function, items, verb)
    executor = _started(num_processes)
    try:
        results = _in_order(executor, function, items, _PROCESS_PORTION, num_processes * _AHEAD)
        return list(progress(results, verb, len(items)))
    except BrokenProcessPool as error:
        message = f"{verb}: a process was killed, perhaps for want of memory. Close what else runs, then try again."
        raise PaddockError(message) from error
    finally:
        executor.shutdown(cancel_futures=True)


def _started(num_processes: int) -> ProcessPoolExecutor:
    """Spawned processes: a fork of one that has loaded Paddle may hang in its thread pools."""
    executor = ProcessPoolExecutor(num_processes, get_context("spawn"), _start_worker)
    # Ctrl-C reaches every process of a terminal; only the first has something to say to it, and ends the others.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        for _ in range(num_processes):  # each starts one, which inherits what is blocked
            executor.submit(int)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return executor


def _start_worker() -> None:
    cv2.setNumThreads(1)
    end_with_parent()


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
        results = _in_order(executor, function, items, _THREAD_PORTION, num_threads * _AHEAD)
        return list(progress(results, verb, len(items)))
    finally:
        executor.shutdown(cancel_futures=True)
        cv2.setNumThreads(inner_threads)


def _in_order(
    executor: Executor, function: Callable[[T], R], items: Sequence[T], portion: int, most_waiting: int
) -> Iterator[R]:
    waiting: deque[Future[list[R]]] = deque()
    for start in range(0, len(items), portion):
        waiting.append(executor.submit(_each, function, items[start : start + portion]))
        if len(waiting) >= most_waiting:
            yield from waiting.popleft().result()
    while waiting:
        yield from waiting.popleft().result()


def _each(function: Callable[[T], R], items: Sequence[T]) -> list[R]:
    return [function(item) for item in items]
