"""Which data a training reads, named by content."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from paddock.core.errors import DatasetError


@dataclass(frozen=True)
class DatasetRef:
    """A split as experiment tracking records it."""

    name: str
    context: str
    """``train``, ``val`` or ``test``."""
    source: str
    digest: str
    """Hex SHA-256."""


def dataset_ref(name: str, context: str, label_files: Sequence[str], prepared_digest: str) -> DatasetRef:
    """Name a split by its label files and by the prepared data that they belong to.

    Args:
        prepared_digest: of labels and pictures, from stats.json; empty where the data were prepared by other means.

    Raises:
        DatasetError: a label file cannot be read.
    """
    digest = hashlib.sha256(prepared_digest.encode())
    for file in label_files:
        try:
            digest.update(Path(file).read_bytes())
        except OSError as error:
            raise DatasetError(
                f"label file {file} cannot be read ({error.strerror}). Run `paddock prepare` with the same dataset=."
            ) from error
    return DatasetRef(name, context, ", ".join(label_files), digest.hexdigest())
