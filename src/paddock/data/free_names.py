"""Names for files that are gathered in one folder from several."""

from collections import Counter
from pathlib import PurePosixPath


class FreeNames:
    """Gives each name once; letters of either case are the same, as some file systems have it.

    Names are strings with / between folders: a path for each of a million crops would take as long as their pixels.
    """

    def __init__(self, *, by_stem: bool = False) -> None:
        """
        Args:
            by_stem: ``a.jpg`` takes ``a.png``, too, for formats that know images by their stems.
        """
        self._by_stem = by_stem
        self._taken: Counter[str] = Counter()

    def take(self, name: str) -> str:
        """``name``, or where it is taken the same with a number behind its stem."""
        free = name
        while self._taken[key := self._key(free)]:
            self._taken[key] += 1
            path = PurePosixPath(free)
            free = str(path.with_stem(f"{path.stem}_{self._taken[key]}"))
        self._taken[key] += 1
        return free

    def _key(self, name: str) -> str:
        return (str(PurePosixPath(name).with_suffix("")) if self._by_stem else name).lower()
