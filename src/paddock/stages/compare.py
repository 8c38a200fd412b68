"""compare: two versions of prepared data -> what was added, removed, relabelled, moved: outputs/compare/<dataset>."""

import argparse
from pathlib import Path

from paddock.config.schema import Config
from paddock.core.errors import ConfigError
from paddock.data.compare import LIST, Comparison
from paddock.data.version import Version, read_folder, read_revision


def run(config: Config, arguments: argparse.Namespace) -> None:
    """Compare the versions that ``inputs`` names; HEAD and the prepared data of now where it names fewer."""
    now = Path(config.prepared_dir)
    named = arguments.inputs
    if len(named) > 2:
        raise ConfigError(f"compare takes two versions, not {' and '.join(map(str, named))}.")
    before = _read(named[0] if named else Path("HEAD"), now)
    after = _read(named[1] if len(named) > 1 else now, now)
    comparison = Comparison.of(before, after)
    folder = arguments.report or Path("outputs/compare") / after.folder.name
    comparison.write(folder)
    print("\n".join([*comparison.summary(), f"every change: {folder / LIST}"]))


def _read(version: Path, prepared: Path) -> Version:
    """A folder is what lies in it; any other word is a revision in which ``prepared`` is looked up."""
    return read_folder(version) if version.is_dir() or version == prepared else read_revision(str(version), prepared)
