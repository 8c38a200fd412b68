"""prepare: dataset.raw -> data/prepared/<dataset>/{det,rec,table}: pictures, labels, dictionary, stats.json.

See dvc.yaml.
"""

import argparse
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from paddock.config.schema import Config
from paddock.core.project import project_root
from paddock.data.last_run import LastRun
from paddock.data.lint_report import PAGE
from paddock.data.prepare import prepare_dataset, report_folder
from paddock.data.prepare_tables import refusals_file
from paddock.data.prepared import DETECTION, NEEDED, RECOGNITION, TABLE, PreparedRec, read_labels


def run(config: Config, arguments: argparse.Namespace | None = None) -> None:
    """Prepare the chosen data set, unless nothing has changed since the last time, and say what came out."""
    folder = Path(config.prepared_dir)
    stats = _prepared(config, folder, arguments)
    for task, content in stats.items():
        print("\n".join([*_SUMMARIES[task](content, folder / task), f"written to {folder / task}"]))
    print(f"checked: {report_folder(folder) / PAGE}")
    if config.task not in stats:
        print(f"nothing for {config.task}: {config.dataset.name} has no {NEEDED.get(config.task, 'such labels')}")


def _prepared(config: Config, folder: Path, arguments: argparse.Namespace | None) -> dict[str, dict[str, Any]]:
    """The statistics by task, of what is there already where the same command on the same files made it."""
    pin, force = (bool(arguments and getattr(arguments, option)) for option in ("pin", "force"))
    reports = (report_folder(folder), refusals_file(folder))
    last = LastRun(project_root() / "scratch" / "prepare", folder, reports, config.dataset, config.seed)
    if not (pin or force) and (stats := last.stats()) is not None:
        print("nothing has changed since the last time (--force prepares again)")
        return stats
    stats = prepare_dataset(config.dataset, config.seed, folder, pin=pin)
    last.remember()
    return stats


def _det_summary(stats: dict[str, Any], folder: Path) -> list[str]:
    counts = ", ".join(f"{name} {count} ({stats['num_regions'][name]})" for name, count in stats["num_pages"].items())
    size = " x ".join(f"{stats['box_sizes'][side]['median']:g}" for side in ("width", "height"))
    lines = [
        f"{stats['dataset']} det: pages (and boxes) {counts}; left out: {_counts(stats['dropped'])}",
        f"boxes: median {size} px, {stats['boxes_per_page']['median']:g} a page, {stats['num_ignored']} ignored",
    ]
    return [*lines, f"mended: {_counts(stats['mended'])}"] if stats["mended"] else lines


def _rec_summary(stats: dict[str, Any], folder: Path) -> list[str]:
    counts = ", ".join(f"{name} {count}" for name, count in stats["num_samples"].items())
    space = " and the space" if stats["use_space_char"] else ""
    lines = [
        f"{stats['dataset']} rec: {counts}; left out: {_counts(stats['dropped'])}",
        f"dictionary: {stats['num_characters'] - stats['use_space_char']} characters{space}",
        *(f"  {line.image}  {line.text}" for line in islice(read_labels(PreparedRec(folder).label_file("train")), 3)),
    ]
    if contradictory := stats["num_contradictory_images"]:
        lines.append(f"label noise: {contradictory} picture(s) come twice under different texts")
    if unseen := stats["characters_not_in_train"]:
        lines.append(f"never seen in training, so never read: {' '.join(map(repr, unseen))}")
    return lines


def _table_summary(stats: dict[str, Any], folder: Path) -> list[str]:
    counts = ", ".join(f"{name} {count} ({stats['num_cells'][name]})" for name, count in stats["num_tables"].items())
    size = " x ".join(f"{stats[side]['median']:g}" for side in ("rows", "columns"))
    longest = max(map(int, stats["token_lengths"]))
    lines = [
        f"{stats['dataset']} table: tables (and cells) {counts}; left out: {_counts(stats['dropped'])}",
        f"tables: median {size} cells, {stats['num_spanning_cells']} cells span, up to {longest} structure tokens",
    ]
    if stats["num_refused"]:
        lines.append(f"refused: {stats['num_refused']} tables, listed in {refusals_file(folder.parent)}")
    if unseen := stats["tokens_not_in_train"]:
        lines.append(f"never seen in training, so never written: {', '.join(map(str.strip, unseen))}")
    return [*lines, f"mended: {_counts(stats['mended'])}"] if stats["mended"] else lines


def _counts(reasons: Mapping[str, int]) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in reasons.items()) or "none"


_SUMMARIES = {DETECTION: _det_summary, RECOGNITION: _rec_summary, TABLE: _table_summary}
