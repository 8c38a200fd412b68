"""One composed experiment out of conf/, params.yaml and the command line. Hydra is imported in paddock.config only.

What counts, weakest first: conf/config.yaml, the chosen files of model, dataset, hardware, engine and tracking, the
experiment, the shared values of params.yaml, the row of the pipeline, the command line. A pick in params.yaml beats
what an experiment picks. A model named on the command line takes the row of a model of its own task. An experiment
named there is a whole recipe: then no row counts, and params.yaml's shared picks only fill in what it leaves open.
"""

import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from hydra.core.config_store import ConfigStore
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import MissingMandatoryValue, OmegaConfBaseException
from yaml import YAMLError

from paddock.config import folders
from paddock.config.check import Sources, check_keys, check_types
from paddock.config.overrides import Overrides, parse
from paddock.config.params import NAME, Layer, Params, read_params
from paddock.config.schema import Config
from paddock.config.stored import typed
from paddock.core.errors import ConfigError

log = logging.getLogger(__name__)

_PRIMARY_NODE = "paddock_params"

logging.getLogger("hydra").setLevel(logging.ERROR)


def compose(overrides: Sequence[str] = (), root: Path = Path()) -> Config:
    """Compose and check one experiment.

    Args:
        overrides: words such as ``model=rec_crnn_r34`` and ``Optimizer.lr.learning_rate=1e-4``.
        root: the folder of conf/ and params.yaml.

    Raises:
        ConfigError: an option or key does not exist, a value has the wrong type or breaks a rule, a value is missing.
    """
    conf = folders.conf_folder(root)
    groups = folders.groups(conf)
    params = read_params(root / NAME, groups)
    given = parse(overrides, groups)
    pipeline = _pipeline(conf, params, given)
    layer = _layer_of_params(conf, params, pipeline, given)
    picks = layer.picks | given.picks
    for group, option in picks.items():
        if option != "null":
            folders.check_pick(conf, group, option, "command line" if group in given.picks else NAME)
    composed = _run_hydra(conf, layer.values, picks, given.values)
    rows = [["pipelines", str(pipeline)], []]
    sources = Sources(conf, _files(conf, groups, picks), root / NAME, rows, layer.values, tuple(given.values))
    values = _resolved(composed, sources)
    check_keys(values, sources)
    config = typed(values, sources.of)
    check_types(values, sources)
    _warn_if_dvc_looks_elsewhere(config, params.raw)
    return config


def _warn_if_dvc_looks_elsewhere(config: Config, raw: str | None) -> None:
    """DVC cannot read conf/dataset/: it takes the folder to watch from params.yaml."""
    read = config.dataset.raw
    if not read or not os.environ.get("DVC_STAGE", "").startswith("prepare"):
        return
    if Path(read).resolve() != Path(raw or "").resolve():
        told = f"{NAME} has raw: {raw}, but data set {config.dataset.name} is read from {read}"
        log.warning("%s: DVC will not see that folder change. Use dvc exp run -S raw=%s, or edit raw.", told, read)


def _pipeline(conf: Path, params: Params, given: Overrides) -> str | None:
    """The row of params.yaml that counts beside a command line; the recipe of another task's model would not fit."""
    model = given.picks.get("model")
    if given.pipeline or model is None:
        return given.pipeline or params.pipeline
    folders.check_pick(conf, "model", model, "command line")
    usual = folders.default_picks(conf) | params.shared.picks
    models = {name: (usual | row.picks)["model"] for name, row in params.rows.items()}
    fitting = [name for name in models if folders.base_of(conf, models[name]) == folders.base_of(conf, model)]
    return params.pipeline if params.pipeline in fitting else next(iter(fitting), None)


def _layer_of_params(conf: Path, params: Params, pipeline: str | None, given: Overrides) -> Layer:
    """What params.yaml contributes beside a command line."""
    row = params.row(pipeline)
    experiment = given.picks.get("experiment", "null")
    if experiment == "null":
        return row.over(params.shared)
    folders.check_pick(conf, "experiment", experiment, "command line")
    recipe = folders.picked_by(conf, experiment)
    open_picks = {group: option for group, option in params.shared.picks.items() if group not in recipe}
    return Layer(open_picks, params.shared.values)


def _run_hydra(conf: Path, values: dict[str, Any], picks: dict[str, str], overrides: dict[str, str]) -> DictConfig:
    by_default = {group for group, option in folders.default_picks(conf).items() if option != "null"}
    words = [f"{group}={option}" for group, option in picks.items() if option != "null"]
    words += [f"~{group}" for group, option in picks.items() if option == "null" and group in by_default]
    words += [f"++{key}={value}" for key, value in overrides.items()]  # ++: a key that no file writes may be set, too
    ConfigStore.instance().store(name=_PRIMARY_NODE, node={"defaults": ["config", "_self_"], **values})
    try:
        with initialize_config_dir(str(conf.resolve()), version_base="1.3"):
            return hydra_compose(_PRIMARY_NODE, words)
    except (HydraException, OmegaConfBaseException, YAMLError) as error:
        raise ConfigError(f"conf/ cannot be composed: {' '.join(str(error).split())}") from error


def _resolved(composed: DictConfig, sources: Sources) -> dict[str, Any]:
    try:
        values = OmegaConf.to_container(composed, resolve=True, throw_on_missing=True)
    except MissingMandatoryValue as error:
        key = str(error.full_key)
        raise ConfigError(f"{key} has no value{sources.of(key)}. Add {key}=... to the command.") from error
    except OmegaConfBaseException as error:
        key = str(error.full_key)
        raise ConfigError(f"{key}{sources.of(key)}: {str(error.msg or error).splitlines()[0]}.") from error
    return cast("dict[str, Any]", values)


def _files(conf: Path, groups: Sequence[str], picks: dict[str, str]) -> list[str]:
    """The files of conf/ that were composed, the strongest last; for messages only."""
    chosen = folders.default_picks(conf)
    if picks.get("experiment", "null") != "null":
        chosen |= folders.picked_by(conf, picks["experiment"])
    chosen |= picks
    named = [f"{group}/{chosen[group]}" for group in groups if chosen.get(group, "null") != "null"]
    return ["config", *named]
