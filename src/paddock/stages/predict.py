"""predict: pictures -> text, with the registered models behind an alias. Writes only where --save says."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from paddock.config.schema import Config
from paddock.core.build import did_you_mean
from paddock.core.errors import ConfigError
from paddock.serving.lines import LineReader
from paddock.serving.pages import PageReader
from paddock.serving.pictures import find_pictures
from paddock.tracking.pull import pull


class Reader(Protocol):
    """Reads pictures; ``str()`` of a result is for people, its ``row()`` for JSON."""

    def read(self, paths: Sequence[Path]) -> Sequence[Any]:
        """A result for each picture, in their order."""

    def save(self, results: Sequence[Any], folder: Path) -> None:
        """Write the results, drawn and as JSON."""


@dataclass(frozen=True)
class Kind:
    """What can be read."""

    reader: type[Reader]
    tasks: tuple[str, ...]
    """Whose registered models the reader is made of, in its order."""


KINDS = {"pages": Kind(PageReader, ("det", "rec")), "rec": Kind(LineReader, ("rec",))}


def run(config: Config, arguments: argparse.Namespace) -> None:
    """Read what ``inputs`` names and print it in their order."""
    if arguments.task not in KINDS:
        raise ConfigError(f"--task {arguments.task}: nothing is read so. {did_you_mean(arguments.task, KINDS)}")
    kind = KINDS[arguments.task]
    pictures = find_pictures(arguments.inputs)
    models = [replace(config.registry, model=f"paddock-{task}") for task in kind.tasks]
    reader = kind.reader(*(pull(model, config.tracking, arguments.alias) for model in models))
    results = reader.read(pictures)
    if arguments.save:
        reader.save(results, arguments.save)
    if arguments.out == "json":
        print(json.dumps([result.row() for result in results], ensure_ascii=False, indent=2))
    else:
        print("\n".join(map(str, results)))
