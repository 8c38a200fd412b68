"""dictionary: labels -> the characters that a recogniser needs: built, checked against a file, or appended to it."""

import argparse
from pathlib import Path

from paddock.config.schema import Config
from paddock.core.errors import ConfigError
from paddock.core.files import write_csv
from paddock.data.charset import SPACE, Charset, charset_of, read_charset
from paddock.data.check_raw import read_raw
from paddock.data.dictionary import Usage, summary, told, usage_of, write_dictionary


def run(config: Config, arguments: argparse.Namespace) -> int:
    """Build, check or extend a dictionary.

    Returns:
        Exit status: 1 if a check finds characters that the dictionary lacks, else 0.
    """
    charset = _given(config, arguments.action)
    usage = usage_of(read_raw(config.dataset, config.seed), config.dataset, charset.characters if charset else ())
    if arguments.counts:
        write_csv(arguments.counts, usage.rows(charset or charset_of(usage.needed)))
    if charset and arguments.action == "check":
        print("\n".join(summary(usage, charset, str(config.dataset.dictionary))))
        return int(any(map(charset.outside, usage.needed)))
    if arguments.out is None:
        raise ConfigError(f"dictionary {arguments.action} writes a file. Name it: --out FILE.")
    _write(charset, usage, arguments.out)
    return 0


def _given(config: Config, action: str) -> Charset | None:
    """The dictionary to check or to extend; PaddleOCR's ``use_space_char`` has the space beside it."""
    if action == "build":
        return None
    if not config.dataset.dictionary:
        raise ConfigError(f"dictionary {action} needs the dictionary: paddock dictionary {action} DICT.txt RAW.")
    return read_charset(Path(config.dataset.dictionary), [SPACE])


def _write(charset: Charset | None, usage: Usage, out: Path) -> None:
    written = charset.extended(usage.needed) if charset else charset_of(usage.needed)
    write_dictionary(out, written)
    print("\n".join(summary(usage, written, str(out))))
    if charset:
        new = written.characters[len(charset.characters) :]
        print(f"appended: {len(new)}")
        print("".join(f"  {told(character, usage)}\n" for character in new), end="")
