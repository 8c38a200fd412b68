"""What the classes of given weights mean, so that a network with another dictionary keeps what it shares with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from paddock.core.errors import CheckpointError

Values = Mapping[str, NDArray[np.float32]]
"""Parameters by name."""

_SHOWN = 20


@dataclass(frozen=True)
class Inherited:
    """Rows of given weights that belong to classes of the network, told by what the classes mean.

    Numbers do not tell: appending to a dictionary moves the classes that stand behind it, such as the space.
    """

    dictionary: Path
    ours: Sequence[str]
    """Every class of the network, by its number."""
    theirs: Sequence[Sequence[str]]
    """The same of the weights; several possibilities, each of another length, where the dictionary leaves that open."""
    axes: Mapping[str, int]
    """Parameter -> axis of which the last entries are one for each class."""

    def resolved(self, own: Values, stored: Values) -> "Inherited | None":
        """With the one possibility that the weights have the size for; None if they have no such parameter.

        Args:
            own: the network's values of `axes`.

        Raises:
            CheckpointError: the weights have another number of classes than the dictionary.
        """
        for name in self._present(own, stored):
            count = stored[name].shape[self.axes[name]] - own[name].shape[self.axes[name]] + len(self.ours)
            for theirs in self.theirs:
                if len(theirs) == count:
                    return replace(self, theirs=[theirs])
            counts = " or ".join(str(len(theirs)) for theirs in self.theirs)
            raise CheckpointError(
                f"dictionary {self.dictionary} makes {counts} classes, the weights have {count}: it is not theirs. "
                "Name theirs: training.pretrained_dictionary=PATH."
            )
        return None

    def fitted(self, own: Values, stored: Values) -> dict[str, NDArray[np.float32]]:
        """The network's fresh values of `axes` with the weights' entries for the classes that both have."""
        places = {name: number for number, name in enumerate(self.theirs[0])}
        pairs = [(number, places[name]) for number, name in enumerate(self.ours) if name in places]
        ours, theirs = np.array(pairs, np.int64).reshape(-1, 2).T
        fitted = {}
        for name in self._present(own, stored):
            axis = self.axes[name]
            fresh, old = np.moveaxis(own[name].copy(), axis, 0), np.moveaxis(stored[name], axis, 0)
            first = len(fresh) - len(self.ours)
            fresh[:first] = old[:first]
            fresh[first + ours] = old[first + theirs]
            fitted[name] = np.ascontiguousarray(np.moveaxis(fresh, 0, axis))
        return fitted

    def kept_ratio(self) -> float:
        """Share of the network's classes that are the weights' classes, too."""
        return len(set(self.ours) & set(self.theirs[0])) / len(self.ours)

    def line(self) -> str:
        """For the preflight; empty where nothing differs."""
        ours, theirs = set(self.ours), set(self.theirs[0])
        new = [name for name in self.ours if name not in theirs]
        gone = [name for name in self.theirs[0] if name not in ours]
        if not new and not gone:
            return ""
        kept = len(self.ours) - len(new)
        line = f"  by {self.dictionary}: {kept} of {len(self.ours)} classes keep their rows"
        line += f", {len(new)} start fresh: {_shown(new)}" if new else ""
        return line + (f"; {len(gone)} of theirs are gone: {_shown(gone)}" if gone else "")

    def _present(self, own: Values, stored: Values) -> list[str]:
        """Parameters that the weights have, too, and of the same size in the other axes."""
        return [name for name, axis in self.axes.items() if name in stored and _alike(own[name], stored[name], axis)]


def _alike(own: NDArray[np.float32], stored: NDArray[np.float32], axis: int) -> bool:
    return own.ndim == stored.ndim and np.delete(own.shape, axis).tolist() == np.delete(stored.shape, axis).tolist()


def _shown(names: Sequence[str]) -> str:
    return " ".join(map(repr, names[:_SHOWN])) + (" ..." if len(names) > _SHOWN else "")
