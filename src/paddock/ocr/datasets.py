"""Which data the config names, for every task alike: label files, batches of an epoch, and what they are by content."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from paddock.config.schema import Config
from paddock.core.errors import ConfigError, DatasetError
from paddock.data.loader import TrainPlan


@dataclass(frozen=True)
class Listed:
    """Label files and what their pictures' names are relative to."""

    folder: Path
    """PaddleOCR's ``data_dir``."""
    files: Sequence[str]
    shares: Sequence[float]
    """How much of each file an epoch takes; PaddleOCR's ``ratio_list``."""
    delimiter: str = "\t"

    def each(self) -> Iterator[tuple[str, float]]:
        """Label files with their shares.

        Raises:
            DatasetError: no file is named.
        """
        if not self.files:
            raise DatasetError("label_file_list is empty: name at least one label file.")
        yield from zip(self.files, self.shares, strict=True)

    def picture(self, file: str, name: str) -> Path:
        """The picture that a label file calls ``name``: below `folder`, else beside the file."""
        below = self.folder / name
        return below if below.exists() else Path(file).parent / name


def listed(config: Config, split: str) -> Listed:
    """What ``train``, ``val`` or ``test`` consists of.

    Raises:
        ConfigError: ``ratio_list`` does not fit ``label_file_list``.
    """
    section = (config.Train if split == "train" else config.Eval)["dataset"]
    folder, files = section["data_dir"], section["label_file_list"]
    if split == "test":
        folder, files = config.test.data_dir, config.test.label_file_list
    ratios = section.get("ratio_list", 1.0) if split == "train" else 1.0
    shares = [float(ratio) for ratio in ratios] if isinstance(ratios, list) else [float(ratios)] * len(files)
    if len(shares) != len(files) or not all(0 < share <= 1 for share in shares):
        raise ConfigError(
            f"Train.dataset.ratio_list is {ratios}: it must have a number above 0 and up to 1 for each of the "
            f"{len(files)} files of label_file_list."
        )
    return Listed(Path(folder), files, shares, section.get("delimiter", "\t"))


def train_plan(config: Config, widths: Sequence[int], shares: Sequence[float], rank: int, world_size: int) -> TrainPlan:
    """How an epoch is divided, by ``Train.loader``.

    Args:
        widths: pixels that each sample takes.
        shares: how much of each sample's label file an epoch takes.
    """
    loader = config.Train["loader"]
    return TrainPlan(
        widths=widths,
        batch_size=int(loader["batch_size_per_card"]),
        shuffle=bool(loader["shuffle"]),
        drop_last=bool(loader["drop_last"]),
        seed=config.seed,
        rank=rank,
        world_size=world_size,
        shares=[] if all(share == 1 for share in shares) else shares,
    )


@dataclass(frozen=True)
class DatasetRef:
    """A split as experiment tracking records it."""

    name: str
    context: str
    """``train``, ``val`` or ``test``."""
    source: str
    digest: str
    """Hex SHA-256."""


def dataset_refs(config: Config, prepared_digest: str) -> list[DatasetRef]:
    """The training and the validation split, by content.

    Args:
        prepared_digest: see `dataset_ref`.

    Raises:
        DatasetError: a label file cannot be read.
    """
    return [
        dataset_ref(config.dataset.name, split, listed(config, split).files, prepared_digest)
        for split in ("train", "val")
    ]


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
