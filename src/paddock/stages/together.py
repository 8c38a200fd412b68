"""What the evaluations of several models together have in common: where they lie, and a run of their own."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from paddock.config.schema import Config
from paddock.core.files import new_folder, write_json
from paddock.export.package import read_identity
from paddock.tracking.provenance import provenance_tags
from paddock.tracking.run import open_run
from paddock.tracking.tracker import Tracker

Scores = Callable[[Sequence[Path], Path], dict[str, float]]
"""Packages and a folder for the report to scores by name."""


def evaluate(config: Config, kind: str, tasks: Sequence[str], split: str, scores: Scores) -> None:
    """Score the exported models of ``tasks`` into ``outputs/<kind>``, a run of the experiment ``paddock-<kind>``.

    Raises:
        ExportError: a model is not exported yet, or was changed since.
    """
    outputs = Path(config.output_dir).parent
    packages = [outputs / task / "export" for task in tasks]
    models = {task: str(read_identity(package)["model"]) for task, package in zip(tasks, packages, strict=True)}
    folder = outputs / kind
    with new_folder(folder) as draft:
        named = {f"{split}/{name}": value for name, value in scores(packages, draft).items()}
        write_json(draft / "metrics.json", named)
    write_json(Path(config.metrics_dir).parent / kind / "eval.json", named)
    name = f"{' + '.join(models.values())} on {config.dataset.name}"
    tags = {f"paddock.{task}": model for task, model in models.items()} | provenance_tags(Path(config.prepared_dir))
    with open_run(replace(config.tracking, experiment=f"paddock-{kind}"), name=name, tags=tags) as tracker:
        _record(folder, named, tracker)
    print("\n".join(f"{name:<24}{value:.4f}" for name, value in named.items()))
    print(f"written to {folder}")


def _record(folder: Path, values: dict[str, float], tracker: Tracker) -> None:
    tracker.metrics(values, 0)
    tracker.artifact(folder)
    with (folder / "samples.csv").open(encoding="utf-8", newline="") as file:
        tracker.table(list(csv.DictReader(file)), "eval/samples.json")
