"""A project folder of its own for every test, with a real MLflow store that is made once and copied."""

import shutil
from pathlib import Path

import pytest
from mlflow import MlflowClient

from paddock.config.schema import RegistryConfig, Store, TrackingConfig
from paddock.tracking import store as stores


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An MLflow database without runs; making one takes MLflow seconds, copying it none."""
    path = tmp_path_factory.mktemp("store") / "mlflow.db"
    stores.connect(stores.store_at(f"sqlite:///{path}"))
    return path


@pytest.fixture
def empty_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in which nothing was ever recorded."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def project(empty_project: Path, empty_database: Path) -> Path:
    """A project whose store is made and empty."""
    (empty_project / "mlruns").mkdir()
    shutil.copyfile(empty_database, empty_project / "mlruns" / "mlflow.db")
    return empty_project


@pytest.fixture
def config() -> TrackingConfig:
    """The project's own store."""
    return TrackingConfig(store=Store.local, uri=None, experiment="paddock-rec", run_name=None, system_metrics=False)


@pytest.fixture
def registry() -> RegistryConfig:
    """The model that text recognition registers."""
    return RegistryConfig(model="paddock-rec", alias="champion")


@pytest.fixture
def client(project: Path) -> MlflowClient:
    """What an MLflow user sees of the project's store."""
    return stores.connect(stores.project_store())


@pytest.fixture
def dead_store(config: TrackingConfig) -> TrackingConfig:
    """A server's address at which nobody listens."""
    return TrackingConfig(
        store=Store.server, uri="http://127.0.0.1:9", experiment="paddock-rec", run_name=None, system_metrics=False
    )
