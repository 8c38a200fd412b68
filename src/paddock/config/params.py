"""params.yaml taken apart: which options it picks, which values it lays over them, one row a pipeline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from paddock.core.build import did_you_mean
from paddock.core.errors import ConfigError

NAME = "params.yaml"
_RESERVED = ("pages", "pipeline", "pipelines", "raw", "tables")


@dataclass(frozen=True)
class Layer:
    """Some picks and the values that go over them."""

    picks: dict[str, str] = field(default_factory=dict)
    """Group -> option."""
    values: dict[str, Any] = field(default_factory=dict)

    def over(self, below: "Layer") -> "Layer":
        """This layer laid over another; where both say something, this one counts."""
        return Layer(below.picks | self.picks, merged(below.values, self.values))


@dataclass(frozen=True)
class Params:
    """What params.yaml says."""

    shared: Layer
    rows: dict[str, Layer]
    pipeline: str | None = None
    """The row that counts when no other is asked for."""
    raw: str | None = None
    """What DVC takes the data set to be made from."""

    def row(self, pipeline: str | None) -> Layer:
        """The layer of one pipeline; an empty one for None.

        Raises:
            ConfigError: there is no such row.
        """
        if pipeline is None:
            return Layer()
        if pipeline not in self.rows:
            hint = did_you_mean(pipeline, self.rows)
            raise ConfigError(f"pipeline={pipeline}: {NAME} has no such row in pipelines. {hint}")
        return self.rows[pipeline]


def read_params(path: Path, groups: Sequence[str]) -> Params:
    """Read params.yaml; a file that does not exist says nothing.

    Raises:
        ConfigError: the file is not YAML, or does not have the form that its own head describes.
    """
    if not path.is_file():
        return Params(Layer(), {})
    try:
        # OmegaConf's reader, because PyYAML takes 1e-3 for a string.
        content = OmegaConf.to_container(OmegaConf.load(path), resolve=False)
    except (YAMLError, OmegaConfBaseException) as error:
        raise ConfigError(f"{path} is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(content, dict):
        raise ConfigError(f"{path} must hold keys and values, such as `seed: 0`.")
    rows = content.get("pipelines") or {}
    if not isinstance(rows, dict) or not all(isinstance(row, dict) for row in rows.values()):
        raise ConfigError(f"{path}: pipelines must have one row of keys and values for each pipeline.")
    shared = {str(key): value for key, value in content.items() if key not in _RESERVED}
    layers = {str(name): _layer(row, groups, f"{path}: pipelines.{name}.") for name, row in rows.items()}
    pipeline, raw = (None if content.get(key) is None else str(content[key]) for key in ("pipeline", "raw"))
    return Params(_layer(shared, groups, f"{path}: "), layers, pipeline, raw)


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Nested mappings laid over each other; anything else is replaced whole."""
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        result[key] = merged(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return result


def _layer(content: Mapping[str, Any], groups: Sequence[str], where: str) -> Layer:
    for group in groups:
        if isinstance(content.get(group), dict | list):
            raise ConfigError(f"{where}{group} must name a file in conf/{group}/, such as `{group}: NAME`.")
    given = {key: value for key, value in content.items() if value is not None}
    picks = {key: _option(value) for key, value in given.items() if key in groups}
    return Layer(picks, _without_nulls({key: value for key, value in given.items() if key not in groups}))


def _option(value: object) -> str:
    """The name of an option; YAML 1.1 reads the word in `tracking: off` as a boolean."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)


def _without_nulls(values: Mapping[str, Any]) -> dict[str, Any]:
    """``~`` in params.yaml means "as conf/ has it"; DVC can then set the key without a ``+``."""
    kept = {key: _without_nulls(value) if isinstance(value, Mapping) else value for key, value in values.items()}
    return {key: value for key, value in kept.items() if value is not None}
