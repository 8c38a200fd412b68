import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml

from paddock.cli import parse
from paddock.config import folders
from paddock.config.compose import compose
from paddock.verbs import VERBS
from tests.repository import REPOSITORY

FAKE = """\
#!{python}
import sys
from pathlib import Path

verb, words = sys.argv[1], dict(word.split("=") for word in sys.argv[2:] if "=" in word)
with Path("ran.txt").open("a") as log:
    log.write(f"{{verb}}\\n")
together = [word[2:] for word in sys.argv if word.startswith("--")]
task = together[0] if together else words.get("pipeline")
folder = Path(f"data/prepared/{{words['dataset']}}" if verb == "prepare" else f"outputs/{{task}}/{{verb}}")
folder = folder.parent if together else folder
folder.mkdir(parents=True, exist_ok=True)
(folder / "result.txt").write_text(verb + Path("params.yaml").read_text() * (verb == "train"))
if verb == "prepare":
    Path(f"{{folder}}.lint").mkdir(exist_ok=True)
    Path(f"{{folder}}.lint/lint.json").write_text("{{}}")
if verb == "train":
    (folder / "train_curve.csv").write_text("epoch,loss\\n1,2.5\\n2,1.5\\n")
    (folder / "val_curve.csv").write_text("epoch,acc,hmean,teds_structure\\n2,0.625,0.625,0.625\\n")
if verb == "eval":
    (folder / "pr_curve.csv").write_text("recall,precision\\n0.5,0.875\\n")
if task:
    Path(f"metrics/{{task}}").mkdir(parents=True, exist_ok=True)
    Path(f"metrics/{{task}}/{{verb}}.json").write_text('{{"test/acc": 0.5}}')
"""
"""Stands for the program: notes its verb and writes what dvc.yaml declares. The real stages have tests of their own."""


