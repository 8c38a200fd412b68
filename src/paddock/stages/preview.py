"""preview: prepared data + config -> what the network will see of it: outputs/preview/<dataset>/<task>."""

import argparse
from pathlib import Path

from paddock.config.schema import Config
from paddock.core.errors import ConfigError
from paddock.core.files import new_folder
from paddock.ocr.preview import Choice
from paddock.ocr.tasks import open_task


def run(config: Config, arguments: argparse.Namespace) -> None:
    """Draw some samples of a split beside what the network sees of them in the first epochs."""
    for option in ("num", "epochs"):
        if getattr(arguments, option) < 1:
            raise ConfigError(f"--{option} {getattr(arguments, option)}: it must be 1 or more.")
    task = open_task(config)
    folder = Path("outputs/preview") / config.dataset.name / config.task
    with new_folder(folder) as draft:
        task.write_preview(arguments.split, Choice(arguments.num, arguments.epochs, config.seed), draft)
    print("\n".join(f"{folder / path.name}" for path in sorted(folder.iterdir())))
