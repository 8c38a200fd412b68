"""The whole line as a user runs it: real DVC, Paddle, MLflow and paddleocr on tiny networks, one process a stage."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from tests.repository import REPOSITORY

pytestmark = pytest.mark.slow

RECIPES = {
    "rec": """\
# @package _global_
defaults:
  - override /model: rec_crnn_mv3
  - override /dataset: sample
dataset: {{sample: {{num_pages: 4, num_tables: 0}}}}
Architecture:
  Backbone: {{model_name: small, scale: 0.35}}
  Neck: {{hidden_size: 24}}
Global: {{epoch_num: {epochs}, print_batch_step: 1}}
Train: {{loader: {{batch_size_per_card: 16}}}}
export: {{parity_samples: 4}}
""",
    "det": """\
# @package _global_
defaults:
  - override /model: det_db_mv3
  - override /dataset: sample
Architecture:
  Backbone: {{model_name: small, scale: 0.35}}
  Neck: {{out_channels: 16}}
Global: {{epoch_num: {epochs}, print_batch_step: 1, d2s_train_image_shape: [3, 96, 96]}}
Train: {{loader: {{batch_size_per_card: 1}}}}
export: {{parity_samples: 1}}
""",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This repository's pipeline with a recipe that trains in seconds."""
    for name in ("conf", "params.yaml", "dvc.yaml", ".dvcignore", ".gitignore", "src/paddock/data/sample"):
        source = REPOSITORY / name
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copyfile(source, target)
    (tmp_path / ".dvc").mkdir()
    shutil.copyfile(REPOSITORY / ".dvc/config", tmp_path / ".dvc/config")
    write_recipe(tmp_path, epochs=1)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    run("git", "init", "-q")
    commit()
    return tmp_path


def write_recipe(project: Path, epochs: int) -> None:
    for task, recipe in RECIPES.items():
        (project / f"conf/experiment/{task}_sample.yaml").write_text(recipe.format(epochs=epochs))


def commit() -> None:
    run("git", "add", "-A")
    run("git", "-c", "user.name=test", "-c", "user.email=test@localhost", "commit", "-qm", "state")


def run(*words: str) -> str:
    ended = subprocess.run(words, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


def test_repro_goes_from_nothing_to_registered_models_that_read(project: Path) -> None:
    run("dvc", "repro")

    assert (project / "outputs/rec/train/gallery/worst.png").stat().st_size > 1000
    assert list((project / "outputs/det/train/gallery").glob("*_missed_*.jpg"))
    for task, num_samples in (("rec", num_lines(project, "test")), ("det", 1), ("pages", 1)):
        assert json.loads((project / f"metrics/{task}/eval.json").read_text())["test/n_eval"] == num_samples
    for task in ("rec", "det"):
        assert (project / f"outputs/{task}/train/curves.png").stat().st_size > 1000
    chosen = json.loads((project / "outputs/det/eval/postprocess.json").read_text())
    exported = yaml.safe_load((project / "outputs/det/export/inference.yml").read_text())["PostProcess"]
    assert {name: exported[name] for name in chosen} == chosen
    assert "up to date" in run("dvc", "repro")
    assert "test/exact" in run("dvc", "metrics", "show", "--md")
    commit()

    page = next((project / "data/prepared/sample/det/test_imgs").iterdir()).relative_to(project)
    assert run_stdout("paddock", "predict", str(page), "--save", "demo").startswith(f"{page}: ")
    assert (project / "demo/result.jpg").stat().st_size > 1000

    said = run("dvc", "exp", "run", "-S", "pipelines.rec.Global.epoch_num=2")
    assert "Stage 'train@det' didn't change, skipping" in said
    assert json.loads((project / "metrics/rec/train.json").read_text())["steps"] == 2 * (
        num_lines(project, "train") // 16
    )
    assert "metrics/rec/train.json" in run("dvc", "metrics", "diff")
    assert yaml.safe_load((project / "outputs/rec/train/config.yaml").read_text())["Global"]["epoch_num"] == 2


def num_lines(project: Path, split: str) -> int:
    return len((project / f"data/prepared/sample/rec/rec_gt_{split}.txt").read_text(encoding="utf-8").splitlines())


def run_stdout(*words: str) -> str:
    ended = subprocess.run(words, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_training_that_was_killed_goes_on_with_the_next_repro(project: Path) -> None:
    write_recipe(project, epochs=40)
    run("dvc", "repro", "prepare")
    with subprocess.Popen(["dvc", "repro", "train@rec"], start_new_session=True, stderr=subprocess.DEVNULL) as repro:
        try:
            wait_for_epoch(project / "scratch", 2)
        finally:
            os.killpg(repro.pid, signal.SIGKILL)
    first_run = next((project / "scratch").glob("*/run.json")).read_text()
    write_recipe(project, epochs=40)

    said = run("dvc", "repro", "train@rec")

    assert "resumed from" in said
    states = json.loads((project / "outputs/rec/train/latest.states").read_text())
    assert states["epoch"] == 40
    assert [row["epoch"] for row in states["evaluations"]] == [float(epoch) for epoch in range(1, 41)]
    resumed = json.loads((project / "outputs/rec/train/run.json").read_text())
    assert resumed["local_id"] == json.loads(first_run)["local_id"]


def wait_for_epoch(scratch: Path, epoch: int) -> None:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        for path in scratch.glob("*/latest.states"):
            if json.loads(path.read_text())["epoch"] >= epoch:
                return
        time.sleep(0.2)
    raise AssertionError("the training did not get to its second epoch in time")


def test_sweep_names_the_best_trial_and_survives_a_failing_one(project: Path) -> None:
    run("paddock", "prepare")
    values = ["Optimizer.lr.learning_rate=1e-3,1e-4", "Optimizer.lr.warmup_epoch=0,5"]
    ended = subprocess.run(["paddock", "train", "-m", *values], capture_output=True, text=True)

    assert ended.returncode == 1, ended.stderr
    assert ended.stdout.count("failed") == 2
    assert "warmup_epoch (5) must be below Global.epoch_num (1)" in ended.stdout
    assert "best: #" in ended.stdout
    assert "compare them: http" in ended.stdout
    trials = sorted((project / "multirun").glob("*/*/*/trial.json"))
    assert [json.loads(path.read_text())["status"] for path in trials] == ["ok", "failed", "ok", "failed"]
    assert not (project / "outputs").exists()


def test_resnet34_goes_the_same_way(project: Path) -> None:
    words = ["model=rec_crnn_r34", "experiment=null", "dataset.sample.num_pages=4", "Global.epoch_num=1"]
    words += ["dataset.sample.num_tables=0"]
    words += ["Train.loader.batch_size_per_card=16", "export.parity_samples=4"]
    for verb in ("prepare", "train", "eval", "export"):
        run("paddock", verb, *words)

    picture = next((project / "data/prepared/sample/rec/crop_img_test").iterdir()).relative_to(project)
    (reading,) = json.loads(run_stdout("paddock", "predict", str(picture), "--task", "rec", "--out", "json"))
    assert reading["image"] == str(picture)
    package = json.loads((project / "outputs/rec/export/paddock.json").read_text())
    assert package["model"] == "rec_crnn_r34"
