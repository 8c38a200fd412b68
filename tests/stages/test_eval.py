"""eval: scores of the test split, thresholds from the validation split, in the run of the training."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from mlflow import MlflowClient

from paddock.config.schema import Config, Store
from paddock.config.stored import save
from paddock.core.errors import ConfigError
from paddock.core.files import read_json
from paddock.stages import eval as evaluation
from paddock.tracking import store as stores

pytestmark = pytest.mark.slow


def _client() -> MlflowClient:
    return stores.connect(stores.project_store())


def test_a_detector_is_scored_on_the_test_split_with_the_thresholds_that_validation_chose(read_pages: Config) -> None:
    metrics = read_json(Path("metrics/det/eval.json"))
    chosen = read_json(Path("outputs/det/eval/postprocess.json"))

    assert (metrics["test/hmean"], metrics["test/n_eval"], metrics["test/n_unreadable"]) == (1, 2, 0)
    assert read_json(Path("outputs/det/eval/metrics.json")) == metrics
    assert chosen["unclip_ratio"] < read_pages.PostProcess["unclip_ratio"]
    names = {path.name for path in Path("outputs/det/eval").iterdir() if path.suffix != ".jpg"}
    assert names == {
        "by_size.json", "by_size.png", "metrics.json", "postprocess.json", "pr_curve.csv", "pr_curve.png", "run.json",
        "samples.csv", "thresholds.csv",
    }  # fmt: skip
    assert len(list(Path("outputs/det/eval").glob("*_missed_*.jpg"))) == 2


def test_scores_go_to_the_run_of_the_training(read_pages: Config) -> None:
    run = _client().get_run(read_json(Path("outputs/det/train/run.json"))["run_id"])

    assert run.data.metrics["test/hmean"] == 1
    table = json.loads(Path(_client().download_artifacts(run.info.run_id, "eval/samples.json")).read_text())
    assert len(table["data"]) == 2


def test_a_recogniser_is_scored_and_chooses_nothing(trained: Config, capsys: pytest.CaptureFixture[str]) -> None:
    evaluation.run(replace(trained, tracking=replace(trained.tracking, store=Store.off)))

    assert "test/acc" in read_json(Path("metrics/rec/eval.json"))
    assert not Path("outputs/rec/eval/postprocess.json").exists()
    assert "written to outputs/rec/eval" in capsys.readouterr().out


def test_the_test_of_each_set_that_was_mixed_in_is_scored_by_itself(trained: Config) -> None:
    shutil.copytree(trained.prepared_dir, Path(trained.prepared_dir).with_name("other"))
    labels = Path(trained.prepared_dir).with_name("other") / "rec/rec_gt_test.txt"
    labels.write_text("".join(labels.read_text(encoding="utf-8").splitlines(keepends=True)[:4]), encoding="utf-8")
    mixed = replace(trained, training=replace(trained.training, mix={"other": 0.5}))
    save(mixed, Path("outputs/rec/train/config.yaml"))

    evaluation.run(replace(mixed, tracking=replace(mixed.tracking, store=Store.off)))

    metrics = read_json(Path("metrics/rec/eval.json"))
    assert metrics["test/n_eval"] > metrics["test_other/n_eval"] == 4
    assert Path("outputs/rec/eval/other/samples.csv").is_file()


def test_without_a_training_there_is_nothing_to_score(trained_det: Config) -> None:
    Path("outputs/det/train/config.yaml").unlink()

    with pytest.raises(ConfigError, match="Train first"):
        evaluation.run(trained_det)
    assert not Path("outputs/det/eval").exists()
