"""Named components without ``eval``: a dict the reader can see, one function that checks."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

from paddock.core.errors import ConfigError

T = TypeVar("T")

_MOST_CHOICES = 20
"""A longer list hides the message that it ends; then the nearest few are named."""


def did_you_mean(name: str, choices: Iterable[str]) -> str:
    """The hint that ends every message about an unknown name."""
    known = sorted(choices)
    if near := get_close_matches(name, known, n=1):
        return f"Did you mean {near[0]!r}?"
    if len(known) <= _MOST_CHOICES:
        return f"Choose one of {known}."
    return f"The nearest of {len(known)} are {get_close_matches(name, known, n=5, cutoff=0)}."


def build(table: Mapping[str, Callable[..., T]], spec: Mapping[str, Any], /, **given: Any) -> T:
    """Call the entry of ``table`` that ``spec["name"]`` names with the rest of ``spec``.

    Args:
        given: what only the code knows, such as ``in_channels``; a spec may not repeat it.

    Raises:
        ConfigError: the name is not in ``table``, or the arguments do not fit its signature.
    """
    name = str(spec.get("name"))
    if name not in table:
        raise ConfigError(f"no component is named {name!r}. {did_you_mean(name, table)}")
    settings = {key: value for key, value in spec.items() if key != "name"}
    signature = inspect.signature(table[name])
    if unknown := sorted(set(settings) - set(signature.parameters) | set(settings) & set(given)):
        choices = set(signature.parameters) - set(given)
        raise ConfigError(f"{name} has no setting {unknown[0]!r}. {did_you_mean(unknown[0], choices)}")
    try:
        signature.bind(**settings, **given)
    except TypeError as error:
        raise ConfigError(f"{name}: {error}. Signature: {name}{signature}") from error
    return table[name](**settings, **given)
