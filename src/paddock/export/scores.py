"""The scores that belong to a trained model, from what the stages left in ``outputs/<task>``."""

from pathlib import Path

from paddock.core.files import read_json


def validation_scores(output: Path) -> dict[str, float]:
    """Scores of the best checkpoint on the validation split, as ``val/<metric>``."""
    return _named(output / "train" / "metrics.json")


def scores_on_test(output: Path) -> dict[str, float]:
    """What ``paddock eval`` found, as ``test/<metric>``; nothing if it was another training that it scored."""
    trained, evaluated = output / "train" / "run.json", output / "eval" / "run.json"
    if not evaluated.is_file() or read_json(evaluated)["local_id"] != read_json(trained)["local_id"]:
        return {}
    return _named(output / "eval" / "metrics.json")


def _named(path: Path) -> dict[str, float]:
    """The scores among the numbers of a metrics file; epochs and steps have no ``/`` in their names."""
    return {name: value for name, value in read_json(path).items() if "/" in name}
