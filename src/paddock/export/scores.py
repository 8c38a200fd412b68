"""What belongs to a trained model, from what the stages left in ``outputs/<task>``: its scores and its thresholds."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from paddock.config.stored import POSTPROCESS
from paddock.core.files import read_json


def validation_scores(output: Path) -> dict[str, float]:
    """Scores of the best checkpoint on the validation split, as ``val/<metric>``."""
    return _named(output / "train" / "metrics.json")


def scores_on_test(output: Path) -> dict[str, float]:
    """What ``paddock eval`` found, as ``test/<metric>``; nothing if it was another training that it scored."""
    return _named(output / "eval" / "metrics.json") if _is_of_this_training(output) else {}


def chosen_postprocess(output: Path) -> Mapping[str, Any]:
    """What ``paddock eval`` chose of PaddleOCR's PostProcess section; nothing if it chose for another training."""
    path = output / "eval" / POSTPROCESS
    chosen: dict[str, Any] = read_json(path) if path.is_file() and _is_of_this_training(output) else {}
    return chosen


def _is_of_this_training(output: Path) -> bool:
    """Whether the evaluation in ``output`` is of the training beside it."""
    trained, evaluated = output / "train" / "run.json", output / "eval" / "run.json"
    return evaluated.is_file() and bool(read_json(evaluated)["local_id"] == read_json(trained)["local_id"])


def _named(path: Path) -> dict[str, float]:
    """The scores among the numbers of a metrics file; epochs and steps have no ``/`` in their names."""
    return {name: value for name, value in read_json(path).items() if "/" in name}
