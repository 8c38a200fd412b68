"""Progress of long loops, shown to people and not to log files."""

import sys
from collections.abc import Iterable, Sequence
from typing import TypeVar

from tqdm import tqdm

T = TypeVar("T")


def progress(items: Sequence[T], verb: str) -> Iterable[T]:
    """Go through ``items`` with a bar on stderr that vanishes at the end; no bar when stderr is not a terminal."""
    bar: Iterable[T] = tqdm(items, desc=verb, leave=False, disable=not sys.stderr.isatty())
    return bar
