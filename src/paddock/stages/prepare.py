"""prepare: dataset.raw -> data/prepared/<dataset>/rec: crops, labels, dictionary, stats.json. See dvc.yaml."""

import argparse
from itertools import islice
from pathlib import Path
from typing import Any

from paddock.config.schema import Config
from paddock.data.prepare import prepare_rec
from paddock.data.prepared import PreparedRec, read_labels


def run(config: Config, arguments: argparse.Namespace | None = None) -> None:
    """Prepare the chosen data set and say what came out."""
    layout = PreparedRec(Path(config.prepared_dir) / config.task)
    stats = prepare_rec(config.dataset, config.seed, layout.folder)
    print("\n".join(_summary(stats, layout)))


def _summary(stats: dict[str, Any], layout: PreparedRec) -> list[str]:
    counts = ", ".join(f"{name} {count}" for name, count in stats["num_samples"].items())
    space = " and the space" if stats["use_space_char"] else ""
    dropped = ", ".join(f"{reason} {count}" for reason, count in stats["dropped"].items()) or "none"
    lines = [
        f"{stats['dataset']}: {counts}; left out: {dropped}",
        f"dictionary: {stats['num_characters'] - stats['use_space_char']} characters{space}",
        *(f"  {line.image}  {line.text}" for line in islice(read_labels(layout.label_file("train")), 3)),
    ]
    if contradictory := stats["num_contradictory_images"]:
        lines.append(f"label noise: {contradictory} picture(s) come twice under different texts")
    if unseen := stats["characters_not_in_train"]:
        lines.append(f"never seen in training, so never read: {' '.join(map(repr, unseen))}")
    return [*lines, f"written to {layout.folder}"]
