import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest

from paddock.config.schema import Store, TrackingConfig
from paddock.core.errors import TrackingError
from paddock.tracking import store as stores


def test_the_projects_own_store_lies_in_mlruns(empty_project: Path, config: TrackingConfig) -> None:
    store = stores.locate(config)
    assert store.uri == f"sqlite:///{empty_project}/mlruns/mlflow.db"
    assert store.artifacts == empty_project / "mlruns" / "artifacts"
    assert (store.name, store.is_project) == ("mlruns/mlflow.db", True)


def test_a_queued_dvc_experiment_uses_the_store_of_the_real_project(
    empty_project: Path, config: TrackingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DVC_ROOT", "/somewhere/real")
    assert stores.locate(config).uri == "sqlite:////somewhere/real/mlruns/mlflow.db"


def test_the_config_beats_the_environment_which_beats_mlruns(
    empty_project: Path, config: TrackingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://team:5000")
    assert stores.locate(config).uri == "http://team:5000"
    assert stores.locate(replace(config, uri="http://other:5000")).uri == "http://other:5000"


def test_a_server_keeps_artifacts_where_it_wants(empty_project: Path, config: TrackingConfig) -> None:
    assert stores.locate(replace(config, uri="http://team:5000")).artifacts is None


def test_a_database_has_its_artifacts_beside_it(empty_project: Path, config: TrackingConfig) -> None:
    store = stores.locate(replace(config, uri="sqlite:////team/runs.db"))
    assert store.artifacts == Path("/team/artifacts")
    assert stores.store_at("postgresql://db/mlflow").artifacts == empty_project / "mlruns" / "artifacts"


@pytest.mark.parametrize("uri", ["mlruns", "./mlruns", "file:///data/mlruns"])
def test_a_plain_folder_is_refused(empty_project: Path, config: TrackingConfig, uri: str) -> None:
    with pytest.raises(TrackingError, match=r"is a folder, which MLflow no longer accepts\. Use sqlite:///PATH\.db"):
        stores.locate(replace(config, uri=uri))


def test_a_server_without_address_says_how_to_give_one(empty_project: Path, config: TrackingConfig) -> None:
    with pytest.raises(TrackingError, match=r"set tracking\.uri=http://HOST:PORT or the variable MLFLOW_TRACKING_URI"):
        stores.locate(replace(config, store=Store.server))


def test_tracking_off_has_no_store(empty_project: Path, config: TrackingConfig) -> None:
    with pytest.raises(TrackingError, match="tracking is off"):
        stores.locate(replace(config, store=Store.off))


def test_messages_show_no_password() -> None:
    store = stores.store_at("http://me:secret@team:5000/mlflow")
    error = ConnectionError("no route to http://me:secret@team:5000/mlflow")
    assert stores.outage(store, error) == (
        "tracking store http://team:5000/mlflow is unreachable (no route to http://team:5000/mlflow)."
    )


def test_a_store_that_answers_with_an_error_is_not_called_unreachable() -> None:
    assert "team:5000 fails (bad schema)" in stores.outage(
        stores.store_at("http://team:5000"), ValueError("bad schema")
    )


def test_an_mlruns_that_is_a_file_is_named(empty_project: Path, config: TrackingConfig) -> None:
    (empty_project / "mlruns").write_text("a file")
    with pytest.raises(TrackingError, match=r"tracking store cannot write .*mlruns.*Check the folder's owner"):
        stores.check_writable(stores.locate(config))


def test_an_mlruns_of_another_user_is_named() -> None:
    folder = Path(tempfile.mkdtemp())  # not tmp_path, whose parents only its owner may enter
    try:
        (folder / "mlruns" / "artifacts").mkdir(parents=True)
        for path in (folder, folder / "mlruns", folder / "mlruns" / "artifacts"):
            path.chmod(0o555)
        script = (
            "import os; from paddock.tracking import store as stores\n"
            "os.getuid() or os.setuid(65534)  # root may write everywhere\n"
            "try: stores.check_writable(stores.project_store())\n"
            "except stores.TrackingError as error: print(error)"
        )
        done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True)
        assert "mlruns/artifacts: Permission denied. Check the folder's owner" in done.stdout, done.stderr
    finally:
        folder.chmod(0o755)
        (folder / "mlruns").chmod(0o755)
        shutil.rmtree(folder)


def test_a_deleted_experiment_is_restored(project: Path, config: TrackingConfig) -> None:
    store = stores.locate(config)
    client = stores.connect(store)
    first = stores.experiment_id(client, store, "paddock-rec")
    client.delete_experiment(first)
    assert stores.experiment_id(client, store, "paddock-rec") == first
    assert client.get_experiment(first).lifecycle_stage == "active"


@pytest.mark.slow
def test_three_processes_can_open_a_fresh_store_at_once(empty_project: Path) -> None:
    script = (
        "from paddock.tracking import store as stores\n"
        "store = stores.project_store(); client = stores.connect(store)\n"
        "client.create_run(stores.experiment_id(client, store, 'paddock-rec'))"
    )
    processes = [subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.PIPE) for _ in range(3)]
    errors = [process.communicate()[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], errors
    client = stores.connect(stores.project_store())
    assert len(client.search_runs([client.get_experiment_by_name("paddock-rec").experiment_id])) == 3


@pytest.mark.slow
def test_a_process_that_is_killed_while_it_makes_the_store_leaves_none_behind(empty_project: Path) -> None:
    script = "from paddock.tracking import store as stores; stores.connect(stores.project_store())"
    home = empty_project / "mlruns"
    with subprocess.Popen([sys.executable, "-c", script]) as process:
        while not any(path.stat().st_size for path in home.glob(".mlflow.db.*/mlflow.db")):
            assert process.poll() is None
            time.sleep(0.001)
        process.kill()
    assert not (home / "mlflow.db").exists()
    assert stores.connect(stores.project_store()).create_experiment("paddock-rec")
    assert not list(home.glob(".mlflow.db.*"))


def test_importing_paddocks_tracking_does_not_import_mlflow() -> None:
    names = ("pull", "registry", "run", "server", "shipping", "sweep", "sync")
    script = "import sys\n" + "".join(f"import paddock.tracking.{name}\n" for name in names)
    done = subprocess.run(
        [sys.executable, "-c", f"{script}print('mlflow' in sys.modules)"], capture_output=True, text=True
    )
    assert done.stdout == "False\n", done.stderr


def test_an_outage_is_not_told_by_the_network_library_too(dead_store: TrackingConfig, project: Path) -> None:
    script = (
        "from paddock.config.schema import Store, TrackingConfig\n"
        "from paddock.tracking.run import open_run\n"
        f"config = TrackingConfig(store=Store.server, uri={dead_store.uri!r}, experiment='e', run_name=None, "
        "system_metrics=True)\n"
        "with open_run(config, name='crnn') as tracker: tracker.metrics({'a': 1}, 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")
    first, second = done.stderr.splitlines()
    assert first.endswith("Work goes on, records are kept; `paddock sync` sends them.")
    assert second.endswith("yet; `paddock sync` sends them.")
