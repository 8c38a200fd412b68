import shutil
import sqlite3
from pathlib import Path

import pytest

from paddock.config.schema import TrackingConfig
from paddock.core.errors import TrackingError
from paddock.tracking import store as stores
from paddock.tracking.relocate import adopt
from paddock.tracking.run import open_run
from paddock.tracking.sweep import store_run_id


def test_a_copied_project_has_its_artifacts_and_leaves_the_original_alone(
    project: Path, config: TrackingConfig, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (project / "dict.txt").write_text("a")
    with open_run(config, name="crnn") as first:
        first.artifact(project / "dict.txt")
    copy = tmp_path_factory.mktemp("copy") / "project"
    shutil.copytree(project, copy)
    before = sorted(project.rglob("*"))
    monkeypatch.chdir(copy)
    with open_run(config, name="crnn") as second:
        second.artifact(copy / "dict.txt")
    client = stores.connect(stores.locate(config))
    for tracker in (first, second):
        run_id = store_run_id(config, tracker.local_id)
        assert client.get_run(run_id).info.artifact_uri.startswith((copy / "mlruns" / "artifacts").as_uri())
        assert [file.path for file in client.list_artifacts(run_id)] == ["dict.txt"]
    assert sorted(project.rglob("*")) == before


def test_a_database_of_another_release_is_named(tmp_path: Path) -> None:
    database = tmp_path / "mlflow.db"
    sqlite3.connect(database).close()
    adopt(database, tmp_path / "old")
    database.write_bytes(b"")
    with pytest.raises(
        TrackingError, match=r"was moved, and its paths cannot be rewritten \(no such table: experiments\)"
    ):
        adopt(database, tmp_path / "new")
