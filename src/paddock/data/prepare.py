"""From a raw folder to the prepared layouts: read, check, split, write.

Pages are split, and their crops go where they go: what a recogniser learns from is never on a page that tests.
"""

import logging
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from paddock.config.schema import DatasetConfig, OnError
from paddock.core.errors import DatasetError
from paddock.core.files import sha256_listing, write_json
from paddock.core.processes import collector_paused
from paddock.data.check import CheckedSample
from paddock.data.check_raw import CheckedRaw, check_raw, left_out, mended, read_raw, refusals
from paddock.data.division import Division
from paddock.data.findings import Findings
from paddock.data.lint_pictures import worst_pictures
from paddock.data.lint_report import PAGE, write_report
from paddock.data.own_folder import filled, refuse_foreign
from paddock.data.pages import CheckedPage
from paddock.data.prepare_tables import Written, prepare_tables, refusals_file
from paddock.data.prepared import DETECTION, RECOGNITION, STATS, TABLE, PreparedDet, PreparedRec, PreparedTable
from paddock.data.samples import NUM_TOLD, Problem
from paddock.data.stats import det_stats, rec_stats
from paddock.data.write import write_det, write_rec

log = logging.getLogger(__name__)


def report_folder(folder: Path) -> Path:
    """Where ``paddock prepare`` says what it found on its way to ``folder``: what ``paddock lint`` writes.

    It lies beside the folder, not in it: it is wanted most when there is no folder, because the data was refused.
    """
    return folder.with_name(f"{folder.name}.lint")


@collector_paused()
def prepare_dataset(dataset: DatasetConfig, seed: int, folder: Path, *, pin: bool = False) -> dict[str, dict[str, Any]]:
    """Write ``dataset`` in PaddleOCR's layouts below ``folder``, which is replaced as a whole or left as it was.

    Pages make ``det/`` and, with crops cut from their boxes, ``rec/``; crops that came as such make ``rec/``; tables
    make ``table/``. What was found is in `report_folder`, whether the data set is refused or not.

    Args:
        pin: write the lists of ``dataset.split`` that are not there, so that what they name stays where it is.

    Returns:
        The content of ``stats.json`` by task, for the tasks that all three splits have data for.

    Raises:
        ConfigError: a key of ``dataset`` cannot be used.
        DatasetError: a file is missing, a split would be empty, with ``on_error=stop`` a line of texts cannot be used,
            with ``drop`` or ``repair`` more than ``max_dropped`` cannot, or more than ``max_refused_tables`` tables.
        PaddockError: ``folder`` cannot be written.
    """
    for inner in folder.iterdir() if folder.is_dir() else [folder]:
        refuse_foreign(inner, STATS, "Choose another prepared_dir, or empty that folder.")
    raw = read_raw(dataset, seed)
    with filled(folder) as draft:
        drafts = draft / ".drafts"
        found = check_raw(raw, dataset, seed, drafts)
        findings = Findings.of(found, dataset)
        pictures = worst_pictures(findings.by_code)
        write_report(findings, report_folder(folder), pictures)
        division = Division.of(found, dataset, seed, pin=pin)
        written: dict[str, Written] = {}
        if raw.has_texts or not raw.has_tables:
            _refuse_or_tell(found, dataset, report_folder(folder) / PAGE)
            written |= _prepare_texts(found, dataset, division, draft, drafts)
        if raw.has_tables:
            layout, report = PreparedTable(draft / TABLE), refusals_file(folder)
            written[TABLE] = prepare_tables(found, dataset, division, layout, drafts, report)
        shutil.rmtree(drafts, ignore_errors=True)
        stats = {task: _write_stats(draft / task, content, dataset, seed) for task, content in written.items()}
        splits = {task: content["by_split"] for task, content in stats.items()}
        write_report(replace(findings, splits=splits), report_folder(folder), pictures)
    for path in division.pin():
        log.info("%s: what is in it stays there from now on; keep it in git, or in DVC", path)
    return stats


def _refuse_or_tell(found: CheckedRaw, dataset: DatasetConfig, report: Path) -> None:
    """Stop at what cannot be used, as far as ``dataset.on_error`` and ``dataset.max_dropped`` say."""
    texts = [*found.problems, *found.crop_problems]
    unusable = refusals(texts, repairing=dataset.on_error is OnError.repair)
    if not unusable:
        return
    counts = Counter(problem.code for problem in unusable)
    summary = ", ".join(f"{count} {code}" for code, count in counts.most_common())
    if dataset.on_error is OnError.stop:
        mendable = sum(bool(problem.repair) for problem in unusable)
        repair = f" dataset.on_error=repair mends {mendable} of them." if mendable else ""
        raise DatasetError(
            f"{unusable[0]} Unusable in all: {summary}; dataset.on_error=drop leaves them out.{repair} See {report}."
        )
    _refuse_above(unusable, found, dataset, f"{summary}. See {report}.")
    log.warning("%s: lines left out: %s", dataset.name, summary)
    for problem in unusable[:NUM_TOLD]:
        log.warning("%s", problem)


