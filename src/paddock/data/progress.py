"""Progress of long loops, shown to people and not to log files."""

import sys
from collections.abc import Iterable, Sized
from typing import TypeVar

from tqdm import tqdm

T = TypeVar("T")


def progress(items: Iterable[T], verb: str, total: int | None = None) -> Iterable[T]:
    """Go through ``items`` with a bar on stderr that vanishes at the end; no bar when stderr is not a terminal.

    Args:
        total: how many ``items`` there are, where they cannot tell; without it the bar knows of no time left.
    """
    number = len(items) if total is None and isinstance(items, Sized) else total
    bar: Iterable[T] = tqdm(items, desc=verb, total=number, leave=False, disable=not sys.stderr.isatty())
    return bar
