"""Every composed key is one that PaddleOCR or paddock knows; a message about one says where it was written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from paddock.config import folders
from paddock.config.known_keys import KNOWN
from paddock.config.known_transforms import Known, Transforms
from paddock.core.build import did_you_mean
from paddock.core.errors import ConfigError

_KIND = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a word",
    list: "a list",
    type(None): "null",
}


@dataclass(frozen=True)
class Sources:
    """Everything that contributed to a composed config."""

    conf: Path
    files: list[str]
    """Composed files of conf/ without ``.yaml``, the strongest last."""
    params: Path
    params_paths: list[list[str]]
    """Where in params.yaml composed keys may stand, the strongest first: [pipelines, rec], []."""
    params_values: Mapping[str, Any]
    command: tuple[str, ...]
    """Dotted keys given on the command line."""

    def of(self, key: str) -> str:
        """Where ``key`` was written, as " (place)"; empty if that cannot be told."""
        if any(f"{key}.".startswith(f"{given}.") or given.startswith(f"{key}.") for given in self.command):
            return " (command line)"
        parts = key.split(".")
        if _holds(self.params_values, parts):
            lines = (folders.find_line(self.params, [*above, *parts]) for above in self.params_paths)
            line = next(filter(None, lines), None)
            return f" ({self.params.name}:{line})" if line else f" ({self.params.name})"
        place = folders.find_key(self.conf, self.files, parts)
        return f" ({place})" if place else ""


def check_keys(values: Mapping[str, Any], sources: Sources) -> None:
    """Refuse the first key that nobody would read.

    Raises:
        ConfigError: naming the key, where it was written, and the nearest key that exists.
    """
    for key, known in _unknown(values, KNOWN, ""):
        picks = [] if "." in key else folders.groups(sources.conf)
        raise ConfigError(f"unknown key {key}{sources.of(key)}. {_hint(key, [*known, *picks])}")


def check_types(values: Mapping[str, Any], sources: Sources) -> None:
    """Refuse the first value in PaddleOCR's sections that its reader could not take; the keys are known.

    Raises:
        ConfigError: naming the key, where it was written, and what it must be.
    """
    for key, value, expected in _mistyped(values, KNOWN, ""):
        raise ConfigError(f"{key}{sources.of(key)} must be {expected}, not {value!r}.")


def _unknown(values: Mapping[str, Any], known: Known, path: str) -> Iterator[tuple[str, Known]]:
    for name, value in values.items():
        if name not in known:
            yield f"{path}{name}", known
            continue
        for below, table, place in _below(value, known[name], f"{path}{name}."):
            yield from _unknown(below, table, place)


def _mistyped(values: Mapping[str, Any], known: Known, path: str) -> Iterator[tuple[str, Any, str]]:
    for name, value in values.items():
        expected = known[name]
        if isinstance(expected, Transforms):
            if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
                yield f"{path}{name}", value, "a list of operators"
        elif isinstance(expected, Mapping):
            if value is not None and not isinstance(value, Mapping):
                yield f"{path}{name}", value, "a section with keys"
        elif not _fits(value, expected):
            yield f"{path}{name}", value, _words(expected)
            continue
        for below, table, place in _below(value, expected, f"{path}{name}."):
            yield from _mistyped(below, table, place)


def _below(value: Any, known: Any, path: str) -> Iterator[tuple[Mapping[str, Any], Known, str]]:
    """The tables one level down: (values, what is known there, dotted path)."""
    if isinstance(known, Mapping) and isinstance(value, Mapping):
        yield value, known, path
    if isinstance(known, Transforms) and isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, Mapping):
                table = {name: object if keys is None else keys for name, keys in known.operators.items()}
                yield item, table, f"{path}{index}."


def _fits(value: Any, expected: Any) -> bool:
    kinds = getattr(expected, "__args__", (expected,))
    if isinstance(value, bool):  # bool is an int to Python, but epoch_num=true is a slip
        return bool in kinds or object in kinds
    return any(isinstance(value, kind) or (kind is float and isinstance(value, int)) for kind in kinds)


def _words(expected: Any) -> str:
    return " or ".join(_KIND[kind] for kind in getattr(expected, "__args__", (expected,)))


def _hint(key: str, known: Sequence[str]) -> str:
    """A near key of the same section; else the same name or a near one in another section."""
    name = key.rsplit(".", 1)[-1]
    if get_close_matches(name, known, n=1):
        return did_you_mean(name, known)
    everywhere = list(_dotted(KNOWN, ""))
    same_name = [path for path in everywhere if path.rsplit(".", 1)[-1] == name]
    if same_name:
        return f"Did you mean {' or '.join(repr(path) for path in same_name[:2])}?"
    return did_you_mean(name, known)


def _dotted(known: Known, path: str) -> Iterator[str]:
    for name, below in known.items():
        yield f"{path}{name}"
        if isinstance(below, Mapping):
            yield from _dotted(below, f"{path}{name}.")


def _holds(values: Mapping[str, Any], parts: Sequence[str]) -> bool:
    here: Any = values
    for part in parts:
        if not isinstance(here, Mapping) or part not in here:
            return False
        here = here[part]
    return True
