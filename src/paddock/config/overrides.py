"""The words of a command line: `model=rec_crnn_r34` picks an option, `Optimizer.lr.learning_rate=1e-4` sets a value."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException

from paddock.core.errors import ConfigError

_WORD = re.compile(r"(?P<prefix>\+{0,2})(?P<key>[A-Za-z_][\w./@-]*)=(?P<value>.*)", re.DOTALL)
_STRUCTURED = ("[", "{", "'", '"', "$")  # a value that starts so was meant for Hydra's grammar


@dataclass(frozen=True)
class Overrides:
    """What a command line says, sorted by what it does."""

    picks: dict[str, str] = field(default_factory=dict)
    """Group -> option; ``null`` for none."""
    pipeline: str | None = None
    """The row of params.yaml that was asked for."""
    values: dict[str, str] = field(default_factory=dict)
    """Dotted key -> value as Hydra's grammar has it."""


def parse(words: Sequence[str], groups: Sequence[str]) -> Overrides:
    """Sort the words of one run.

    Raises:
        ConfigError: a word is no ``key=value``, or gives several values, which only a sweep can take.
    """
    picks: dict[str, str] = {}
    values: dict[str, str] = {}
    pipeline: str | None = None
    for word in words:
        override = parse_word(word)
        if override.is_sweep_override():
            raise ConfigError(f"{word} gives several values. Only a sweep takes them: paddock train -m {word}")
        key = override.key_or_group
        text = override.get_value_element_as_str()
        if key == "pipeline":
            pipeline = text
        elif key in groups:
            picks[key] = text
        elif key.startswith("hydra"):
            raise ConfigError(f"{word} steers a sweep. Add -m, or leave it out.")
        else:
            values[key] = text
    return Overrides(picks, pipeline, values)


def parse_word(word: str) -> Override:
    """Read one word by Hydra's grammar; a value that the grammar refuses, such as a path with umlauts, is plain text.

    Raises:
        ConfigError: the word is no ``key=value``.
    """
    match = _WORD.fullmatch(word)
    if not match:
        raise ConfigError(f"{word!r} is no KEY=VALUE, such as model=rec_crnn_r34 or Global.epoch_num=5.")
    key, value = match["key"], match["value"]
    try:
        return OverridesParser.create().parse_override(f"{key}={value}")
    except HydraException as error:
        if value.lstrip().startswith(_STRUCTURED):
            reason = " ".join(str(error).split())
            raise ConfigError(f"{word!r} cannot be read: {reason}. Check brackets and quotes.") from error
    return OverridesParser.create().parse_override(f"{key}={quoted(value)}")


def quoted(text: str) -> str:
    """``text`` as a string of Hydra's grammar, where a backslash counts only before a quote."""
    escaped = re.sub(r"(\\*)'", r"\1\1\\'", text)
    return "'" + re.sub(r"(\\+)$", r"\1\1", escaped) + "'"
