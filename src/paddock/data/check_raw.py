"""A raw folder read and checked to the last box: what is usable, and everything that is to be said about the rest.

`paddock prepare` goes on from here, `paddock lint` stops here.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from paddock.config.schema import DatasetConfig, OnError
from paddock.core.build import did_you_mean
from paddock.core.errors import ConfigError, DatasetError
from paddock.core.processes import collector_paused
from paddock.data.charset import Charset, charset_of, read_charset
from paddock.data.check import (
    CheckedSample,
    check_images,
    check_texts,
    other_boxes,
    other_cells,
    other_text,
    without_repeats,
)
from paddock.data.copies import Labelled, check_copies, check_lists, orphans
from paddock.data.formats import FORMATS
from paddock.data.label_lines import file_faults
from paddock.data.label_text import check_characters
from paddock.data.pages import CheckedPage, Cutting, check_pages
from paddock.data.problem_codes import Severity
from paddock.data.raw_data import RawData
from paddock.data.sample.pages import write_sample
from paddock.data.samples import PageSample, Problem, RecSample
from paddock.data.table_pictures import CheckedTable, check_pictures
from paddock.data.tables import RawTables, TableSample, check_tables


@dataclass(frozen=True)
class CheckedRaw:
    """What can be trained on, and what was found on the way."""

    raw: RawData
    pages: list[CheckedPage]
    crops: list[CheckedSample]
    """Those that came as such."""
    tables: list[CheckedTable]
    charset: Charset
    problems: list[Problem]
    """Of pages, boxes and crops."""
    crop_problems: list[Problem]
    """Of boxes that stay on their page and give no crop, and of crops that cannot be written."""
    table_problems: list[Problem]
    other_problems: list[Problem]
    """Of label files, of pictures that nobody labelled, of pictures that are there twice."""

    @property
    def all_crops(self) -> list[CheckedSample]:
        """Those of pages, too."""
        return [*self.crops, *(crop for page in self.pages for crop in page.crops)]

    @property
    def all_problems(self) -> list[Problem]:
        """In the order in which they are told."""
        return [*self.problems, *self.crop_problems, *self.table_problems, *self.other_problems]


def raw_folder(dataset: DatasetConfig) -> Path:
    """Where the data set's raw files are; the sample is drawn below data/raw/ unless told otherwise.

    Raises:
        ConfigError: ``dataset.raw`` is not set.
    """
    if dataset.raw:
        return Path(dataset.raw)
    if dataset.format != "sample":
        raise ConfigError("dataset.raw is not set. Name the annotators' folder: dataset.raw=PATH.")
    return Path("data/raw") / dataset.name


@collector_paused()
def read_raw(dataset: DatasetConfig, seed: int) -> RawData:
    """Read the label files of ``dataset``; the sample is drawn first.

    Lines of pages and crops that can be mended are read on with ``on_error=stop``, too: one refusal tells everything.

    Raises:
        ConfigError: a key of ``dataset`` cannot be used.
        DatasetError: the folder or a label file is missing.
        PaddockError: the sample cannot be drawn.
    """
    if dataset.format not in FORMATS:
        raise ConfigError(f"dataset.format {dataset.format!r} is unknown. {did_you_mean(dataset.format, FORMATS)}")
    folder = raw_folder(dataset)
    if dataset.format == "sample":
        given = read_charset(Path(dataset.dictionary)).characters if dataset.dictionary else ()
        write_sample(folder, dataset.sample.num_pages, dataset.sample.num_tables, seed, "".join(given))
    if not folder.is_dir():
        raise DatasetError(f"raw folder {folder} is missing. Check dataset.raw.")
    return FORMATS[dataset.format](folder, dataset)


@collector_paused()
def check_raw(raw: RawData, dataset: DatasetConfig, seed: int, drafts: Path | None) -> CheckedRaw:
    """Look at every line, box, text and picture once; crops and turned pictures are written below ``drafts``.

    Args:
        drafts: None writes nothing.

    Raises:
        DatasetError: ``dataset.dictionary`` is missing or no dictionary.
        OSError: ``drafts`` cannot be written.
    """
    given = read_charset(Path(dataset.dictionary)).characters if dataset.dictionary else ()
    repair = dataset.on_error is OnError.repair
    pages, crops, odd = check_characters(raw.pages, raw.crops, frozenset(given), repair=repair)
    pages, page_conflicts = without_repeats(pages, other_boxes)
    crops, crop_conflicts = without_repeats(crops, other_text)
    cutting = Cutting(dataset.difficult, dataset.loose_crops, seed)
    found = check_pages(pages, cutting, drafts, repair=repair)
    decoded, corrupt = check_images(crops)
    charset = _charset(dataset, [*decoded, *(crop for page in found.pages for crop in page.crops)])
    writable, outside = check_texts(decoded, charset)
    checked_pages, outside_on_pages = _with_writable_crops(found.pages, charset)
    tables, table_problems = _check_tables(raw.tables, dataset, drafts)
    return CheckedRaw(
        raw=raw,
        pages=checked_pages,
        crops=writable,
        tables=tables,
        charset=charset,
        problems=[
            *raw.problems,
            *raw.repeated_lines(),
            *page_conflicts,
            *crop_conflicts,
            *found.problems,
            *corrupt,
            *odd,
        ],
        crop_problems=[*found.crop_problems, *outside, *outside_on_pages],
        table_problems=table_problems,
        other_problems=[*_file_faults(raw), *orphans(raw.named), *_copies(raw, [*found.pages, *decoded, *tables])],
    )


def left_out(problems: Iterable[Problem], *, repairing: bool) -> Counter[str]:
    """How many lines, boxes, crops or tables are missing in the prepared data, by reason."""
    return Counter(problem.code for problem in problems if problem.is_left_out(repairing=repairing))


def mended(problems: Iterable[Problem], *, repairing: bool) -> Counter[str]:
    """How many faults paddock has read past, by kind."""
    return Counter(
        problem.code
        for problem in problems
        if problem.severity is not Severity.note and problem.is_mended(repairing=repairing)
    )


def refusals(problems: Iterable[Problem], *, repairing: bool) -> list[Problem]:
    """The problems for which ``dataset.on_error=stop`` stops."""
    return [
        problem
        for problem in problems
        if problem.severity is Severity.error and not problem.is_mended(repairing=repairing)
    ]


def _charset(dataset: DatasetConfig, samples: Sequence[CheckedSample]) -> Charset:
    texts = [checked.sample.text for checked in samples]
    return read_charset(Path(dataset.dictionary), texts) if dataset.dictionary else charset_of(texts)


def _with_writable_crops(pages: Sequence[CheckedPage], charset: Charset) -> tuple[list[CheckedPage], list[Problem]]:
    """The pages without crops that ``charset`` cannot write; the regions stay."""
    writable, problems = [], []
    for page in pages:
        crops, outside = check_texts(page.crops, charset)
        writable.append(replace(page, crops=tuple(crops)))
        problems += [replace(problem, images=(page.sample.image,)) for problem in outside]
    return writable, problems


def _check_tables(
    raw: RawTables, dataset: DatasetConfig, drafts: Path | None
) -> tuple[list[CheckedTable], list[Problem]]:
    single, conflicts = without_repeats(raw.samples, other_cells)
    consistent, contradictory = check_tables(single, dataset.max_table_tokens)
    tables, unusable = check_pictures(consistent, drafts)
    return tables, [*raw.problems, *conflicts, *contradictory, *unusable]


def _file_faults(raw: RawData) -> Iterator[Problem]:
    for path in dict.fromkeys(raw.label_files):
        yield from file_faults(path)


def _copies(raw: RawData, checked: Sequence[CheckedPage | CheckedSample | CheckedTable]) -> list[Problem]:
    pictures = [
        Labelled(one.sample.image, one.sample.origin, one.sample.group, one.sha256, one.look, one.sample.words)
        for one in checked
    ]
    samples: list[PageSample | RecSample | TableSample] = [*raw.pages, *raw.crops, *raw.tables.samples]
    lines = [(sample.image, sample.origin) for sample in samples]
    return [*check_copies(pictures), *check_lists(lines, {picture.image: picture.sha256 for picture in pictures})]
