"""What a run is called, and the tags that say from which model, code and data it came."""

import os
from pathlib import Path
from typing import Any

import yaml

from paddock.config.schema import Config
from paddock.core.project import git_revision
from paddock.data.prepared import prepared_digests

DVC_DATA = "dvc.data"
PREPARED_DATA = "paddock.data."
"""Before the name of a task."""
GIT_COMMIT = "mlflow.source.git.commit"
"""The name under which MLflow's UI shows it."""

_DVC_VARIABLES = {
    "DVC_STAGE": "dvc.stage",
    "DVC_EXP_NAME": "dvc.exp_name",
    "DVC_EXP_BASELINE_REV": "dvc.exp_baseline",
}


def run_name(config: Config) -> str:
    """What a training is called in MLflow's lists, unless ``tracking.run_name`` says."""
    return f"{config.model_name} on {config.dataset.name}"


def training_tags(config: Config) -> dict[str, str]:
    """What was trained, where, and `provenance_tags`."""
    named = {"task": config.task, "model": config.model_name, "dataset": config.dataset.name}
    place = {"engine": config.engine.name, "hardware": config.hardware.device.value}
    tags = {f"paddock.{key}": value for key, value in (named | place).items()}
    return tags | provenance_tags(Path(config.prepared_dir))


def provenance_tags(data: Path, folder: Path = Path()) -> dict[str, str]:
    """Git revision, hashes of the prepared data, DVC stage and experiment; what is unknown is absent.

    ``paddock.data.<task>`` is the digest in stats.json, with DVC or without; ``dvc.data`` is what DVC finds it by.

    Args:
        data: the prepared data, relative to ``folder``, as dvc.yaml names it.
        folder: the checkout, which holds .git and dvc.lock.
    """
    tags = {tag: os.environ[name] for name, tag in _DVC_VARIABLES.items() if os.environ.get(name)}
    if revision := git_revision(folder):
        tags[GIT_COMMIT] = revision
    if digest := dvc_hash(data, folder):
        tags[DVC_DATA] = digest
    return tags | {f"{PREPARED_DATA}{task}": digest for task, digest in prepared_digests(folder / data).items()}


def dvc_hash(data: Path, folder: Path = Path()) -> str | None:
    """The md5 that dvc.lock records for the output ``data``; None when no stage wrote it."""
    lock = folder / "dvc.lock"
    if not lock.is_file():
        return None
    content = yaml.safe_load(lock.read_text(encoding="utf-8")) or {}
    stages: dict[str, dict[str, Any]] = content.get("stages", {})
    outs = (out for stage in stages.values() for out in stage.get("outs", []))
    return next((out.get("md5") for out in outs if Path(out["path"]) == data), None)
