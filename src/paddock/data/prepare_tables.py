"""Tables on their way to the prepared layout: what cannot be learnt is refused, and a few refusals are borne."""

import logging
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from paddock.config.schema import DatasetConfig
from paddock.core.files import write_text
from paddock.data.check import other_cells, without_repeats
from paddock.data.prepared import PreparedTable
from paddock.data.samples import Problem
from paddock.data.split import split_samples
from paddock.data.stats import table_stats
from paddock.data.table_pictures import check_pictures
from paddock.data.tables import RawTables, check_tables, num_refused, refusals_csv, refuse_above
from paddock.data.write import write_table

_LISTED_PROBLEMS = 20
_BOM = "\ufeff"
"""By it Excel knows UTF-8."""

log = logging.getLogger(__name__)


def refusals_file(folder: Path) -> Path:
    """The report on the tables that ``paddock prepare`` refused on its way to ``folder``.

    It lies beside the folder, not in it: it is wanted most when there is no folder, because too much was refused.
    """
    return folder.with_name(f"{folder.name}.refusals.csv")


def prepare_tables(
    raw: RawTables, dataset: DatasetConfig, seed: int, layout: PreparedTable, drafts: Path, report: Path
) -> dict[str, Any]:
    """Write what can be learnt from ``raw`` into ``layout``, and the rest into ``report``, which is absent if all can.

    Returns:
        The statistics.

    Raises:
        DatasetError: more than ``dataset.max_refused_tables`` is refused, or a split would be empty.
        PaddockError: ``report`` cannot be written.
        OSError: ``layout`` or ``drafts`` cannot be written.
    """
    single, conflicts, num_repeated = without_repeats(raw.samples, other_cells)
    consistent, contradictory = check_tables(single, dataset.max_table_tokens)
    tables, unusable = check_pictures(consistent, drafts)
    problems = [*raw.problems, *conflicts, *contradictory, *unusable]
    report.unlink(missing_ok=True)
    if problems:
        write_text(report, _BOM + refusals_csv(problems))
        num_tables = len(single) + num_refused([*raw.problems, *conflicts])
        refuse_above(problems, num_tables, dataset.max_refused_tables, report)
        _warn(problems, dataset.name, report)
    parts = split_samples(tables, dataset.split, seed)
    write_table(layout, parts, drafts)
    dropped = Counter(problem.code for problem in problems) + raw.ignored + Counter(repeated_line=num_repeated)
    mended = +Counter(made_upright=sum(table.is_turned for table in tables))
    return table_stats(parts, num_refused(problems), dropped, mended)


def _warn(problems: Sequence[Problem], name: str, report: Path) -> None:
    counts = Counter(problem.code for problem in problems)
    summary = ", ".join(f"{count} {code}" for code, count in counts.most_common())
    log.warning("%s: tables left out: %s; see %s", name, summary, report)
    for problem in problems[:_LISTED_PROBLEMS]:
        log.warning("%s", problem)