def _refuse_above(unusable: Sequence[Problem], found: CheckedRaw, dataset: DatasetConfig, summary: str) -> None:
    """Stop where more lines and boxes would be left out than can be an accident."""
    num_kept = len(found.crops) + sum(max(len(page.sample.regions), 1) for page in found.pages)
    total = len(unusable) + num_kept
    if len(unusable) > dataset.max_dropped * total:
        raise DatasetError(
            f"{unusable[0]} Left out would be {len(unusable)} of {total} lines and boxes "
            f"({len(unusable) / total:.0%}, and dataset.max_dropped is {dataset.max_dropped:.0%}): {summary}"
        )


def _prepare_texts(
    found: CheckedRaw, dataset: DatasetConfig, division: Division, draft: Path, drafts: Path
) -> dict[str, Written]:
    """Write pages and crops, for each task that all splits have data for."""
    everything: list[CheckedPage | CheckedSample] = [*found.pages, *found.crops]
    repairing = dataset.on_error is OnError.repair
    dropped = left_out(found.problems, repairing=repairing)
    if dropped and not everything:
        reasons = ", ".join(f"{code} {count}" for code, count in dropped.items())
        raise DatasetError(f"nothing of {dataset.name} is usable; left out: {reasons}. Check dataset.raw.")
    parts, held_back = division.divide(everything)
    pages, crops = _pages_and_crops(parts)
    tasks = _complete(pages, crops, dataset.name)
    dropped, kept = dropped + held_back, mended(found.problems, repairing=repairing)
    written: dict[str, Written] = {}
    if DETECTION in tasks:
        digests = write_det(PreparedDet(draft / DETECTION), pages, drafts, ascii_names=dataset.ascii_names)
        written[DETECTION] = det_stats(pages, dropped, kept), digests
    if RECOGNITION in tasks:
        layout, charset = PreparedRec(draft / RECOGNITION), found.charset
        digests = write_rec(layout, crops, charset, drafts, ascii_names=dataset.ascii_names)
        dropped = dropped + left_out(found.crop_problems, repairing=repairing)
        written[RECOGNITION] = rec_stats(crops, charset, dropped, kept), digests
    return written


def _pages_and_crops(
    parts: Mapping[str, Sequence[CheckedPage | CheckedSample]],
) -> tuple[dict[str, list[CheckedPage]], dict[str, list[CheckedSample]]]:
    """The same by kind: crops of a page are where it is, and those that are cut loosely train."""
    pages = {split: [entry for entry in part if isinstance(entry, CheckedPage)] for split, part in parts.items()}
    crops = {
        split: [crop for entry in part for crop in (entry.crops if isinstance(entry, CheckedPage) else (entry,))]
        for split, part in parts.items()
    }
    crops["train"] = [cut for crop in crops["train"] for cut in crop.loose or (crop,)]
    return pages, crops


def _complete(
    pages: Mapping[str, Sequence[CheckedPage]], crops: Mapping[str, Sequence[CheckedSample]], name: str
) -> list[str]:
    """The tasks that all splits have data for; what others lack is told."""
    lacking = {
        DETECTION: [split for split, part in pages.items() if not any(page.sample.regions for page in part)],
        RECOGNITION: [split for split, part in crops.items() if not part],
    }
    if all(lacking.values()):
        raise DatasetError(f"{name}: neither boxes nor readable texts are in all of {', '.join(pages)}. Label more.")
    for task, splits in lacking.items():
        if 0 < len(splits) < len(pages):
            log.warning("%s: nothing for %s, because %s would be empty. Label more.", name, task, " and ".join(splits))
    return [task for task, splits in lacking.items() if not splits]


def _write_stats(folder: Path, written: Written, dataset: DatasetConfig, seed: int) -> dict[str, Any]:
    """Write ``stats.json`` of one task; what it says."""
    content, digests = written
    head = {"dataset": dataset.name, "task": folder.name, "format": dataset.format}
    # The digest is over labels, dictionary and images: what `sha256_folder` says before stats.json is there.
    stats = head | {"digest": sha256_listing(digests), "seed": seed} | content
    write_json(folder / STATS, stats)
    return stats
