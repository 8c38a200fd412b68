"""Which MLflow store a project uses, and how it is opened."""

# ruff: noqa: PLC0415 - MLflow takes seconds to import, so only what talks to a store does

import logging
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from filelock import FileLock

from paddock.config import schema
from paddock.core.errors import TrackingError
from paddock.core.project import project_root
from paddock.tracking.relocate import adopt

if TYPE_CHECKING:
    from mlflow import MlflowClient

_ENVIRONMENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_LOGGING_LEVEL": "ERROR",  # else every first open prints its migrations
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",  # into the middle of a training's progress
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    # MLflow's own seven retries of 120 s would hold a closing run for minutes
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "5",
}


@dataclass(frozen=True)
class Store:
    """An MLflow tracking store with its registry."""

    uri: str
    artifacts: Path | None
    """Folder for artifacts; None leaves the place to the server."""
    is_project: bool
    """Whether it is the project's own ``mlruns/``."""

    @property
    def name(self) -> str:
        """For messages and files: the address without user and password."""
        return "mlruns/mlflow.db" if self.is_project else without_password(self.uri)

    @property
    def database(self) -> Path | None:
        """The file behind an sqlite address."""
        return Path(self.uri.removeprefix("sqlite:///")) if self.uri.startswith("sqlite:///") else None


def locate(config: schema.TrackingConfig) -> Store:
    """The store that ``tracking.uri``, else ``MLFLOW_TRACKING_URI``, else ``mlruns/`` names.

    Raises:
        TrackingError: tracking is off, the address is missing or of a kind that MLflow refuses.
    """
    if config.store is schema.Store.off:
        raise TrackingError("tracking is off, so there is no store. Choose one: tracking=local or tracking=server.")
    uri = config.uri or os.environ.get("MLFLOW_TRACKING_URI")
    if not uri and config.store is schema.Store.server:
        raise TrackingError(
            "tracking=server needs an address: set tracking.uri=http://HOST:PORT or the variable MLFLOW_TRACKING_URI."
        )
    return store_at(uri) if uri else project_store()


def project_store() -> Store:
    """The sqlite store in the project's ``mlruns/``."""
    home = project_root() / "mlruns"
    return Store(f"sqlite:///{home / 'mlflow.db'}", home / "artifacts", is_project=True)


def store_at(uri: str) -> Store:
    """The store at an address given by the user.

    Raises:
        TrackingError: the address is a plain folder, which MLflow 3 refuses, or no address at all.
    """
    scheme = urlsplit(uri).scheme
    if scheme == "file" or ("://" not in uri and scheme != "databricks"):
        raise TrackingError(
            f"the tracking address {uri!r} is a folder, which MLflow no longer accepts. "
            "Use sqlite:///PATH.db or http://HOST:PORT, or leave it out to use mlruns/."
        )
    if scheme == "sqlite":
        return Store(uri, Path(uri.removeprefix("sqlite:///")).resolve().parent / "artifacts", is_project=False)
    if scheme.startswith(("postgresql", "mysql", "mssql")):
        return Store(uri, project_root() / "mlruns" / "artifacts", is_project=False)
    return Store(uri, None, is_project=False)


def without_password(uri: str) -> str:
    """The address without user and password."""
    return re.sub(r"(?<=://)[^/@]*@", "", uri)


def import_mlflow() -> None:
    """Import MLflow, which takes seconds, with the switches that must stand before; a value already set is kept."""
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)  # else it tells every retry of an outage
    import_module("mlflow")


def check_writable(store: Store) -> None:
    """Find out before a training starts whether a store on this disk can be written.

    Raises:
        TrackingError: a folder or the database file cannot be written.
    """
    folders = [path for path in (store.artifacts, store.database and store.database.parent) if path]
    try:
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TrackingError(_cannot_write(Path(error.filename), error.strerror)) from error
    database = [store.database] if store.database and store.database.exists() else []
    for path in folders + database:
        if not os.access(path, os.W_OK):
            raise TrackingError(_cannot_write(path, "Permission denied"))


def connect(store: Store) -> "MlflowClient":
    """A client of ``store``; makes or migrates an sqlite database, one process at a time.

    Raises:
        TrackingError: a local store cannot be written.
        Exception: whatever MLflow, requests or SQLAlchemy raise when the store does not answer.
    """
    import_mlflow()
    from mlflow import MlflowClient

    if store.database is None:
        return MlflowClient(tracking_uri=store.uri, registry_uri=store.uri)
    check_writable(store)
    # Processes that open a fresh database at once break each other's schema migration.
    with FileLock(store.database.parent / ".init.lock"):
        if not store.database.exists():
            _make(store.database)
        if store.is_project and store.artifacts:
            adopt(store.database, store.artifacts)
        return MlflowClient(tracking_uri=store.uri, registry_uri=store.uri)


def _make(database: Path) -> None:
    """Make MLflow's tables elsewhere and move them into place whole: MLflow cannot go on with half of them."""
    from mlflow import MlflowClient

    for left in database.parent.glob(f".{database.name}.*"):  # by processes that were killed here
        shutil.rmtree(left)
    folder = Path(tempfile.mkdtemp(dir=database.parent, prefix=f".{database.name}."))
    draft = folder / database.name
    MlflowClient(tracking_uri=f"sqlite:///{draft}", registry_uri=f"sqlite:///{draft}")
    draft.replace(database)
    folder.rmdir()


def experiment_id(client: "MlflowClient", store: Store, name: str) -> str:
    """The id of the experiment ``name``, made or restored if need be."""
    from mlflow.exceptions import MlflowException

    known = client.get_experiment_by_name(name)
    if known is None:
        folder = store.artifacts and store.artifacts / re.sub(r"[^\w.-]", "_", name)
        try:
            return client.create_experiment(name, artifact_location=folder.as_uri() if folder else None)
        except MlflowException:  # another process made it in between
            known = client.get_experiment_by_name(name)
            if known is None:
                raise
    if known.lifecycle_stage == "deleted":
        client.restore_experiment(known.experiment_id)
    return known.experiment_id


def is_refusal(error: Exception) -> bool:
    """Whether the store answered and refused the content, so that sending it again is no use."""
    return getattr(error, "error_code", None) in {
        "INVALID_PARAMETER_VALUE",
        "INVALID_STATE",
        "RESOURCE_ALREADY_EXISTS",
        "RESOURCE_DOES_NOT_EXIST",
    }


def outage(store: Store, error: Exception) -> str:
    """The one wording for a store that does not answer, or answers with an error of its own."""
    causes = _causes(error)
    network = any(isinstance(cause, OSError) for cause in causes)  # the errors of requests are OSErrors
    return f"tracking store {store.name} {'is unreachable' if network else 'fails'} ({root_cause(error)})."


def root_cause(error: BaseException) -> str:
    """The first line of the innermost cause, which is where libraries say what happened."""
    cause = _causes(error)[-1]
    text = str(cause).strip().splitlines()
    return without_password(text[0])[:200] if text else type(cause).__name__


def _causes(error: BaseException) -> list[BaseException]:
    """The error and what it came from, the innermost last."""
    causes = [error]
    while following := causes[-1].__cause__ or causes[-1].__context__:
        causes.append(following)
    return causes


def _cannot_write(path: Path, reason: str | None) -> str:
    return f"tracking store cannot write {path}: {reason}. Check the folder's owner, or choose tracking=off."
