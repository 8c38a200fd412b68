"""predict: pictures -> text and tables, with the registered models behind an alias. Tables are always written."""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from paddock.config.schema import Config
from paddock.core.build import did_you_mean
from paddock.core.errors import ConfigError
from paddock.serving.lines import LineReader
from paddock.serving.ocr import Extras
from paddock.serving.pages import PageReader
from paddock.serving.pictures import find_pictures
from paddock.serving.tables import TableReader
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

    reader: Callable[..., Reader]
    tasks: tuple[str, ...]
    """Whose registered models the reader is made of, in its order."""
    takes_extras: bool = True
    """Whether the reader is given `Extras` behind the models."""
    folder: Path | None = None
    """Where results are written without --save; None only prints them."""


KINDS = {
    "pages": Kind(PageReader, ("det", "rec")),
    "rec": Kind(LineReader, ("rec",), takes_extras=False),
    "table": Kind(TableReader, ("table", "det", "rec"), folder=Path("outputs/predict")),
}


def run(config: Config, arguments: argparse.Namespace) -> None:
    """Read what ``inputs`` names and print it in their order."""
    if arguments.task not in KINDS:
        raise ConfigError(f"--task {arguments.task}: nothing is read so. {did_you_mean(arguments.task, KINDS)}")
    kind = KINDS[arguments.task]
    extras = Extras(arguments.orientation, arguments.unwarping, arguments.textline_orientation)
    if extras.models() and not kind.takes_extras:
        raise ConfigError(
            f"--task {arguments.task} reads pictures as they are: leave out --orientation, --unwarping and "
            "--textline-orientation."
        )
    pictures = find_pictures(arguments.inputs)
    models = [replace(config.registry, model=f"paddock-{task}") for task in kind.tasks]
    packages = [pull(model, config.tracking, arguments.alias) for model in models]
    reader = kind.reader(*packages, extras) if kind.takes_extras else kind.reader(*packages)
    results = reader.read(pictures)
    folder = arguments.save or kind.folder
    if folder:
        reader.save(results, folder)
    if arguments.out == "json":
        print(json.dumps([result.row() for result in results], ensure_ascii=False, indent=2))
    else:
        print("\n".join(map(str, results)))
        if kind.folder:
            print(f"written to {folder}")
