"""Collects metrics, params and tags into as few calls of the store as its limits allow."""

# ruff: noqa: PLC0415 - MLflow takes seconds to import, so only what talks to a store does

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlflow.entities import Metric, Param, RunTag

# MLflow refuses a call with more than 1000 values, or with more than 100 params or tags.
_METRICS_PER_CALL = 800
_NAMES_PER_CALL = 100
_KEY_LENGTH = 250
_VALUE_LENGTH = 6000


class Batch:
    """Values that wait to be sent together."""

    def __init__(self) -> None:
        self._metrics: list[Metric] = []
        self._params: dict[str, str] = {}
        self._tags: dict[str, str] = {}

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to send."""
        return not (self._metrics or self._params or self._tags)

    @property
    def is_full(self) -> bool:
        """Whether there is enough for one call."""
        return len(self._metrics) >= _METRICS_PER_CALL

    def add(self, operation: Mapping[str, Any]) -> None:
        """Take a ``metrics``, ``params`` or ``tags`` operation; a damaged line holds no values."""
        from mlflow.entities import Metric

        if operation["op"] == "metrics":
            for key, value in operation["values"].items():
                self._metrics.append(Metric(valid_key(key), value, operation["t"], operation["step"]))
        elif operation["op"] == "params":
            for key, value in operation["values"].items():
                self._add_param(valid_key(key), value[:_VALUE_LENGTH])
        elif operation["op"] == "tags":
            self._tags.update({valid_key(key): value[:_VALUE_LENGTH] for key, value in operation["values"].items()})

    def _add_param(self, key: str, value: str) -> None:
        if self._params.setdefault(key, value) != value:
            self._tags[changed_key(key)] = value

    def calls(self) -> "Iterator[list[Metric | Param | RunTag]]":
        """Hand the values over, in lists that the store takes in one call each; the batch is empty then."""
        from mlflow.entities import Param, RunTag

        params = [Param(key, value) for key, value in self._params.items()]
        tags = [RunTag(key, value) for key, value in self._tags.items()]
        while self._metrics or params or tags:
            yield [*self._metrics[:_METRICS_PER_CALL], *params[:_NAMES_PER_CALL], *tags[:_NAMES_PER_CALL]]
            self._metrics = self._metrics[_METRICS_PER_CALL:]
            params, tags = params[_NAMES_PER_CALL:], tags[_NAMES_PER_CALL:]


def valid_key(key: str) -> str:
    """The name with the characters MLflow refuses replaced, cut to its length."""
    cleaned = posixpath.normpath(re.sub(r"[^\w.\- :/]", "_", key)).lstrip("/.")
    return cleaned[:_KEY_LENGTH] or "_"


def changed_key(key: str) -> str:
    """The tag that holds the later value of a param, which MLflow never changes."""
    return f"changed.{key}"[:_KEY_LENGTH]
