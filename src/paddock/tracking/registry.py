"""Exported packages become versions of a registered model; the same package never becomes two."""

# ruff: noqa: PLC0415 - MLflow takes seconds to import, so only what talks to a store does

import logging
import re
import shutil
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from paddock.config import schema
from paddock.core.errors import TrackingError
from paddock.core.files import cannot_write, sha256_folder
from paddock.core.project import project_root
from paddock.tracking import store as stores
from paddock.tracking.provenance import DVC_DATA, GIT_COMMIT, PREPARED_DATA

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import LoggedModel

CANDIDATE = "candidate"
CHAMPION = "champion"
PACKAGE_FOLDER = "inference"
"""Where the package lies below the model's ``artifacts/``."""
DIGEST_TAG = "sha256"

_OF_THE_RUN = (DVC_DATA, GIT_COMMIT, PREPARED_DATA)
"""What tags begin with that a version takes over."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Version:
    """A version of a registered model."""

    model: str
    number: int
    created: bool
    """False when the registry already had this package."""


def register_package(
    package: Path,
    registry: schema.RegistryConfig,
    tracking: schema.TrackingConfig,
    *,
    run_id: str,
    python_model: Path,
    requirements: Sequence[str],
    tags: Mapping[str, str],
    metrics: Mapping[str, float],
) -> Version:
    """Log ``package`` as a pyfunc model of the run and register it, unless the registry has it.

    The alias ``candidate`` moves to it, and ``champion`` too if nothing has that alias. The version takes over from
    the run what it says of the data and the code, so that both can be found when the run is gone.

    Args:
        package: folder that paddleocr loads; its content hash is the identity of the version.
        run_id: the training's id in the store, see `sweep.store_run_id`.
        python_model: file that defines the pyfunc model and ends in ``mlflow.models.set_model``; executed here.
        requirements: pip requirements of that file; explicit, because MLflow would import the model to guess them.
        tags: labels of the version.
        metrics: numbers that are tied to the model and, as text, become labels of the version.

    Raises:
        TrackingError: the package is missing, tracking is off, or the store does not answer.
    """
    if not package.is_dir():
        raise TrackingError(f"there is no package {package} to register. Run `paddock export` first.")
    store = stores.locate(tracking)
    digest = sha256_folder(package)
    with _lock(registry.model):  # two exports at once would both find nothing and register twice
        try:
            client = stores.connect(store)
            number = _version_with(client, store, registry.model, digest)
            created = number is None
            if number is None:
                model_id = _log_model(client, package, run_id, registry.model, python_model, requirements)
                of_run = client.get_run(run_id).data.tags
                origin = {tag: value for tag, value in of_run.items() if tag.startswith(_OF_THE_RUN)}
                labels = {
                    **origin,
                    **tags,
                    **{key: f"{value:.6g}" for key, value in metrics.items()},
                    DIGEST_TAG: digest,
                }
                number = _create_version(client, registry.model, model_id, run_id, labels)
                _tie_metrics(client, run_id, model_id, metrics)
            _move_aliases(client, registry.model, number)
        except TrackingError:
            raise
        except Exception as error:  # MLflow, requests, SQLAlchemy or the model file
            raise TrackingError(_refused(store, registry.model, error)) from error
    _log.info("%s version %d (%s)", registry.model, number, "new" if created else "registered before")
    return Version(registry.model, number, created)


def _lock(model: str) -> FileLock:
    folder = project_root() / "scratch" / "registry"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    return FileLock(folder / f".{re.sub(r'[^A-Za-z0-9_.-]', '_', model)}.lock")


def package_uri(client: "MlflowClient", model: str, number: int) -> str:
    """Where the files of a version's package are."""
    source = client.get_model_version_download_uri(model, str(number))
    return f"{source}/artifacts/{PACKAGE_FOLDER}"


def _version_with(client: "MlflowClient", store: stores.Store, model: str, digest: str) -> int | None:
    """The newest version that holds this package; one whose files were deleted does not."""
    from mlflow.artifacts import list_artifacts

    found = client.search_model_versions(f"name = '{model}' AND tags.{DIGEST_TAG} = '{digest}'")
    for number in sorted((int(version.version) for version in found), reverse=True):
        if list_artifacts(artifact_uri=package_uri(client, model, number), tracking_uri=store.uri):
            return number
    return None


def _log_model(
    client: "MlflowClient", package: Path, run_id: str, name: str, python_model: Path, requirements: Sequence[str]
) -> str:
    """Make a logged model of the run; what `mlflow.pyfunc.log_model` does, without its process-wide store."""
    from mlflow.entities import LoggedModelOutput

    run = client.get_run(run_id)
    model = client.create_logged_model(run.info.experiment_id, name=name, source_run_id=run_id, params=run.data.params)
    try:
        with tempfile.TemporaryDirectory() as draft:
            inference = shutil.copytree(package, Path(draft) / PACKAGE_FOLDER)  # MLflow keeps the folder's name
            folder = Path(draft) / "model"
            _save_pyfunc(folder, model, inference, python_model, requirements)
            client.log_model_artifacts(model.model_id, str(folder))
    except BaseException:
        client.finalize_logged_model(model.model_id, "FAILED")
        raise
    client.finalize_logged_model(model.model_id, "READY")
    client.log_outputs(run_id, [LoggedModelOutput(model.model_id, step=0)])
    return str(model.model_id)


def _save_pyfunc(
    folder: Path, model: "LoggedModel", inference: Path, python_model: Path, requirements: Sequence[str]
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # importing MLflow's pyfunc warns about type hints of MLflow's own
        pyfunc = import_module("mlflow.pyfunc")
        models = import_module("mlflow.models")
        pyfunc.save_model(
            path=str(folder),
            python_model=str(python_model),
            artifacts={PACKAGE_FOLDER: str(inference)},
            pip_requirements=list(requirements),
            mlflow_model=models.Model(
                artifact_path=model.artifact_location, run_id=model.source_run_id, model_id=model.model_id
            ),
        )


def _create_version(client: "MlflowClient", model: str, model_id: str, run_id: str, labels: Mapping[str, str]) -> int:
    from mlflow.exceptions import MlflowException

    try:
        client.get_registered_model(model)
    except MlflowException as error:
        if not stores.is_refusal(error):
            raise
        client.create_registered_model(model)
    source = client.get_logged_model(model_id).artifact_location  # models:/<id> would ask MLflow's process-wide store
    version = client.create_model_version(model, source, run_id=run_id, tags=dict(labels), model_id=model_id)
    return int(version.version)


def _tie_metrics(client: "MlflowClient", run_id: str, model_id: str, metrics: Mapping[str, float]) -> None:
    for key, value in metrics.items():
        client.log_metric(run_id, key, value, step=0, model_id=model_id)


def _move_aliases(client: "MlflowClient", model: str, number: int) -> None:
    aliases = client.get_registered_model(model).aliases
    client.set_registered_model_alias(model, CANDIDATE, str(number))
    if CHAMPION not in aliases:
        client.set_registered_model_alias(model, CHAMPION, str(number))


def _refused(store: stores.Store, model: str, error: Exception) -> str:
    if stores.is_refusal(error):
        return f"{store.name} refuses to register {model}: {error}. Check registry.model and the run."
    return f"{stores.outage(store, error)} Nothing was registered; start the store and run `paddock export` again."
