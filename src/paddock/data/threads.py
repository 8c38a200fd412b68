"""Work on many pictures at once."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import cv2

from paddock.data.progress import progress

T = TypeVar("T")
R = TypeVar("R")

_MOST_THREADS = 8
"""More of them only wait for the interpreter."""


def map_in_threads(function: Callable[[T], R], items: Sequence[T], verb: str) -> list[R]:
    """``function`` of each of ``items``, in order, with a progress bar.

    Threads, not processes: decoding, warping, encoding and hashing let go of the interpreter, and nothing is copied.
    The first exception ends the work.
    """
    # OpenCV's own threads would wait for these: on a busy machine that cost five times the time.
    inner_threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    executor = ThreadPoolExecutor(min(os.cpu_count() or 1, _MOST_THREADS))
    try:
        futures = [executor.submit(function, item) for item in items]
        return [future.result() for future in progress(futures, verb)]
    finally:
        executor.shutdown(cancel_futures=True)
        cv2.setNumThreads(inner_threads)
