"""A composed config as plain values: for YAML files, for MLflow's params, and back."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from enum import Enum
from pathlib import Path
from typing import Any, cast

import yaml
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from paddock.config.schema import SECTIONS, Config
from paddock.core.errors import ConfigError
from paddock.core.files import write_text

DICTIONARY = "dict.txt"
"""What a network's classes mean, beside its weights wherever they go."""

POSTPROCESS = "postprocess.json"
"""What evaluation chose of PaddleOCR's PostProcess section, in ``eval/``; the export takes it."""

LAST = "last"
"""``Global.checkpoints=last``: go on where a killed training of the same config, data and code stopped. PaddleOCR would
take it for a path."""

_ABSENT_WHEN_NULL = ("clip_norm", "clip_norm_global")
"""PaddleOCR clips as soon as the key is there, and fails on null."""


def plain(config: Config) -> dict[str, Any]:
    """Nested dicts, lists and scalars, nothing else."""
    return cast("dict[str, Any]", _plain(asdict(config)))


def paddleocr_config(config: Config) -> dict[str, Any]:
    """Only PaddleOCR's sections, as ``tools/train.py -c`` reads them."""
    sections = {name: value for name, value in plain(config).items() if name in SECTIONS}
    optimizer = sections["Optimizer"]
    sections["Optimizer"] = {
        key: value for key, value in optimizer.items() if value is not None or key not in _ABSENT_WHEN_NULL
    }
    if sections["Global"].get("checkpoints") == LAST:
        sections["Global"]["checkpoints"] = None
    return sections


def flat(config: Config) -> dict[str, object]:
    """Dotted key -> value for every leaf, under the names that are overrides on the command line."""
    return dict(_leaves(plain(config), ""))


def to_yaml(values: Mapping[str, Any]) -> str:
    """YAML in the order given, short lists and mappings on one line as PaddleOCR's own files have them."""
    return yaml.safe_dump(dict(values), sort_keys=False, allow_unicode=True, default_flow_style=None, width=120)


def save(config: Config, path: Path) -> None:
    """Write the whole composed config; `load` reads it back."""
    write_text(path, to_yaml(plain(config)))


def load(path: Path) -> Config:
    """The config that a training was started with, from outputs/<task>/train/config.yaml.

    Raises:
        ConfigError: the file is missing or is not a config that paddock wrote.
    """
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}. Train first: paddock train, or dvc repro.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not YAML: {' '.join(str(error).split())}. Train again.") from error
    if not isinstance(values, dict):
        raise ConfigError(f"{path} holds no config. Train again.")
    try:
        return typed(values, lambda _: f" ({path})")
    except ConfigError as error:
        raise ConfigError(f"{error} Another release of paddock may have written it: train again.") from error


def load_trained(folder: Path) -> Config:
    """The config of the training that filled ``folder``, with the dictionary beside its weights, if it has one.

    The one in data/prepared may have been written anew since, and weights mean nothing without their own.

    Raises:
        ConfigError: as `load`.
    """
    stored = load(folder / "config.yaml")
    if not stored.Global.get("character_dict_path"):
        return stored
    return replace(stored, Global={**stored.Global, "character_dict_path": str(folder / DICTIONARY)})


def typed(values: Mapping[str, Any], place: Callable[[str], str]) -> Config:
    """Plain values as a `Config`, with the types and rules of paddock.config.schema.

    Args:
        place: dotted key -> where it was written, for messages.

    Raises:
        ConfigError: a value has the wrong type, is missing or breaks a rule.
    """
    try:
        config = OmegaConf.merge(OmegaConf.structured(Config), dict(values))
        return cast(Config, OmegaConf.to_object(config))
    except OmegaConfBaseException as error:
        key = str(error.full_key)
        reason = str(error.msg or error).splitlines()[0]
        raise ConfigError(f"{key}{place(key)}: {reason}.") from error


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def _leaves(value: Any, path: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _leaves(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        for index, item in enumerate(value):
            yield from _leaves(item, f"{path}.{index}")
    else:
        yield path, value
