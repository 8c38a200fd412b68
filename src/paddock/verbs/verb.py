"""What a command is to the command line."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Verb:
    """One command."""

    summary: str
    add_options: Callable[[argparse.ArgumentParser], None] | None = None
    paths: str = ""
    """What words are that are no KEY=VALUE, for a verb that takes such."""
    needs_path: bool = False
    epilog: str | None = None
    """What `--help` says below the options."""
    overrides: Callable[[argparse.Namespace], list[str]] | None = None
    """Words that options and paths stand for; those of the command line come after them."""
    actions: Sequence[str] = ()
    """What the word after the verb may be, for a verb that needs one."""
