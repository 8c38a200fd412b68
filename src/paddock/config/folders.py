"""What stands in conf/: the groups, their options, where a key is written. No Hydra here, so help texts stay fast."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from paddock.core.build import did_you_mean
from paddock.core.errors import ConfigError

PRIMARY = "config.yaml"
_OVERRIDE = "override /"


def conf_folder(root: Path) -> Path:
    """The project's conf/.

    Raises:
        ConfigError: ``root`` is no project folder.
    """
    folder = root / "conf"
    if not (folder / PRIMARY).is_file():
        raise ConfigError(
            f"there is no {folder / PRIMARY}. Run paddock in the folder that holds conf/ and params.yaml."
        )
    return folder


def groups(conf: Path) -> tuple[str, ...]:
    """The groups that conf/config.yaml picks from, in the order in which their files are laid over each other."""
    return tuple(default_picks(conf))


def default_picks(conf: Path) -> dict[str, str]:
    """Group -> option as conf/config.yaml has it; ``null`` for none."""
    lines = [line for line in _defaults(conf / PRIMARY) if isinstance(line, dict)]
    return {name: _name(option) for line in lines for name, option in line.items()}


def options(conf: Path, group: str) -> list[str]:
    """The files that ``group=...`` may name."""
    return sorted(path.stem for path in (conf / group).glob("*.yaml"))


def check_pick(conf: Path, group: str, option: str, origin: str) -> None:
    """Refuse an option that has no file.

    Raises:
        ConfigError: conf/<group>/<option>.yaml does not exist.
    """
    if option not in options(conf, group):
        hint = did_you_mean(option, options(conf, group))
        raise ConfigError(f"{group}={option} ({origin}): there is no conf/{group}/{option}.yaml. {hint}")


def picked_by(conf: Path, experiment: str) -> dict[str, str]:
    """Group -> option for every ``override /group: option`` of an experiment."""
    lines = _defaults(conf / "experiment" / f"{experiment}.yaml")
    pairs = (pair for line in lines if isinstance(line, dict) for pair in line.items())
    return {key.removeprefix(_OVERRIDE): _name(option) for key, option in pairs if key.startswith(_OVERRIDE)}


def base_of(conf: Path, model: str) -> str | None:
    """The file of conf/base/ that a model reads in, such as /base/rec: models of one task share it."""
    path = conf / "model" / f"{model}.yaml"
    included = (line for line in (_defaults(path) if path.is_file() else []) if isinstance(line, str))
    return next((line.split("@")[0] for line in included if line.startswith("/base/")), None)


def find_key(conf: Path, files: Sequence[str], key: Sequence[str]) -> str | None:
    """``conf/model/x.yaml:12`` for the last of ``files`` (and what they include) that writes ``key``."""
    for name in reversed(list(_with_included(conf, files))):
        path = conf / f"{name}.yaml"
        packaged = "@package _global_" in path.read_text(encoding="utf-8")
        group = name.split("/")[0] if "/" in name and not packaged else ""
        line = find_line(path, key[1:] if key[0] == group else key)
        if line:
            return f"{path.relative_to(conf.parent)}:{line}"
    return None


def find_line(path: Path, key: Sequence[str]) -> int | None:
    """Line number, from 1, on which a YAML file writes the nested ``key``; list items are named by their index."""
    node: yaml.Node | None = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    line: int | None = None
    for part in key:
        pairs = _children(node)
        if part not in pairs:
            return None
        line, node = pairs[part]
    return line


def _name(option: object) -> str:
    return "null" if option is None else str(option)


def _children(node: yaml.Node | None) -> dict[str, tuple[int, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): (key.start_mark.line + 1, value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return {str(index): (value.start_mark.line + 1, value) for index, value in enumerate(node.value)}
    return {}


def _with_included(conf: Path, files: Sequence[str]) -> Iterator[str]:
    """Each file after the files that its defaults list reads in by absolute name, such as /base/rec@_global_."""
    for name in files:
        included = [line for line in _defaults(conf / f"{name}.yaml") if isinstance(line, str) and line.startswith("/")]
        yield from (line.removeprefix("/").split("@")[0] for line in included)
        yield name


def _defaults(path: Path) -> list[object]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ConfigError(f"{path} is not YAML: {' '.join(str(error).split())}") from error
    lines = content.get("defaults", []) if isinstance(content, dict) else []
    return list(lines)
