"""From a raw folder to the prepared layouts: read, check, split, write.

Pages are split, and their crops go where they go: what a recogniser learns from is never on a page that tests.
"""

import logging
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from paddock.config.schema import DatasetConfig, OnError
from paddock.core.build import did_you_mean
from paddock.core.errors import ConfigError, DatasetError
from paddock.core.files import sha256_folder, write_json
from paddock.data.charset import Charset, charset_of, read_charset
from paddock.data.check import CheckedSample, check_images, check_texts, other_boxes, other_text, without_repeats
from paddock.data.formats import FORMATS
from paddock.data.own_folder import filled, refuse_foreign
from paddock.data.pages import CheckedPage, Cutting, check_pages
from paddock.data.prepare_tables import prepare_tables, refusals_file
from paddock.data.prepared import DETECTION, RECOGNITION, STATS, TABLE, PreparedDet, PreparedRec, PreparedTable
from paddock.data.raw_data import RawData
from paddock.data.sample.pages import write_sample
from paddock.data.samples import Problem
from paddock.data.split import split_samples
from paddock.data.stats import det_stats, rec_stats
from paddock.data.write import write_det, write_rec

_LISTED_PROBLEMS = 20

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Usable:
    """What can be trained on, and the count of what was left out or mended, by reason."""

    pages: list[CheckedPage]
    crops: list[CheckedSample]
    """Those that came as such."""
    charset: Charset
    dropped: Counter[str]
    dropped_crops: Counter[str]
    """What is missing in recognition only."""
    mended: Counter[str]


def prepare_dataset(dataset: DatasetConfig, seed: int, folder: Path) -> dict[str, dict[str, Any]]:
    """Write ``dataset`` in PaddleOCR's layouts below ``folder``, which is replaced as a whole or left as it was.

    Pages make ``det/`` and, with crops cut from their boxes, ``rec/``; crops that came as such make ``rec/``; tables
    make ``table/``.

    Returns:
        The content of ``stats.json`` by task, for the tasks that all three splits have data for.

    Raises:
        ConfigError: a key of ``dataset`` cannot be used.
        DatasetError: a file is missing, a split would be empty, with ``on_error=stop`` a line of texts cannot be used,
            or more than ``max_refused_tables`` tables cannot.
        PaddockError: ``folder`` cannot be written.
    """
    for inner in folder.iterdir() if folder.is_dir() else [folder]:
        refuse_foreign(inner, STATS, "Choose another prepared_dir, or empty that folder.")
    raw = _read(dataset, seed)
    with filled(folder) as draft:
        drafts = draft / ".drafts"
        contents: dict[str, dict[str, Any]] = {}
        if raw.has_texts or not raw.has_tables:
            contents |= _prepare_texts(raw, dataset, seed, draft, drafts)
        if raw.has_tables:
            layout, report = PreparedTable(draft / TABLE), refusals_file(folder)
            contents[TABLE] = prepare_tables(raw.tables, dataset, seed, layout, drafts, report)
        shutil.rmtree(drafts, ignore_errors=True)
        stats = {}
        for task, content in contents.items():
            # Before stats.json is there: the digest is over labels, dictionary and images alone.
            head = {"dataset": dataset.name, "task": task, "format": dataset.format}
            stats[task] = head | {"digest": sha256_folder(draft / task), "seed": seed} | content
            write_json(draft / task / STATS, stats[task])
    return stats


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


def _read(dataset: DatasetConfig, seed: int) -> RawData:
    if dataset.format not in FORMATS:
        raise ConfigError(f"dataset.format {dataset.format!r} is unknown. {did_you_mean(dataset.format, FORMATS)}")
    folder = raw_folder(dataset)
    if dataset.format == "sample":
        given = read_charset(Path(dataset.dictionary)).characters if dataset.dictionary else ()
        write_sample(folder, dataset.sample.num_pages, dataset.sample.num_tables, seed, "".join(given))
    if not folder.is_dir():
        raise DatasetError(f"raw folder {folder} is missing. Check dataset.raw.")
    return FORMATS[dataset.format](folder, dataset)


def _prepare_texts(
    raw: RawData, dataset: DatasetConfig, seed: int, draft: Path, drafts: Path
) -> dict[str, dict[str, Any]]:
    """Write pages and crops; the statistics by task."""
    usable = _usable(raw, dataset, Cutting(dataset.difficult, dataset.loose_crops, seed), drafts)
    everything: list[CheckedPage | CheckedSample] = [*usable.pages, *usable.crops]
    if usable.dropped and not everything:
        reasons = ", ".join(f"{code} {count}" for code, count in usable.dropped.items())
        raise DatasetError(f"nothing of {dataset.name} is usable; left out: {reasons}. Check dataset.raw.")
    parts = split_samples(everything, dataset.split, seed)
    return _write(draft, drafts, parts, usable, dataset.name)


