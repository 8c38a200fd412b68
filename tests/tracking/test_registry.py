import logging
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from mlflow import MlflowClient, pyfunc

from paddock.config.schema import RegistryConfig, Store, TrackingConfig
from paddock.core.errors import TrackingError
from paddock.tracking import store as stores
from paddock.tracking.pull import pull
from paddock.tracking.registry import Version, register_package
from paddock.tracking.run import open_run
from paddock.tracking.sweep import store_run_id

pytestmark = pytest.mark.slow

PYTHON_MODEL = """
import mlflow
from mlflow.pyfunc import PythonModel

class Echo(PythonModel):
    def load_context(self, context):
        with open(context.artifacts["inference"] + "/weights") as file:
            self.text = file.read()

    def predict(self, context, model_input: list[str]) -> list[str]:
        return [self.text + word for word in model_input]

mlflow.models.set_model(Echo())
"""


@pytest.fixture
def package(project: Path) -> Path:
    folder = project / "outputs" / "rec" / "export"
    folder.mkdir(parents=True)
    (folder / "weights").write_text("1")
    (project / "model.py").write_text(PYTHON_MODEL)
    return folder


@pytest.fixture
def run_id(project: Path, config: TrackingConfig) -> str:
    with open_run(config, name="crnn") as tracker:
        tracker.params({"seed": 0})
    return store_run_id(config, tracker.local_id)


def register(package: Path, registry: RegistryConfig, tracking: TrackingConfig, run_id: str) -> Version:
    return register_package(
        package,
        registry,
        tracking,
        run_id=run_id,
        python_model=package.parents[2] / "model.py",
        requirements=["numpy"],
        tags={"task": "rec"},
        metrics={"test/acc": 0.97},
    )


def test_a_version_says_of_which_data_and_code_it_is(
    package: Path, registry: RegistryConfig, config: TrackingConfig, client: MlflowClient
) -> None:
    origin = {"dvc.data": "0123.dir", "paddock.data.rec": "45ab", "mlflow.source.git.commit": "f" * 40}
    with open_run(config, name="crnn", tags=origin | {"paddock.engine": "native"}) as tracker:
        pass
    register(package, registry, config, store_run_id(config, tracker.local_id))
    tags = client.get_model_version_by_alias("paddock-rec", "champion").tags
    assert {name: tags.get(name) for name in origin} == origin
    assert "paddock.engine" not in tags


