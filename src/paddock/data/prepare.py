"""From a raw folder to the prepared layout: read, check, split, write."""

import logging
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from paddock.config.schema import DatasetConfig, OnError
from paddock.core.build import did_you_mean
from paddock.core.errors import ConfigError, DatasetError
from paddock.core.files import sha256_folder, write_json, write_text
from paddock.data.charset import Charset, charset_of, read_charset
from paddock.data.check import CheckedSample, check_images, check_texts, without_repeats
from paddock.data.formats import FORMATS
from paddock.data.own_folder import filled, refuse_foreign
from paddock.data.prepared import PreparedRec
from paddock.data.progress import progress
from paddock.data.sample.pages import write_sample
from paddock.data.samples import Problem
from paddock.data.split import split_samples
from paddock.data.stats import rec_stats

_LISTED_PROBLEMS = 20

log = logging.getLogger(__name__)


def prepare_rec(dataset: DatasetConfig, seed: int, target: Path) -> dict[str, Any]:
    """Write ``dataset`` in PaddleOCR's layout to ``target``, which is replaced as a whole or left as it was.

    Returns:
        The content of ``target/stats.json``.

    Raises:
        ConfigError: a key of ``dataset`` cannot be used.
        DatasetError: a file is missing, a split would be empty, or with ``on_error=stop`` a line cannot be used.
        PaddockError: ``target`` cannot be written.
    """
    refuse_foreign(target, PreparedRec(target).stats_file.name, "Choose another prepared_dir, or empty that folder.")
    samples, charset, dropped = _usable(dataset, seed)
    parts = split_samples(samples, dataset.split, seed)
    stats = rec_stats(parts, charset, dropped)
    with filled(target) as draft:
        _write(PreparedRec(draft), parts, charset)
        # Before stats.json is there: the digest is over labels, dictionary and images alone.
        head = {"dataset": dataset.name, "task": "rec", "format": dataset.format, "digest": sha256_folder(draft)}
        stats = head | {"seed": seed} | stats
        write_json(PreparedRec(draft).stats_file, stats)
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


def _usable(dataset: DatasetConfig, seed: int) -> tuple[list[CheckedSample], Charset, Counter[str]]:
    """Samples that can be trained on, the charset for them, and the count of what was left out, by reason."""
    if dataset.format not in FORMATS:
        raise ConfigError(f"dataset.format {dataset.format!r} is unknown. {did_you_mean(dataset.format, FORMATS)}")
    folder = raw_folder(dataset)
    if dataset.format == "sample":
        write_sample(folder, dataset.sample.num_pages, seed)
    if not folder.is_dir():
        raise DatasetError(f"raw folder {folder} is missing. Check dataset.raw.")
    raw = FORMATS[dataset.format](folder, dataset)
    single, conflicts, num_repeated = without_repeats(raw.samples)
    decoded, corrupt = check_images(single)
    charset = _charset(dataset, decoded)
    samples, outside = check_texts(decoded, charset)
    problems = [*raw.problems, *conflicts, *corrupt, *outside]
    _report(problems, dataset)
    dropped = raw.ignored + Counter(repeated_line=num_repeated) + Counter(problem.code for problem in problems)
    return samples, charset, dropped


def _charset(dataset: DatasetConfig, samples: Sequence[CheckedSample]) -> Charset:
    texts = [checked.sample.text for checked in samples]
    return read_charset(Path(dataset.dictionary), texts) if dataset.dictionary else charset_of(texts)


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


def _write(layout: PreparedRec, parts: Mapping[str, Sequence[CheckedSample]], charset: Charset) -> None:
    write_text(layout.dictionary, charset.file_text())
    for split, part in parts.items():
        layout.image_folder(split).mkdir()
        taken: Counter[str] = Counter()
        lines = []
        for checked in progress(part, f"copy {split}"):
            image = layout.image_folder(split) / _free_name(checked.sample.image, taken)
            shutil.copyfile(checked.sample.image, image)
            lines.append(f"{image.relative_to(layout.folder).as_posix()}\t{checked.sample.text}\n")
        write_text(layout.label_file(split), "".join(lines))


def _free_name(image: Path, taken: Counter[str]) -> str:
    """The image's base name; a second one of that name, from another folder, gets a number."""
    # Case is ignored, as some file systems do, so that a prepared folder can be copied there.
    while taken[image.name.lower()]:
        taken[image.name.lower()] += 1
        image = image.with_stem(f"{image.stem}_{taken[image.name.lower()]}")
    taken[image.name.lower()] += 1
    return image.name
