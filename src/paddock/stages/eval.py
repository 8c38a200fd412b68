"""eval: outputs/<task>/train + test split -> outputs/<task>/eval, in the run of the training. See dvc.yaml."""

import argparse
import csv
import shutil
from dataclasses import replace
from pathlib import Path

from paddock.config.schema import Config
from paddock.config.stored import load_trained
from paddock.core.files import new_folder, read_json, write_json
from paddock.engines.engine import open_engine
from paddock.ocr.datasets import mixed_test
from paddock.tracking.run import open_run, read_state
from paddock.tracking.tracker import Tracker

SPLIT = "test"


def run(config: Config, arguments: argparse.Namespace | None = None) -> None:
    """Score the trained model on the split that no training and no choice has seen, of each set that it learnt from."""
    trained = Path(config.output_dir) / "train"
    stored = load_trained(trained)
    folder = Path(config.output_dir) / "eval"
    with new_folder(folder) as draft:
        weights, engine = trained / "best_accuracy.pdparams", open_engine(stored)
        named = _named(SPLIT, engine.evaluate(stored, weights, SPLIT, draft))
        for name in stored.training.mix:
            other = replace(stored, test=mixed_test(stored, name))
            (draft / name).mkdir()
            named |= _named(f"{SPLIT}_{name}", engine.evaluate(other, weights, SPLIT, draft / name))
        shutil.copyfile(trained / "run.json", draft / "run.json")  # says which training these scores are of
    write_json(Path(config.metrics_dir) / "eval.json", named)
    with open_run(config.tracking, name=stored.model_name, continues=read_state(trained / "run.json")) as tracker:
        _record(folder, named, int(read_json(trained / "metrics.json")["steps"]), tracker)
    print("\n".join(f"{name:<24}{value:.4f}" for name, value in named.items()))
    print(f"written to {folder}")


def _named(split: str, metrics: dict[str, float]) -> dict[str, float]:
    return {f"{split}/{name}": value for name, value in metrics.items()}


def _record(folder: Path, metrics: dict[str, float], step: int, tracker: Tracker) -> None:
    tracker.metrics(metrics, step)
    tracker.artifact(folder)
    with (folder / "samples.csv").open(encoding="utf-8", newline="") as file:
        tracker.table(list(csv.DictReader(file)), "eval/samples.json")
