"""A raw folder written in another format: labels as they were read, pictures linked, nothing lost in silence."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from paddock.config.schema import DatasetConfig, OnError
from paddock.core.build import did_you_mean
from paddock.core.errors import ConfigError, DatasetError
from paddock.core.files import write_json
from paddock.data.check import other_boxes, other_cells, other_text, without_repeats
from paddock.data.check_raw import raw_folder, read_raw, refusals
from paddock.data.findings import counted
from paddock.data.formats import WRITERS
from paddock.data.formats.target import Target
from paddock.data.lint import refuse_inside
from paddock.data.own_folder import filled, refuse_foreign
from paddock.data.picture import picture_size
from paddock.data.raw_data import RawData
from paddock.data.samples import PageSample, Problem, RecSample
from paddock.data.tables import RawTables, TableSample
from paddock.data.threads import map_in_threads

MARKER = "converted.json"
"""What a converted folder has, by which paddock knows it as its own: where it comes from and what it lacks."""

_CUT = "`paddock prepare` cuts crops from pages: convert data/prepared/<dataset>/rec then"

S = TypeVar("S", PageSample, RecSample, TableSample)


@dataclass(frozen=True)
class Conversion:
    """What became of a raw folder."""

    num_written: Mapping[str, int]
    """Pages, boxes, crops and tables."""
    left_behind: Mapping[str, int]
    """Labels that could not be read, or are not to be, by code."""
    lost: Mapping[str, int]
    """What the format has no place for, in words that follow the number."""
    num_linked: int
    num_copied: int
    label_files: Sequence[str] = field(default=())
    """What ``dataset.label_files`` must name for everything to be read again; empty where nothing need be said."""


def convert_dataset(dataset: DatasetConfig, seed: int, to: str, folder: Path, *, copy: bool = False) -> Conversion:
    """Write ``dataset`` in the format ``to`` into ``folder``, which is replaced as a whole or left as it was.

    Boxes and texts are written as they are; mended is only what has to be to read a line at all.

    Args:
        copy: copy pictures instead of linking them.

    Raises:
        ConfigError: a key of ``dataset`` cannot be used, ``to`` is no format, ``folder`` and the raw folder overlap.
        DatasetError: a file is missing, a line cannot be used and ``on_error=stop``, nothing can be written so, or
            ``folder`` holds somebody else's files.
        PaddockError: ``folder`` cannot be written.
    """
    if to not in WRITERS:
        raise ConfigError(f"--to {to}: nothing is written so. {did_you_mean(to, WRITERS)}")
    refuse_inside("--out", folder, dataset)
    if raw_folder(dataset).resolve().is_relative_to(folder.resolve()):
        raise ConfigError(f"--out {folder} would replace the raw folder {raw_folder(dataset)}. Choose another one.")
    refuse_foreign(folder, MARKER, "Choose another --out, or empty that folder.")
    data, texts, tables = _usable(read_raw(dataset, seed))
    _refuse(texts, dataset)
    held, lost = _held(data, to, dataset)
    left = _left_behind([*texts, *tables], dataset)
    with filled(folder) as draft:
        target = Target(draft, folder.resolve().name, raw_folder(dataset), copy=copy)
        WRITERS[to].write(held, target)
        lost.update(target.lost)
        numbers, pictures = _counts(held), (target.num_linked, target.num_copied)
        done = Conversion(numbers, left, {what: count for what, count in lost.items() if count}, *pictures)
        done = replace(done, label_files=target.label_files)
        told = {"written": done.num_written, "left_behind": done.left_behind, "lost": done.lost}
        write_json(draft / MARKER, {"dataset": dataset.name, "from": dataset.format, "to": to} | told)
    return done


def _usable(raw: RawData) -> tuple[RawData, list[Problem], list[Problem]]:
    """What has one label and a picture; problems of pages and crops; those of tables."""
    pages, crops, tables = raw.pages, raw.crops, raw.tables.samples
    texts, others = [*raw.problems, *raw.repeated_lines()], [*raw.tables.problems]
    single_pages, conflicts = without_repeats(pages, other_boxes)
    texts += conflicts
    single_crops, conflicts = without_repeats(crops, other_text)
    texts += conflicts
    single_tables, conflicts = without_repeats(tables, other_cells)
    others += conflicts
    pages, corrupt = _with_picture(single_pages)
    texts += corrupt
    crops, corrupt = _with_picture(single_crops)
    texts += corrupt
    tables, corrupt = _with_picture(single_tables)
    others += corrupt
    return RawData(pages=pages, crops=crops, tables=RawTables(tables)), texts, others


def _with_picture(samples: Sequence[S]) -> tuple[list[S], list[Problem]]:
    """Those whose image is one, as far as its head says; and the problems of the others."""
    sizes = map_in_threads(lambda sample: picture_size(sample.image, sample.origin), samples, "look at pictures")
    kept = [sample for sample, size in zip(samples, sizes, strict=True) if not isinstance(size, Problem)]
    return kept, [size for size in sizes if isinstance(size, Problem)]


def _refuse(problems: Sequence[Problem], dataset: DatasetConfig) -> None:
    """Stop at what cannot be read, if ``dataset.on_error`` says so."""
    unusable = refusals(problems, repairing=dataset.on_error is OnError.repair)
    if unusable and dataset.on_error is OnError.stop:
        counts = ", ".join(f"{count} {code}" for code, count in Counter(one.code for one in unusable).most_common())
        advice = "dataset.on_error=drop leaves them out, dataset.on_error=repair mends what is safe."
        raise DatasetError(f"{unusable[0]} Unusable in all: {counts}; {advice} `paddock lint` shows all of them.")


def _held(data: RawData, to: str, dataset: DatasetConfig) -> tuple[RawData, Counter[str]]:
    """What the format ``to`` has a place for, and what it has not.

    Raises:
        DatasetError: it has a place for nothing of it.
    """
    holds = WRITERS[to].holds
    there = {"pages": len(data.pages), "crops": len(data.crops), "tables": len(data.tables.samples)}
    lacking = {kind: count for kind, count in there.items() if count and kind not in holds}
    advice = f"; {_CUT}" if "pages" in lacking and "crops" in holds else ""
    if not any(there[kind] for kind in holds):
        message = f"{dataset.name} has {counted(there)}, and {to} holds {' and '.join(holds)} only"
        raise DatasetError(f"{message}{advice or '. Choose another --to'}.")
    held = RawData(
        pages=data.pages if "pages" in holds else [],
        crops=data.crops if "crops" in holds else [],
        tables=data.tables if "tables" in holds else RawTables(),
    )
    return held, Counter({f"{kind} are left out{advice}": count for kind, count in lacking.items()})


def _left_behind(problems: Sequence[Problem], dataset: DatasetConfig) -> Counter[str]:
    repairing = dataset.on_error is OnError.repair
    return Counter(one.code for one in problems if one.is_left_out(repairing=repairing) or one.code == "not_read")


def _counts(data: RawData) -> dict[str, int]:
    boxes = sum(len(page.regions) for page in data.pages)
    counts = {"pages": len(data.pages), "boxes": boxes, "crops": len(data.crops), "tables": len(data.tables.samples)}
    return {name: count for name, count in counts.items() if count}