def _usable(raw: RawData, dataset: DatasetConfig, cutting: Cutting, drafts: Path) -> _Usable:
    single_pages, page_conflicts, num_repeated_pages = without_repeats(raw.pages, other_boxes)
    single_crops, crop_conflicts, num_repeated_crops = without_repeats(raw.crops, other_text)
    found = check_pages(single_pages, cutting, drafts)
    crops, corrupt = check_images(single_crops)
    charset = _charset(dataset, [*crops, *(crop for page in found.pages for crop in page.crops)])
    crops, outside = check_texts(crops, charset)
    pages, outside_on_pages = _with_writable_crops(found.pages, charset)
    problems = [*raw.problems, *page_conflicts, *crop_conflicts, *found.problems, *corrupt]
    crop_problems = [*found.crop_problems, *outside, *outside_on_pages]
    _report([*problems, *crop_problems], dataset)
    repeated = Counter(repeated_line=num_repeated_pages + num_repeated_crops)
    return _Usable(
        pages=pages,
        crops=crops,
        charset=charset,
        dropped=raw.ignored + found.ignored + repeated + Counter(problem.code for problem in problems),
        dropped_crops=found.unread + Counter(problem.code for problem in crop_problems),
        mended=raw.mended + found.mended,
    )


def _charset(dataset: DatasetConfig, samples: Sequence[CheckedSample]) -> Charset:
    texts = [checked.sample.text for checked in samples]
    return read_charset(Path(dataset.dictionary), texts) if dataset.dictionary else charset_of(texts)


def _with_writable_crops(pages: Sequence[CheckedPage], charset: Charset) -> tuple[list[CheckedPage], list[Problem]]:
    """The pages without crops that ``charset`` cannot write; the regions stay."""
    writable, problems = [], []
    for page in pages:
        crops, outside = check_texts(page.crops, charset)
        writable.append(replace(page, crops=tuple(crops)))
        problems += outside
    return writable, problems


def _report(problems: Sequence[Problem], dataset: DatasetConfig) -> None:
    if not problems:
        return
    counts = Counter(problem.code for problem in problems)
    summary = ", ".join(f"{count} {code}" for code, count in counts.most_common())
    if dataset.on_error is OnError.stop:
        raise DatasetError(f"{problems[0]} Unusable in all: {summary}; dataset.on_error=drop leaves them out.")
    log.warning("%s: lines left out: %s", dataset.name, summary)
    for problem in problems[:_LISTED_PROBLEMS]:
        log.warning("%s", problem)


def _write(
    draft: Path, drafts: Path, parts: Mapping[str, Sequence[CheckedPage | CheckedSample]], usable: _Usable, name: str
) -> dict[str, dict[str, Any]]:
    """Write what each task can use; the statistics by task."""
    pages = {split: [entry for entry in part if isinstance(entry, CheckedPage)] for split, part in parts.items()}
    crops = {
        split: [crop for entry in part for crop in (entry.crops if isinstance(entry, CheckedPage) else (entry,))]
        for split, part in parts.items()
    }
    crops["train"] = [cut for crop in crops["train"] for cut in crop.loose or (crop,)]
    lacking = {
        DETECTION: [split for split, part in pages.items() if not any(page.sample.regions for page in part)],
        RECOGNITION: [split for split, part in crops.items() if not part],
    }
    if all(lacking.values()):
        raise DatasetError(f"{name}: neither boxes nor readable texts are in all of {', '.join(parts)}. Label more.")
    for task, splits in lacking.items():
        if 0 < len(splits) < len(parts):
            log.warning("%s: nothing for %s, because %s would be empty. Label more.", name, task, " and ".join(splits))
    stats = {}
    if not lacking[DETECTION]:
        write_det(PreparedDet(draft / DETECTION), pages, drafts)
        stats[DETECTION] = det_stats(pages, usable.dropped, usable.mended)
    if not lacking[RECOGNITION]:
        write_rec(PreparedRec(draft / RECOGNITION), crops, usable.charset, drafts)
        stats[RECOGNITION] = rec_stats(crops, usable.charset, usable.dropped + usable.dropped_crops)
    return stats
