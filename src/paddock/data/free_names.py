"""Names for files that are gathered in one folder from several."""

from collections import Counter
from pathlib import Path


class FreeNames:
    """Gives each path once; letters of either case are the same, as some file systems have it."""

    def __init__(self, *, by_stem: bool = False) -> None:
        """
        Args:
            by_stem: ``a.jpg`` takes ``a.png``, too, for formats that know images by their stems.
        """
        self._by_stem = by_stem
        self._taken: Counter[Path] = Counter()

    def take(self, path: Path) -> Path:
        """``path``, or where it is taken the same with a number behind its stem."""
        free = path
        while self._taken[self._key(free)]:
            self._taken[self._key(free)] += 1
            free = free.with_stem(f"{free.stem}_{self._taken[self._key(free)]}")
        self._taken[self._key(free)] += 1
        return free

    def _key(self, path: Path) -> Path:
        return path.parent / (path.stem if self._by_stem else path.name).lower()
