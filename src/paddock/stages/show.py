"""show: the composed config -> standard output, as PaddleOCR's YAML or as PaddleOCR's command line."""

import argparse
from pathlib import Path

from paddock.config.paddleocr_diff import command_line
from paddock.config.schema import Config
from paddock.config.stored import paddleocr_config, plain, to_yaml


def run(config: Config, arguments: argparse.Namespace) -> None:
    """Print what a training with this config would read."""
    if arguments.overrides_only:
        print(command_line(config, Path("conf")))
    else:
        print(to_yaml(plain(config) if arguments.all else paddleocr_config(config)), end="")
