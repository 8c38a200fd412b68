"""predict: pictures -> text, with the registered model behind an alias. Writes only where --save says."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from paddock.config.schema import Config
from paddock.core.build import did_you_mean
from paddock.core.errors import ConfigError
from paddock.core.files import write_json
from paddock.data.sheet import Cell, contact_sheet
from paddock.serving.predictor import Predictor, Reading, find_pictures
from paddock.tracking.pull import pull

PREDICTORS = {"rec": Predictor}

MOST_PICTURES = 60
"""Drawn into readings.png; readings.json has all."""


def run(config: Config, arguments: argparse.Namespace) -> None:
    """Read what ``inputs`` names and print it in their order."""
    if arguments.model not in PREDICTORS:
        raise ConfigError(
            f"--model {arguments.model}: no such model is read. {did_you_mean(arguments.model, PREDICTORS)}"
        )
    pictures = find_pictures(arguments.inputs)
    predictor = PREDICTORS[arguments.model](pull(config.registry, config.tracking, arguments.alias))
    readings = predictor.read(pictures)
    if arguments.save:
        save(readings, arguments.save)
    if arguments.out == "json":
        print(json.dumps(_rows(readings), ensure_ascii=False, indent=2))
    else:
        print("\n".join(f"{reading.path}\t{reading.text}\t{reading.confidence:.3f}" for reading in readings))


def save(readings: Sequence[Reading], folder: Path) -> None:
    """Write readings.json and the contact sheet readings.png into ``folder``.

    Raises:
        PaddockError: the folder cannot be written.
    """
    write_json(folder / "readings.json", _rows(readings))
    cells = [
        Cell(reading.path, (reading.text or "(nothing)",), f"{reading.confidence:.3f}")
        for reading in readings[:MOST_PICTURES]
    ]
    contact_sheet(cells, folder / "readings.png")


def _rows(readings: Sequence[Reading]) -> list[dict[str, object]]:
    return [
        {"image": str(reading.path), "text": reading.text, "confidence": round(reading.confidence, 6)}
        for reading in readings
    ]