def test_a_package_becomes_a_version_that_mlflow_loads(
    package: Path,
    run_id: str,
    registry: RegistryConfig,
    config: TrackingConfig,
    client: MlflowClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert register(package, registry, config, run_id) == Version("paddock-rec", 1, created=True)
    version = client.get_model_version_by_alias("paddock-rec", "champion")
    assert (int(version.version), version.run_id, version.status) == (1, run_id, "READY")
    assert {key: version.tags[key] for key in ("task", "test/acc")} == {"task": "rec", "test/acc": "0.97"}
    [logged] = client.search_logged_models([client.get_run(run_id).info.experiment_id])
    assert (logged.source_run_id, logged.status) == (run_id, "READY")
    assert [(metric.key, metric.value) for metric in logged.metrics] == [("test/acc", 0.97)]
    monkeypatch.setenv("MLFLOW_TRACKING_URI", stores.locate(config).uri)  # pyfunc knows no other way
    assert pyfunc.load_model("models:/paddock-rec@champion").predict(["a"]) == ["1a"]


def test_the_same_package_is_never_registered_twice(
    package: Path, run_id: str, registry: RegistryConfig, config: TrackingConfig, client: MlflowClient
) -> None:
    register(package, registry, config, run_id)
    assert register(package, registry, config, run_id) == Version("paddock-rec", 1, created=False)
    assert len(client.search_model_versions("name = 'paddock-rec'")) == 1
    assert len(client.search_logged_models([client.get_run(run_id).info.experiment_id])) == 1


def test_a_new_package_is_the_candidate_and_the_champion_stays(
    package: Path, run_id: str, registry: RegistryConfig, config: TrackingConfig, client: MlflowClient
) -> None:
    register(package, registry, config, run_id)
    (package / "weights").write_text("2")
    assert register(package, registry, config, run_id).number == 2
    assert client.get_registered_model("paddock-rec").aliases == {"candidate": 2, "champion": 1}
    (package / "weights").write_text("1")
    assert register(package, registry, config, run_id).number == 1
    assert client.get_registered_model("paddock-rec").aliases == {"candidate": 1, "champion": 1}


def test_a_missing_package_says_how_to_make_it(project: Path, registry: RegistryConfig, config: TrackingConfig) -> None:
    with pytest.raises(TrackingError, match=r"there is no package .* Run `paddock export` first"):
        register(project / "outputs" / "rec" / "export", registry, config, "0")


def test_registering_without_a_store_says_how_to_have_one(
    package: Path, registry: RegistryConfig, config: TrackingConfig
) -> None:
    with pytest.raises(TrackingError, match="tracking is off"):
        register(package, registry, replace(config, store=Store.off), "0")


def test_a_dead_store_registers_nothing_and_says_so(
    package: Path, registry: RegistryConfig, dead_store: TrackingConfig
) -> None:
    with pytest.raises(TrackingError, match=r"127\.0\.0\.1:9 is unreachable .* Nothing was registered"):
        register(package, registry, dead_store, "0")


def test_a_run_that_does_not_exist_is_no_outage(
    package: Path, registry: RegistryConfig, config: TrackingConfig, client: MlflowClient
) -> None:
    with pytest.raises(TrackingError, match=r"mlruns/mlflow\.db refuses to register paddock-rec"):
        register(package, registry, config, "0" * 32)


def test_a_model_file_that_raises_leaves_no_version(
    package: Path, run_id: str, registry: RegistryConfig, config: TrackingConfig, client: MlflowClient
) -> None:
    (package.parents[2] / "model.py").write_text("raise RuntimeError('broken model file')")
    with pytest.raises(TrackingError, match="broken model file"):
        register(package, registry, config, run_id)
    assert client.search_model_versions("name = 'paddock-rec'") == []


def test_the_registered_package_is_pulled_as_it_was(
    package: Path, run_id: str, registry: RegistryConfig, config: TrackingConfig
) -> None:
    register(package, registry, config, run_id)
    folder = pull(registry, config)
    assert folder.parent == Path.cwd() / "scratch" / "registry" / "paddock-rec"
    assert [(file.name, file.read_text()) for file in folder.iterdir()] == [("weights", "1")]
    assert pull(registry, config, "candidate") == folder


def test_a_kept_package_is_used_while_the_registry_is_away(
    package: Path,
    run_id: str,
    registry: RegistryConfig,
    config: TrackingConfig,
    caplog: pytest.LogCaptureFixture,
    project: Path,
) -> None:
    register(package, registry, config, run_id)
    folder = pull(registry, config)
    (project / "mlruns" / "mlflow.db").write_bytes(b"broken " * 1000)
    with caplog.at_level(logging.WARNING):
        assert pull(registry, config) == folder
    assert "Using paddock-rec version 1, last pulled as champion." in caplog.text


def test_a_package_pulled_before_needs_the_files_in_the_store_no_more(
    package: Path, run_id: str, registry: RegistryConfig, config: TrackingConfig, project: Path
) -> None:
    register(package, registry, config, run_id)
    folder = pull(registry, config)
    shutil.rmtree(project / "mlruns" / "artifacts")
    assert pull(registry, config) == folder


def test_a_kept_package_that_was_changed_is_fetched_again(
    package: Path, run_id: str, registry: RegistryConfig, config: TrackingConfig
) -> None:
    register(package, registry, config, run_id)
    folder = pull(registry, config)
    (folder / "weights").write_text("tampered")
    assert (pull(registry, config) / "weights").read_text() == "1"


def test_a_store_whose_files_were_changed_is_not_believed(
    package: Path, run_id: str, registry: RegistryConfig, config: TrackingConfig, project: Path
) -> None:
    register(package, registry, config, run_id)
    [stored] = (project / "mlruns" / "artifacts").rglob("inference/weights")
    stored.write_text("tampered")
    with pytest.raises(TrackingError, match=r"paddock-rec version 1 .* is not what was registered"):
        pull(registry, config)
    assert not list((project / "scratch" / "registry" / "paddock-rec").iterdir())


def test_a_store_that_lost_its_files_says_so(
    package: Path, run_id: str, registry: RegistryConfig, config: TrackingConfig, project: Path
) -> None:
    register(package, registry, config, run_id)
    shutil.rmtree(project / "mlruns" / "artifacts")
    with pytest.raises(TrackingError, match=r"paddock-rec version 1 cannot be fetched .* again with `paddock export`"):
        pull(registry, config)
    assert register(package, registry, config, run_id) == Version("paddock-rec", 2, created=True)
    assert (pull(registry, config, "candidate") / "weights").read_text() == "1"


def test_an_unknown_alias_names_those_there_are(
    package: Path, run_id: str, registry: RegistryConfig, config: TrackingConfig
) -> None:
    register(package, registry, config, run_id)
    with pytest.raises(TrackingError, match=r"no alias 'best' .* there are \['candidate', 'champion'\]"):
        pull(registry, config, "best")


def test_an_empty_registry_says_what_to_run(project: Path, registry: RegistryConfig, config: TrackingConfig) -> None:
    with pytest.raises(TrackingError, match=r"holds no model 'paddock-rec'. Train and register one with `dvc repro`"):
        pull(registry, config)


def test_a_model_without_aliases_says_what_to_run(
    project: Path, registry: RegistryConfig, config: TrackingConfig, client: MlflowClient
) -> None:
    client.create_registered_model("paddock-rec")
    with pytest.raises(TrackingError, match=r"no version of paddock-rec .* has an alias"):
        pull(registry, config)


def test_a_version_that_somebody_else_registered_is_not_pulled(
    package: Path, run_id: str, registry: RegistryConfig, config: TrackingConfig, client: MlflowClient
) -> None:
    register(package, registry, config, run_id)
    client.set_model_version_tag("paddock-rec", "1", "sha256", "../../../etc")
    with pytest.raises(TrackingError, match=r"version 1 .* has no checksum \(tag sha256\)"):
        pull(registry, config)


def test_a_dead_registry_and_nothing_kept_is_one_line(
    project: Path, registry: RegistryConfig, dead_store: TrackingConfig
) -> None:
    with pytest.raises(
        TrackingError, match=r"127\.0\.0\.1:9 is unreachable .* No paddock-rec@champion was pulled"
    ) as info:
        pull(registry, dead_store)
    assert "\n" not in str(info.value)


def test_a_kept_package_that_was_changed_is_not_used_while_the_registry_is_away(
    package: Path, run_id: str, registry: RegistryConfig, config: TrackingConfig, project: Path
) -> None:
    register(package, registry, config, run_id)
    (pull(registry, config) / "weights").write_text("tampered")
    (project / "mlruns" / "mlflow.db").write_bytes(b"broken " * 1000)
    with pytest.raises(TrackingError, match=r"is missing or was changed: start the store"):
        pull(registry, config)
