"""What paddock says while it works: one line a message, on standard error; standard output is for results."""

import logging
import sys

_NAME = "paddock"


class _Lines(logging.Formatter):
    """The message alone; from warnings on, with its level in front."""

    def __init__(self, prefix: str) -> None:
        super().__init__(f"{prefix}%(message)s")
        self._loud = logging.Formatter(f"{prefix}%(levelname)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return super().format(record) if record.levelno < logging.WARNING else self._loud.format(record)


def start_log(prefix: str = "") -> None:
    """Show paddock's messages; calling it again replaces what was set before.

    Args:
        prefix: in front of every line, such as ``[3] `` for the third trial of a sweep.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines(prefix))
    logger = logging.getLogger(_NAME)
    for old in list(logger.handlers):
        logger.removeHandler(old)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False  # a library that sets up the root logger would print each line twice
