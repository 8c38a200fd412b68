"""Sweeps: Hydra's multirun makes the trials and launches them; each trial composes its own config in its own process.

A trial runs in a child process, so one that is killed for its memory is one failed trial. Hydra itself sees the words
of the command line only as values to combine: composing stays with `paddock.config.compose`.
"""

import logging
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from unittest import mock

import hydra
from hydra.core.config_store import ConfigStore
from hydra.core.override_parser.types import ChoiceSweep, Glob, IntervalSweep, Override, RangeSweep
from hydra.errors import HydraException
from omegaconf.errors import OmegaConfBaseException

from paddock.config import folders
from paddock.config.compose import compose
from paddock.config.overrides import parse_word, quoted
from paddock.config.schema import Config
from paddock.config.trial import Trial, TrialResult, TrialTask, read_results
from paddock.core.errors import ConfigError, PaddockError
from paddock.core.files import cannot_write

log = logging.getLogger(__name__)

_NODE = "paddock_sweep"
_QUIET = ["hydra/hydra_logging=none", "hydra/job_logging=none", "hydra.output_subdir=null"]


def first_trial(words: Sequence[str], root: Path = Path()) -> Config:
    """The config of the first combination, after a check of every option that is named.

    Raises:
        ConfigError: an option does not exist, a key is unknown, a value does not fit, a launcher is not installed.
    """
    conf = folders.conf_folder(root)
    groups = folders.groups(conf)
    first: list[str] = []
    for override in map(parse_word, words):
        key = override.key_or_group
        if key.startswith("hydra"):
            continue
        values = _choices(override, folders.options(conf, key) if key in groups else [])
        for value in values if key in groups else []:
            if value != "null":
                folders.check_pick(conf, key, value, "command line")
        first += [f"{key}={value}" for value in values[:1]]
    _check_launcher([word for word in words if word.startswith("hydra")])
    return compose(first, root)


def run_sweep(words: Sequence[str], trial: Trial, root: Path = Path()) -> list[TrialResult]:
    """Run ``trial`` once for every combination of the values in ``words``; a failing one stops no other.

    Args:
        words: overrides, several values with commas; ``hydra/launcher=joblib`` runs trials side by side.
        trial: a function of a module, or a ``functools.partial`` of one, so that another process can import it.

    Returns:
        One result a trial, by number.

    Raises:
        ConfigError: as `first_trial`.
        PaddockError: the launcher itself stopped before all trials had run.
    """
    first_trial(words, root)
    folder = _new_folder(root.resolve() / "multirun")
    log.info("sweep in %s", folder)
    ConfigStore.instance().store(name=_NODE, node={"defaults": ["_self_"]})
    arguments = ["--multirun", f"hydra.sweep.dir={quoted(str(folder))}", *_QUIET]
    arguments += [_for_hydra(word, folders.conf_folder(root)) for word in words]
    # Hydra reads sys.argv; with HYDRA_FULL_ERROR it raises what went wrong instead of printing it and exiting.
    with mock.patch.object(sys, "argv", ["paddock", *arguments]), mock.patch.dict(os.environ, HYDRA_FULL_ERROR="1"):
        try:
            hydra.main(version_base="1.3", config_path=None, config_name=_NODE)(TrialTask(trial, root.resolve()))()
        except Exception as error:
            done = len(read_results(folder))
            raise PaddockError(
                f"the launcher stopped after {done} finished trials: {type(error).__name__}: {error}. "
                f"Their results lie in {folder}. Try hydra/launcher=basic."
            ) from error
    return read_results(folder)


def _choices(override: Override, options: Sequence[str]) -> list[str]:
    """The values that one word sweeps over; of a continuous range the start, which is as good as any for a check."""
    value = override.value()
    if isinstance(value, ChoiceSweep | RangeSweep):
        return list(override.sweep_string_iterator())
    if isinstance(value, Glob):
        return value.filter(list(options))
    if isinstance(value, IntervalSweep):
        return [str(value.start)]
    return [override.get_value_element_as_str()]


def _for_hydra(word: str, conf: Path) -> str:
    """``++`` lets Hydra take a key that its own, empty config does not have; nor has it the files that a glob means."""
    override = parse_word(word)
    if word.startswith("hydra"):
        return word
    if isinstance(override.value(), Glob):
        key = override.key_or_group
        return f"++{key}={','.join(_choices(override, folders.options(conf, key)))}"
    return f"++{override.input_line}"


def _check_launcher(words: Sequence[str]) -> None:
    ConfigStore.instance().store(name=_NODE, node={"defaults": ["_self_"]})
    try:
        with hydra.initialize(config_path=None, version_base="1.3"):
            hydra.compose(_NODE, list(words), return_hydra_config=True)
    except (HydraException, OmegaConfBaseException) as error:
        reason = str(error).split("Config search path")[0]
        raise ConfigError(f"{' '.join(words)}: {' '.join(reason.split())}") from error


def _new_folder(parent: Path) -> Path:
    """multirun/<date>/<time>, with a number behind it if two sweeps start within one second."""
    now = datetime.now()
    folder = parent / f"{now:%Y-%m-%d}" / f"{now:%H-%M-%S}"
    taken = 1
    while folder.exists():
        taken += 1
        folder = folder.with_name(f"{now:%H-%M-%S}-{taken}")
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    return folder
