"""eval --tables: exported table model, detector, recogniser + labelled tables -> outputs/tables, a run of its own."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from paddock.config.schema import Config
from paddock.data.prepared import DETECTION, RECOGNITION, TABLE, PreparedTable
from paddock.serving.table_end_to_end import metrics, read_split, write_report
from paddock.stages.together import evaluate


def run(config: Config, arguments: argparse.Namespace) -> None:
    """Read every table of a split as `paddock predict --task table` does, and score structure and texts together."""

    def scores(packages: Sequence[Path], folder: Path) -> dict[str, float]:
        table, detector, recognizer = packages
        layout = PreparedTable(Path(config.prepared_dir) / TABLE)
        processes = config.hardware.threads or os.cpu_count() or 1
        tables = read_split(table, detector, recognizer, layout, arguments.tables, processes)
        write_report(tables, folder, config.training.gallery_size)
        return metrics(tables)

    evaluate(config, "tables", (TABLE, DETECTION, RECOGNITION), arguments.tables, scores)
