"""What a stage sees of experiment tracking: six verbs that never raise because of the store and never wait for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class Tracker(Protocol):
    """Records of one run."""

    @property
    def local_id(self) -> str:
        """Names the run on this machine, also while the store cannot be reached."""

    def params(self, values: Mapping[str, object]) -> None:
        """Record settings. A setting keeps its first value; a later one becomes the tag ``changed.<key>``."""

    def tags(self, values: Mapping[str, object]) -> None:
        """Record labels; the last value stands."""

    def metrics(self, values: Mapping[str, float], step: int) -> None:
        """Record numbers as of optimiser step ``step``."""

    def dataset(self, name: str, digest: str, source: str, context: str) -> None:
        """Record a data set as input of the run.

        Args:
            digest: content hash; MLflow shows its first 36 characters.
            source: path or address the data came from.
            context: what it was used for: ``train``, ``val`` or ``test``.
        """

    def artifact(self, path: Path, folder: str = "") -> None:
        """Keep a file, or a folder with its name, below ``folder`` of the run's artifacts.

        The content is that of the moment of the call; above `outbox.COPY_LIMIT_BYTES` it is that of the moment of
        sending, so such a file must stay where it is.
        """

    def table(self, rows: Sequence[Mapping[str, object]], artifact_file: str) -> None:
        """Keep rows of equal keys as an MLflow table, ``artifact_file`` ending in ``.json``."""


@dataclass(frozen=True)
class NullTracker:
    """Records nothing: ``tracking=off``."""

    local_id: str

    def params(self, values: Mapping[str, object]) -> None:
        """Forget."""

    def tags(self, values: Mapping[str, object]) -> None:
        """Forget."""

    def metrics(self, values: Mapping[str, float], step: int) -> None:
        """Forget."""

    def dataset(self, name: str, digest: str, source: str, context: str) -> None:
        """Forget."""

    def artifact(self, path: Path, folder: str = "") -> None:
        """Forget."""

    def table(self, rows: Sequence[Mapping[str, object]], artifact_file: str) -> None:
        """Forget."""
