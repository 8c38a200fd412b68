"""eval --pages: exported detector + exported recogniser + labelled pages -> outputs/pages, a run of its own."""

import argparse
import csv
from dataclasses import replace
from pathlib import Path

from paddock.config.schema import Config
from paddock.core.files import new_folder, write_json
from paddock.data.prepared import DETECTION, RECOGNITION, PreparedDet
from paddock.export.package import read_identity
from paddock.ocr.end_to_end import metrics
from paddock.serving.end_to_end import read_split, write_report
from paddock.tracking.provenance import provenance_tags
from paddock.tracking.run import open_run
from paddock.tracking.tracker import Tracker

EXPERIMENT = "paddock-pages"


def run(config: Config, arguments: argparse.Namespace) -> None:
    """Read every page of a split as `paddock predict` does, and score what was found and read together."""
    outputs, split = Path(config.output_dir).parent, arguments.pages
    detector, recognizer = (outputs / task / "export" for task in (DETECTION, RECOGNITION))
    models = {package.parent.name: str(read_identity(package)["model"]) for package in (detector, recognizer)}
    folder = outputs / "pages"
    with new_folder(folder) as draft:
        pages = read_split(detector, recognizer, PreparedDet(Path(config.prepared_dir) / DETECTION), split)
        named = {f"{split}/{name}": value for name, value in metrics(pages).items()}
        write_report(pages, draft, config.training.gallery_size)
        write_json(draft / "metrics.json", named)
    write_json(Path(config.metrics_dir).parent / "pages" / "eval.json", named)
    name = f"{' + '.join(models.values())} on {config.dataset.name}"
    tags = {f"paddock.{task}": model for task, model in models.items()} | provenance_tags(Path(config.prepared_dir))
    with open_run(replace(config.tracking, experiment=EXPERIMENT), name=name, tags=tags) as tracker:
        _record(folder, named, tracker)
    print("\n".join(f"{name:<24}{value:.4f}" for name, value in named.items()))
    print(f"written to {folder}")


def _record(folder: Path, values: dict[str, float], tracker: Tracker) -> None:
    tracker.metrics(values, 0)
    tracker.artifact(folder)
    with (folder / "samples.csv").open(encoding="utf-8", newline="") as file:
        tracker.table(list(csv.DictReader(file)), "eval/samples.json")