@pytest.fixture
def pipeline(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git repository with this project's pipeline, real DVC, and a `paddock` that only writes its outputs."""
    for name in (".dvc/config", ".dvc/.gitignore", ".dvcignore", "dvc.yaml", ".gitignore"):
        (checkout / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(REPOSITORY / name, checkout / name)
    raw = checkout / params()["raw"]
    raw.mkdir(parents=True)
    (raw / "labels.txt").write_text("a\n")
    program = checkout.parent / "bin" / "paddock"
    program.parent.mkdir()
    program.write_text(FAKE.format(python=sys.executable))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    subprocess.run(["git", "init", "-q"], check=True)
    commit()
    return checkout


def commit() -> list[str]:
    """Commit everything that git does not ignore.

    Returns:
        The files that git has now.
    """
    identity = ["-c", "user.name=test", "-c", "user.email=test@localhost"]
    for words in (["add", "-A"], [*identity, "commit", "-qm", "state"]):
        subprocess.run(["git", *words], check=True)
    return subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True).stdout.split()


def params() -> dict[str, str]:
    """What params.yaml of this repository says."""
    content: dict[str, str] = yaml.safe_load((REPOSITORY / "params.yaml").read_text())
    return content


def dvc(*words: str) -> str:
    """The real DVC; what it prints."""
    ended = subprocess.run([sys.executable, "-m", "dvc", *words], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def ran(folder: Path) -> list[str]:
    """The stages that have run since this was last asked."""
    log = folder / "ran.txt"
    verbs = log.read_text().split() if log.exists() else []
    log.unlink(missing_ok=True)
    return verbs


def stages() -> dict[str, dict[str, object]]:
    """The stages of dvc.yaml, those of one pipeline as their template."""
    content = yaml.safe_load((REPOSITORY / "dvc.yaml").read_text())["stages"]
    return {name: stage.get("do", stage) for name, stage in content.items()}


def test_a_stage_is_named_after_its_verb_and_calls_paddock_once() -> None:
    for name, stage in stages().items():
        program, verb, *words = str(stage["cmd"]).replace("${item}", params()["pages"][0]).split()
        assert (program, verb) == ("paddock", "eval" if name in ("pages", "tables") else name)
        assert verb in VERBS
        assert parse(verb, words).overrides == [word for word in words if "=" in word]


@pytest.mark.slow
def test_a_project_with_one_model_has_no_pages_to_score(pipeline: Path) -> None:
    values = yaml.safe_load((pipeline / "params.yaml").read_text())
    values["pages"] = []
    del values["pipelines"]["det"]
    (pipeline / "params.yaml").write_text(yaml.safe_dump(values))
    dvc("repro")
    assert ran(pipeline) == ["prepare", "train", "eval", "export"]


def test_the_row_that_params_recommend_for_tables_composes(checkout: Path) -> None:
    edit(checkout / "params.yaml", "\n  det:\n", f"\n  {row_for_tables()}\n  det:\n")
    config = compose(["pipeline=table"], checkout)
    assert (config.task, config.model_name, config.output_dir) == ("table", "table_slanet", "outputs/table")
    assert config.prepared_dir == f"data/prepared/{params()['dataset']}"


@pytest.mark.slow
def test_one_row_more_gives_tables_their_stages_and_plots(pipeline: Path) -> None:
    dvc("exp", "run", "-S", f"+pipelines.{row_for_tables().replace(': {', '={')}")
    assert Counter(ran(pipeline)) == {"prepare": 1, "train": 3, "eval": 4, "export": 3}
    assert (pipeline / "metrics/table/export.json").is_file()
    dvc("plots", "show", "-o", "plots")
    assert "whole structures" in (pipeline / "plots/index.html").read_text()


@pytest.mark.slow
def test_tables_are_scored_with_their_texts_where_params_say_so(pipeline: Path) -> None:
    edit(pipeline / "params.yaml", "\n  det:\n", f"\n  {row_for_tables()}\n  det:\n")
    edit(pipeline / "params.yaml", "\ntables: []", "\ntables: [test]")
    dvc("repro", "tables@test")
    assert Counter(ran(pipeline)) == {"prepare": 1, "train": 3, "eval": 4, "export": 3}
    assert (pipeline / "metrics/tables/eval.json").is_file()
    assert "up to date" in dvc("repro", "tables@test")


def row_for_tables() -> str:
    """The row that the head of params.yaml names."""
    (row,) = re.findall(r"one more row: (table: \{.*\})", (REPOSITORY / "params.yaml").read_text())
    return str(row)


def test_the_commands_of_the_committed_params_compose() -> None:
    for key, row in yaml.safe_load((REPOSITORY / "params.yaml").read_text())["pipelines"].items():
        for name in ("train", "eval", "export"):
            command = str(stages()[name]["cmd"]).replace("${key}", key).replace("${dataset}", params()["dataset"])
            config = compose(command.replace("${item.model}", row["model"]).split()[2:], REPOSITORY)
            assert config.output_dir == f"outputs/{key}"  # what dvc.yaml takes the stages to write
            assert config.prepared_dir == f"data/prepared/{params()['dataset']}"
            assert config.metrics_dir == f"metrics/{key}"
            assert (config.model_name, config.task) == (row["model"], key)


def test_params_name_what_their_data_set_is_made_from() -> None:
    raw = compose([], REPOSITORY).dataset.raw
    assert (REPOSITORY / params()["raw"]).is_dir()
    assert raw is None or raw == params()["raw"]


def test_train_depends_on_every_file_that_it_composes() -> None:
    depends = str(stages()["train"]["deps"])
    places = {
        "dataset": "prepare",
        "split": "prepare",
        "tracking": "no stage: where runs are recorded changes no result",
    }
    for group in folders.groups(REPOSITORY / "conf"):
        assert f"conf/{group}/${{" in depends or group in places
    for path in sorted((REPOSITORY / "conf").iterdir()):
        assert path.name == "config.yaml" or f"conf/{path.name}" in depends or path.name in places


@pytest.mark.slow
def test_a_pipeline_runs_once_and_then_only_what_changed(pipeline: Path) -> None:
    dvc("repro")
    everything = Counter(ran(pipeline))
    assert everything == {"prepare": 1, "train": 2, "eval": 3, "export": 2}  # one eval is that of the pages
    assert "Data and pipelines are up to date" in dvc("repro")
    assert ran(pipeline) == []
    dvc("exp", "run", "-S", "pipelines.rec.Global.epoch_num=2")
    assert ran(pipeline) == ["train", "eval", "export"]
    (pipeline / params()["raw"] / "labels.txt").write_text("b\n")
    dvc("repro")
    assert ran(pipeline) == ["prepare"]  # the stand-in prepares the same again, so nothing after it runs
    (pipeline / "conf/model/rec_crnn_r34.yaml").write_text("# an option that is not picked\n")
    (pipeline / "conf/tracking/local.yaml").write_text("store: local # other words\n")
    dvc("repro")
    assert ran(pipeline) == []
    edit(pipeline / "conf/config.yaml", "tolerance: 1.0e-4", "tolerance: 1.0e-3")
    dvc("repro")
    assert ran(pipeline) == ["export", "export"]


def edit(path: Path, old: str, new: str) -> None:
    """Replace one piece of a text file."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.slow
def test_metrics_parameters_and_plots_are_found(pipeline: Path) -> None:
    dvc("repro")
    tracked = commit()
    assert {"dvc.lock", "metrics/rec/train.json", "metrics/rec/eval.json", "metrics/rec/export.json"} <= set(tracked)
    assert not [path for path in tracked if path.startswith(("outputs/", "data/", "mlruns/", "scratch/"))]
    assert "metrics/rec/eval.json" in dvc("metrics", "show")
    (pipeline / "metrics/rec/eval.json").write_text('{"test/acc": 0.75}')
    assert "0.25" in dvc("metrics", "diff")
    edit(pipeline / "params.yaml", "seed: 0", "seed: 1")
    assert "seed" in dvc("params", "diff")
    dvc("plots", "show", "-o", "plots")
    page = (pipeline / "plots/index.html").read_text()
    assert "exact match on the validation split" in page
    assert "whole structures" not in page  # no tables are trained
    assert "2.5" in page
    assert "0.625" in page


def test_dvc_sends_no_statistics() -> None:
    assert "analytics = false" in (REPOSITORY / ".dvc/config").read_text()
