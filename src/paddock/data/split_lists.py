"""Splits that are fixed: by lists of pictures, and by label files that are called after a split."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from paddock.config.schema import DatasetConfig
from paddock.core.errors import ConfigError, DatasetError
from paddock.core.files import write_text
from paddock.data.check_raw import raw_folder
from paddock.data.copies import split_of
from paddock.data.label_lines import text_lines
from paddock.data.raw_data import RawData
from paddock.data.samples import PageSample, Problem, RecSample
from paddock.data.tables import TableSample

_SHOWN = 3


@dataclass(frozen=True)
class SplitLists:
    """Which pictures are where without being drawn, and which lists are still to be written."""

    sides: Mapping[Path, str]
    """Picture to val or test."""
    unknown: Mapping[str, Sequence[str]]
    """List -> what it names and nobody has labelled, each with its line."""
    raw: Path
    unwritten: Mapping[str, Path]
    """Split -> list."""

    @classmethod
    def read(cls, dataset: DatasetConfig, raw: RawData, *, pin: bool = False) -> "SplitLists":
        """Read the lists of ``dataset.split`` and the names of its label files.

        A list names pictures as paths below ``dataset.raw``, as paths that end so, or by their file name alone where
        one picture has it. What follows a tab is passed over, so a label file is a list, too.

        Args:
            pin: a list that is not there is to be written.

        Raises:
            ConfigError: ``pin``, and there is nothing to write.
            DatasetError: a list is missing or not UTF-8, names a picture of the other list or one of several, or none
                that is there.
        """
        folder, lists = raw_folder(dataset), {name: Path(path) for name, path in dataset.split.lists.items()}
        unwritten = {name: path for name, path in lists.items() if not path.exists()} if pin else {}
        if pin and not unwritten:
            raise ConfigError(_nothing_to_pin(dataset, lists))
        samples: list[PageSample | RecSample | TableSample] = [*raw.pages, *raw.crops, *raw.tables.samples]
        labelled = [(sample.image, sample.origin) for sample in samples]
        pictures = _Pictures({image for image, _ in labelled}, folder)
        sides = _sides_by_file(labelled, lists) if dataset.split.by_file else {}
        origins: dict[Path, str] = {}
        unknown: dict[str, list[str]] = {}
        for name, path in lists.items():
            if name in unwritten:
                continue
            found = _read_list(path, name, pictures)
            unknown[str(path)] = [origin for origin, image in found if image is None]
            for origin, image in found:
                if image in origins:
                    raise DatasetError(f"{origin}: {image} is in {origins[image]}, too. Take it out of one of them.")
                if image:
                    sides[image] = name
            origins |= {image: origin for origin, image in found if image}
        return cls(sides, {path: names for path, names in unknown.items() if names}, folder, unwritten)

    def warnings(self) -> list[str]:
        """What its owner should know of the lists, a line each."""
        return [
            f"{path} names {len(names)} picture(s) that are not labelled in {self.raw}, so that split is smaller: "
            f"{', '.join(names[:_SHOWN])}"
            for path, names in self.unknown.items()
        ]

    def write(self, images: Mapping[str, Iterable[Path]]) -> list[Path]:
        """Write the lists that are not there, one picture a line; which they are.

        Args:
            images: of each split.

        Raises:
            PaddockError: a file cannot be written.
        """
        for name, path in self.unwritten.items():
            names = sorted(image.relative_to(self.raw).as_posix() for image in images[name])
            write_text(path, "".join(f"{one}\n" for one in names))
        return list(self.unwritten.values())


def _nothing_to_pin(dataset: DatasetConfig, lists: Mapping[str, Path]) -> str:
    if lists:
        there = " and ".join(map(str, lists.values()))
        return f"--pin: {there} is there already and is never written again. Delete it to draw another split."
    wanted = f"dataset.split.test_list=conf/split/{dataset.name}.test.txt"
    return f"--pin writes the lists that dataset.split names, and it names none. Add {wanted}."


def _sides_by_file(labelled: Iterable[tuple[Path, str]], lists: Mapping[str, Path]) -> dict[Path, str]:
    """The sides that names of label files say, for splits without a list; a picture of two files is tested."""
    sides: dict[Path, str] = {}
    for image, origin in labelled:
        split = split_of(origin.rpartition(":")[0])
        if split in ("val", "test") and split not in lists:
            sides[image] = "test" if sides.get(image) == "test" else split
    return sides


def _read_list(path: Path, split: str, pictures: "_Pictures") -> list[tuple[str, Path | None]]:
    """Each line with the picture that it names, if it names one; a picture that comes twice is there once."""
    if not path.exists():
        raise DatasetError(
            f"dataset.split.{split}_list: {path} is missing. Correct the path; or `paddock prepare --pin` writes it, "
            f"and the split that is drawn then stays."
        )
    found: dict[Path | str, tuple[str, Path | None]] = {}
    for line in text_lines(path):
        if isinstance(line, Problem):
            raise DatasetError(str(line))
        image = pictures.find(line.text.partition("\t")[0].strip(), line.origin)
        found.setdefault(image or line.origin, (line.origin, image))
    if not any(image for _, image in found.values()):
        raise DatasetError(
            f"dataset.split.{split}_list: {path} names no picture that is labelled in {pictures.folder}. Write paths "
            "below that folder, one a line."
        )
    return list(found.values())


class _Pictures:
    """Pictures by the ways in which a list may name them."""

    def __init__(self, images: Iterable[Path], folder: Path) -> None:
        self.folder = folder
        self._by_name: defaultdict[str, list[Path]] = defaultdict(list)
        for image in sorted(images):
            self._by_name[image.name].append(image)

    def find(self, name: str, origin: str) -> Path | None:
        """The picture that ``name`` means."""
        wanted = PurePosixPath(name.replace("\\", "/"))
        own = {image: image.relative_to(self.folder).parts for image in self._by_name.get(wanted.name, ())}
        fitting = [image for image, parts in own.items() if _ends_alike(parts, wanted.parts)]
        exact = [image for image in fitting if own[image] == wanted.parts]
        if len(exact or fitting) > 1:
            shown = " and ".join("/".join(own[image]) for image in fitting[:2])
            raise DatasetError(f"{origin}: {name} may be {shown}. Write the path below {self.folder}.")
        return next(iter(exact or fitting), None)


def _ends_alike(some: Sequence[str], others: Sequence[str]) -> bool:
    shorter = min(len(some), len(others))
    return tuple(some[-shorter:]) == tuple(others[-shorter:])
