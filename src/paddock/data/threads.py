"""Work on many pictures at once."""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import cv2

from paddock.data.progress import progress

T = TypeVar("T")
R = TypeVar("R")

_MOST_THREADS = 8
"""More of them only wait for the interpreter."""
_AT_ONCE = 8
"""Items that a thread takes at a time: handing over a small picture costs as much as decoding it."""
_AHEAD = 4
"""Such portions for each thread that wait or are done: however much there is, no more is taken on at once."""


def map_in_threads(function: Callable[[T], R], items: Sequence[T], verb: str) -> list[R]:
    """``function`` of each of ``items``, in order, with a progress bar.

    Threads, not processes: decoding, warping, encoding and hashing let go of the interpreter, and nothing is copied.
    The first exception ends the work.
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


def _in_order(
    executor: ThreadPoolExecutor, function: Callable[[T], R], items: Sequence[T], most_waiting: int
) -> Iterator[R]:
    waiting: deque[Future[list[R]]] = deque()
    for start in range(0, len(items), _AT_ONCE):
        waiting.append(executor.submit(_each, function, items[start : start + _AT_ONCE]))
        if len(waiting) >= most_waiting:
            yield from waiting.popleft().result()
    while waiting:
        yield from waiting.popleft().result()


def _each(function: Callable[[T], R], items: Sequence[T]) -> list[R]:
    return [function(item) for item in items]
