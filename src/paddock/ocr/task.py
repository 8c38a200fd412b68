"""What the engine, the training loop and the export need to know of a task; each task folder has one of these."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from paddle import Tensor, nn

from paddock.data.loader import Batch, Loader
from paddock.ocr.datasets import DatasetRef
from paddock.ocr.inherited import Inherited
from paddock.ocr.preview import Choice

Prediction: TypeAlias = tuple[Sequence[NDArray[np.float32]], Batch[Any]]
"""A network's outputs on a batch; none where no sample of it could be read."""


class Scorer(Protocol):
    """Collects what a network says of a split and scores it."""

    def add(self, outputs: Sequence[NDArray[np.float32]], batch: Batch[Any]) -> None:
        """Take in the network's outputs on ``batch``."""

    def metrics(self) -> dict[str, float]:
        """Every score by its name, such as ``acc``; the larger the better for the main indicator."""


class Task(Protocol):
    """One of PaddleOCR's tasks with the composed config behind it."""

    @property
    def indicator(self) -> str:
        """The metric by which checkpoints are compared; PaddleOCR's ``Metric.main_indicator``."""

    def network(self) -> nn.Layer:
        """The network with fresh weights; call `seed_all` first."""

    def given(self, targets: Sequence[Tensor]) -> Sequence[Tensor]:
        """What the network is called with behind the pictures while it learns; nothing, for most tasks.

        Args:
            targets: those of the batch.
        """

    def loss(self, outputs: Any, targets: Sequence[Tensor]) -> dict[str, Tensor]:
        """Terms of the loss by name; ``loss`` is what is minimised."""

    def preflight(self) -> list[str]:
        """What a user should know of the data before the first step, a line each.

        Raises:
            DatasetError: the data cannot be learnt from as they are.
        """

    def datasets(self) -> list[DatasetRef]:
        """What is learnt from and what is validated on, by content."""

    def train_loader(self, rank: int, world_size: int) -> Loader[Any]:
        """Batches to learn from."""

    def eval_loader(self, split: str) -> Loader[Any]:
        """Batches of ``val`` or ``test``, every listed sample once."""

    def tuned(self, predictions: Iterator[Prediction]) -> "Task":
        """The task with what comes behind the network chosen by the validation split; itself if nothing is to choose.

        Args:
            predictions: of the validation split, computed when they are asked for.
        """

    def scorer(self) -> Scorer:
        """A fresh scorer."""

    def write_gallery(self, scorer: Any, folder: Path, count: int) -> None:
        """Draw the ``count`` worst samples into ``folder``."""

    def write_preview(self, split: str, choice: Choice, folder: Path) -> None:
        """Draw samples of ``split`` beside what the network will see of them into ``folder``.

        Raises:
            DatasetError: the data cannot be learnt from as they are.
        """

    def write_report(self, scorer: Any, folder: Path) -> None:
        """Write plots and the per-sample table of an evaluation into ``folder``."""

    def inherited(self, dictionary: Path) -> Inherited | None:
        """What weights that were trained with ``dictionary`` have in common with this task's; None without classes.

        Raises:
            DatasetError: the dictionary is missing or damaged.
        """

    def write_dictionary(self, folder: Path) -> None:
        """Write what the network's classes mean, so that it travels with the weights."""
