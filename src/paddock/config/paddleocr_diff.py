"""A composed config as the difference from PaddleOCR's own file: what its `-o` would have to say."""

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from paddock.config.schema import Config
from paddock.config.stored import paddleocr_config
from paddock.core.errors import ConfigError


def command_line(config: Config, conf: Path) -> str:
    """The PaddleOCR 2.10 command that trains what ``config`` says, with one ``-o`` as its parser keeps only the last.

    Raises:
        ConfigError: a value contains ``=``, at which PaddleOCR's ``-o`` fails.
    """
    path = conf / "paddleocr" / config.task / f"{config.paddleocr_config}.yaml"
    base = yaml.safe_load(path.read_text(encoding="utf-8"))
    start = f"python3 tools/train.py -c configs/{config.task}/{config.paddleocr_config}.yml"
    changes = [f"{key}={_inline(value)}" for key, value in differences(base, paddleocr_config(config))]
    for change in changes:
        if change.count("=") > 1:
            raise ConfigError(f"PaddleOCR's -o cannot take {change}: the value contains '='. Use `paddock show`.")
    return " \\\n    ".join([f"{start} -o", *(shlex.quote(change) for change in changes)]) if changes else start


def differences(base: Mapping[str, Any], wanted: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted key and value for everything that ``base`` has otherwise; lists count as one value.

    PaddleOCR creates a missing last key, never a missing section, so a section that ``base`` lacks comes as a whole.
    """
    for key, value in wanted.items():
        old = base.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            yield from differences(old, value, f"{path}{key}.")
        elif key not in base or old != value:
            yield f"{path}{key}", value


def _inline(value: Any) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=float("inf"), sort_keys=False)
    return text.removesuffix("\n").removesuffix("\n...")
