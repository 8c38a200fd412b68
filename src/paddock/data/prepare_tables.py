"""Tables on their way to the prepared layout: what cannot be learnt is refused, and a few refusals are borne."""

import logging
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from paddock.config.schema import DatasetConfig, OnError
from paddock.core.files import write_text
from paddock.data.check_raw import CheckedRaw, left_out, mended, refusals
from paddock.data.division import Division
from paddock.data.prepared import PreparedTable
from paddock.data.samples import NUM_TOLD, Problem
from paddock.data.stats import table_stats
from paddock.data.tables import num_refused, refusals_csv, refuse_above
from paddock.data.write import Digests, write_table

Written = tuple[dict[str, Any], Digests]
"""The statistics of a task's folder, and the digests of what is in it."""

_BOM = "\ufeff"
"""By it Excel knows UTF-8."""

log = logging.getLogger(__name__)


def refusals_file(folder: Path) -> Path:
    """The report on the tables that ``paddock prepare`` refused on its way to ``folder``.

    It lies beside the folder, not in it: it is wanted most when there is no folder, because too much was refused.
    """
    return folder.with_name(f"{folder.name}.refusals.csv")


def prepare_tables(
    found: CheckedRaw, dataset: DatasetConfig, division: Division, layout: PreparedTable, drafts: Path, report: Path
) -> Written:
    """Write what can be learnt of ``found`` into ``layout``, and the rest into ``report``, which is absent if all can.

    Raises:
        DatasetError: more than ``dataset.max_refused_tables`` is refused, or a split would be empty.
        PaddockError: ``report`` cannot be written.
        OSError: ``layout`` or ``drafts`` cannot be written.
    """
    repairing = dataset.on_error is OnError.repair
    problems = refusals(found.table_problems, repairing=repairing)
    report.unlink(missing_ok=True)
    if problems:
        write_text(report, _BOM + refusals_csv(problems))
        refuse_above(problems, len(found.tables) + num_refused(problems), dataset.max_refused_tables, report)
        _warn(problems, dataset.name, report)
    parts, held_back = division.divide(found.tables)
    digests = write_table(layout, parts, drafts, ascii_names=dataset.ascii_names)
    dropped = left_out(found.table_problems, repairing=repairing) + held_back
    kept = mended(found.table_problems, repairing=repairing)
    return table_stats(parts, num_refused(problems), dropped, kept), digests


def _warn(problems: Sequence[Problem], name: str, report: Path) -> None:
    counts = Counter(problem.code for problem in problems)
    summary = ", ".join(f"{count} {code}" for code, count in counts.most_common())
    log.warning("%s: tables left out: %s; see %s", name, summary, report)
    for problem in problems[:NUM_TOLD]:
        log.warning("%s", problem)
