"""Which data the config names, for every task alike: label files, batches of an epoch, and what they are by content."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from paddock.config.schema import Config, TestConfig
from paddock.core.errors import ConfigError, DatasetError
from paddock.data.loader import TrainPlan, num_taken
from paddock.data.prepared import LAYOUTS, Layout


class Learnt(Protocol):
    """What a sample to learn from says of itself, whatever its task."""

    @property
    def origin(self) -> str:
        """Label file and line, as in ``rec_gt_train.txt:12``."""

    @property
    def share(self) -> float:
        """How much of its label file an epoch takes."""


Sample = TypeVar("Sample", bound=Learnt)


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


def mixed_folders(config: Config) -> dict[str, Layout]:
    """The prepared folders of ``training.mix``, which lie beside that of ``dataset``.

    Raises:
        ConfigError: ``dataset`` itself is one of them.
        DatasetError: one is not prepared, or has nothing for the task.
    """
    folders = {}
    for name in config.training.mix:
        layout = LAYOUTS[config.task](Path(config.prepared_dir).parent / name / config.task)
        if layout.folder.parent == Path(config.prepared_dir):
            raise ConfigError(f"training.mix.{name}: that is the data set itself. Use Train.dataset.ratio_list for it.")
        try:
            layout.stats()
        except DatasetError as error:
            raise DatasetError(f"training.mix.{name}: {error}") from error
        folders[name] = layout
    return folders


def learnt(config: Config, read: Callable[[Listed], list[Sample]]) -> list[Sample]:
    """All samples to learn from: those of ``label_file_list``, and of ``training.mix``.

    Args:
        read: the samples of a list.

    Raises:
        ConfigError, DatasetError: see `listed`, `mixed_folders` and ``read``.
    """
    samples = read(listed(config, "train"))
    for name, layout in mixed_folders(config).items():
        samples += read(Listed(layout.folder, [str(layout.label_file("train"))], [config.training.mix[name]]))
    return samples


def mixture(config: Config, samples: Sequence[Learnt]) -> list[str]:
    """How many samples of each data set an epoch takes, where there is more than one: a line for the preflight."""
    folders = mixed_folders(config)
    if not folders:
        return []
    names = {str(layout.label_file("train")): name for name, layout in folders.items()}
    taken, there = dict.fromkeys([config.dataset.name, *folders], 0), dict.fromkeys([config.dataset.name, *folders], 0)
    for file, (members, share) in _by_file(samples).items():
        name = names.get(file, config.dataset.name)
        taken[name] += num_taken(len(members), share)
        there[name] += len(members)
    told = [f"{taken[name]} of {there[name]} samples of {name}" for name in there]
    return [f"an epoch takes {', '.join(told)}"]


def mixed_test(config: Config, name: str) -> TestConfig:
    """The test split of one set of ``training.mix``.

    Raises:
        ConfigError, DatasetError: see `mixed_folders`.
    """
    layout = mixed_folders(config)[name]
    return TestConfig(data_dir=str(layout.folder), label_file_list=[str(layout.label_file("test"))])


def train_plan(
    config: Config, widths: Sequence[int], samples: Sequence[Learnt], rank: int, world_size: int
) -> TrainPlan:
    """How an epoch is divided, by ``Train.loader``.

    Args:
        widths: pixels that each sample takes.
    """
    loader = config.Train["loader"]
    parts = list(_by_file(samples).values())
    return TrainPlan(
        widths=widths,
        batch_size=int(loader["batch_size_per_card"]),
        shuffle=bool(loader["shuffle"]),
        drop_last=bool(loader["drop_last"]),
        seed=config.seed,
        rank=rank,
        world_size=world_size,
        parts=[] if all(share == 1 for _, share in parts) else parts,
    )


def _by_file(samples: Sequence[Learnt]) -> dict[str, tuple[list[int], float]]:
    """Label file -> numbers of its samples, and its share."""
    members: defaultdict[str, list[int]] = defaultdict(list)
    for number, sample in enumerate(samples):
        members[sample.origin.rpartition(":")[0]].append(number)
    return {file: (numbers, samples[numbers[0]].share) for file, numbers in members.items()}


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
    """The training and the validation split, by content, and what is mixed into the training.

    Args:
        prepared_digest: see `dataset_ref`.

    Raises:
        ConfigError: see `mixed_folders`.
        DatasetError: a label file cannot be read; see also `mixed_folders`.
    """
    own = [
        dataset_ref(config.dataset.name, split, listed(config, split).files, prepared_digest)
        for split in ("train", "val")
    ]
    return own + [
        dataset_ref(name, "train", [str(layout.label_file("train"))], str(layout.stats()["digest"]))
        for name, layout in mixed_folders(config).items()
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
