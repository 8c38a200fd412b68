"""eval --pages: both packages on labelled pages, as a run of its own."""

import argparse
import shutil
from pathlib import Path

import pytest
from mlflow import MlflowClient

from paddock.config.schema import Config
from paddock.core.errors import DatasetError, ExportError
from paddock.core.files import read_json
from paddock.stages import eval_pages
from paddock.tracking import store as stores
from tests.tiny_detector import BARS

pytestmark = pytest.mark.slow

TEST = argparse.Namespace(pages="test")


@pytest.fixture
def own_pages(pages_project: Path, read_pages: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """A project of the test's own."""
    monkeypatch.chdir(shutil.copytree(pages_project, tmp_path / "project"))
    return read_pages


def test_detection_and_reading_are_scored_together_and_recorded_in_a_run_of_their_own(
    own_pages: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    eval_pages.run(own_pages, TEST)

    metrics = read_json(Path("metrics/pages/eval.json"))
    assert (metrics["test/hmean"], metrics["test/n_eval"]) == (1, 2)
    assert 0 <= metrics["test/hmean_exact"] <= metrics["test/hmean_edit"] < 1
    assert read_json(Path("outputs/pages/metrics.json")) == metrics
    assert len(Path("outputs/pages/samples.csv").read_text(encoding="utf-8").splitlines()) == 1 + 2 * len(BARS)
    assert len(list(Path("outputs/pages").glob("*_wrong_*.jpg"))) == 2
    assert "test/hmean_exact" in capsys.readouterr().out
    client: MlflowClient = stores.connect(stores.project_store())
    (run,) = client.search_runs([client.get_experiment_by_name("paddock-pages").experiment_id])
    assert run.info.run_name == "det_db_mv3 + rec_tiny on ppocrlabel"
    assert (run.data.tags["paddock.det"], run.data.tags["paddock.rec"]) == ("det_db_mv3", "rec_tiny")
    assert run.data.metrics["test/hmean"] == 1
    assert {"pages", "eval"} <= {artifact.path for artifact in client.list_artifacts(run.info.run_id)}


def test_another_split_is_scored_under_its_own_name(own_pages: Config) -> None:
    eval_pages.run(own_pages, argparse.Namespace(pages="val"))

    assert read_json(Path("metrics/pages/eval.json"))["val/n_eval"] == 2


@pytest.mark.parametrize("task", ["det", "rec"])
def test_a_model_that_is_not_exported_yet_is_named(own_pages: Config, task: str) -> None:
    shutil.rmtree(f"outputs/{task}/export")

    with pytest.raises(ExportError, match=rf"outputs/{task}/export is no package of paddock.*Run `paddock export`"):
        eval_pages.run(own_pages, TEST)


def test_labels_that_are_gone_leave_nothing_half_written(own_pages: Config) -> None:
    Path(own_pages.prepared_dir, "det/test_label.txt").unlink()

    with pytest.raises(DatasetError, match=r"test_label\.txt"):
        eval_pages.run(own_pages, TEST)
    assert not Path("outputs/pages").exists()
    assert not Path("metrics/pages").exists()
