import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from paddock import cli
from paddock.config.schema import Config
from paddock.core.errors import DatasetError
from tests.repository import REPOSITORY

HEAVY = {"cv2", "dvc", "hydra", "matplotlib", "mlflow", "numpy", "omegaconf", "paddle", "paddleocr", "pandas", "yaml"}

Seen = list[tuple[Config, argparse.Namespace]]
FakeStage = Callable[..., Seen]


@pytest.fixture
def fake_stage(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> FakeStage:
    """Put a stage in place that notes its calls, then returns or raises what it is told."""

    def put(name: str, result: object = None) -> Seen:
        seen: Seen = []

        def run(config: Config, arguments: argparse.Namespace) -> object:
            seen.append((config, arguments))
            if isinstance(result, BaseException):
                raise result
            return result

        stage = ModuleType(f"paddock.stages.{name}")
        stage.run = run  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, stage.__name__, stage)
        return seen

    return put


def paddock(*words: str, folder: Path = REPOSITORY) -> "subprocess.CompletedProcess[str]":
    """The real program in a process of its own."""
    return subprocess.run([sys.executable, "-m", "paddock", *words], cwd=folder, capture_output=True, text=True)


def modules_after(word: str) -> set[str]:
    """Names of the modules that are loaded once a command has run."""
    code = f"import sys; from paddock.cli import main; main([{word!r}]); print(*sys.modules, file=sys.stderr)"
    command = [sys.executable, "-c", code]
    return set(subprocess.run(command, capture_output=True, text=True, check=True, cwd=REPOSITORY).stderr.split())


def test_help_names_every_verb_and_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    text = capsys.readouterr().out
    assert all(f"  {name} " in text and verb.summary in text for name, verb in cli.VERBS.items())
    assert "paddock train -m Optimizer.lr.learning_rate=1e-3,5e-4" in text
    assert "{" not in text


def test_without_a_verb_it_prints_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 0
    assert "usage: paddock VERB" in capsys.readouterr().out


def test_help_is_quick_because_it_loads_nothing_heavy() -> None:
    loaded = modules_after("--help")
    assert "argparse" in loaded
    assert not HEAVY & loaded
    durations = []
    for _ in range(3):
        start = time.perf_counter()
        paddock("--help")
        durations.append(time.perf_counter() - start)
    assert min(durations) < 0.5  # 0.1 on a quiet machine


def test_showing_a_config_loads_neither_paddle_nor_mlflow() -> None:
    loaded = modules_after("show")
    assert "hydra" in loaded
    assert not (HEAVY - {"hydra", "omegaconf", "yaml"}) & loaded


@pytest.mark.parametrize("verb", cli.VERBS)
def test_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main([verb, "--help"])
    assert end.value.code == 0
    assert f"{verb}: {cli.VERBS[verb].summary}" in " ".join(capsys.readouterr().out.split())


def test_help_of_train_lists_the_files_of_conf(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / "conf/model/rec_mine.yaml").write_text("")
    with pytest.raises(SystemExit):
        cli.main(["train", "--help"])
    text = capsys.readouterr().out
    assert "  model=det_db_mv3|det_db_r18|det_db_r50|rec_crnn_mv3|rec_crnn_r34|rec_mine|table_slanet\n" in text
    assert "Optimizer.lr.learning_rate=5e-4" in text


def test_help_of_train_works_outside_a_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as end:
        cli.main(["train", "--help"])
    assert end.value.code == 0
    assert "In a project folder this also lists the files of conf/" in capsys.readouterr().out


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("paddock 0.")


def test_an_unknown_verb_is_refused_with_a_near_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["trian"]) == 2
    assert capsys.readouterr().err == "paddock: there is no command 'trian'. Did you mean 'train'?\n"


def test_a_stage_gets_the_composed_config_and_its_options(fake_stage: FakeStage) -> None:
    seen = fake_stage("ui")
    assert cli.main(["ui", "seed=4", "--port", "5001", "tracking=off"]) == 0
    config, arguments = seen[0]
    assert (config.seed, config.tracking.store.value, arguments.port) == (4, "off", 5001)
    assert arguments.overrides == ["seed=4", "tracking=off"]


def test_predict_tells_pictures_from_overrides(fake_stage: FakeStage, checkout: Path) -> None:
    (checkout / "a=b.png").write_bytes(b"")
    seen = fake_stage("predict")
    words = ["page.jpg", "seed=1", "a=b.png", "--alias", "candidate", "--out", "json", "--save", "drawn"]
    assert cli.main(["predict", *words]) == 0
    config, arguments = seen[0]
    assert arguments.inputs == [Path("page.jpg"), Path("a=b.png")]
    assert (config.seed, arguments.alias, arguments.out, arguments.save) == (1, "candidate", "json", Path("drawn"))
    assert arguments.task == "pages"
    assert (arguments.orientation, arguments.unwarping, arguments.textline_orientation) == (False, False, False)


def test_predict_can_straighten_what_it_reads(fake_stage: FakeStage) -> None:
    seen = fake_stage("predict")
    assert cli.main(["predict", "page.jpg", "--orientation", "--unwarping", "--textline-orientation"]) == 0
    assert (seen[0][1].orientation, seen[0][1].unwarping, seen[0][1].textline_orientation) == (True, True, True)


def test_help_says_which_options_fetch_a_model(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["predict", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    for option in ("--orientation", "--unwarping", "--textline-orientation"):
        assert option in said
    assert said.count("PaddleOCR's model for it is fetched the first time") == 3


@pytest.mark.parametrize(
    ("words", "split"),
    [(["--pages"], "test"), (["--pages", "val", "seed=3"], "val"), (["seed=3", "--pages"], "test")],
)
def test_eval_of_pages_is_a_stage_of_its_own(fake_stage: FakeStage, words: list[str], split: str) -> None:
    alone, pages = fake_stage("eval"), fake_stage("eval_pages")
    assert cli.main(["eval", *words]) == 0
    assert (alone, pages[0][1].pages) == ([], split)
    assert cli.main(["eval"]) == 0
    assert len(alone) == 1


def test_eval_of_tables_is_a_stage_of_its_own(fake_stage: FakeStage) -> None:
    tables = fake_stage("eval_tables")
    assert cli.main(["eval", "--tables", "val"]) == 0
    assert tables[0][1].tables == "val"


def test_pages_and_tables_are_scored_one_by_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(["eval", "--pages", "--tables"])
    assert end.value.code == 2
    assert "not allowed with argument" in capsys.readouterr().err


@pytest.mark.parametrize("word", ["tset", "dataset=wire_labels"])
def test_what_is_no_split_is_not_taken_for_one(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(["eval", "--pages", word])
    assert end.value.code == 2
    assert f"argument --pages: invalid choice: '{word}' (choose from" in capsys.readouterr().err


def test_a_sweep_gets_its_words_and_the_config_of_the_first_trial(fake_stage: FakeStage) -> None:
    seen = fake_stage("sweep", 1)
    status = cli.main(["train", "model=rec_crnn_r34,rec_crnn_mv3", "-m", "Optimizer.lr.learning_rate=1e-3,5e-4"])
    config, arguments = seen[0]
    assert status == 1  # what the stage returns when a trial has failed
    assert (config.model_name, config.Optimizer["lr"]["learning_rate"]) == ("rec_crnn_r34", 0.001)
    assert arguments.overrides == ["model=rec_crnn_r34,rec_crnn_mv3", "Optimizer.lr.learning_rate=1e-3,5e-4"]


def test_only_train_sweeps(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(["eval", "-m"])
    assert end.value.code == 2
    assert "unrecognized arguments: -m" in capsys.readouterr().err


def test_a_mistake_of_the_user_is_one_line_and_status_2(
    fake_stage: FakeStage, capsys: pytest.CaptureFixture[str]
) -> None:
    fake_stage("prepare", DatasetError("rec_gt.txt:3: no tab."))
    assert cli.main(["prepare"]) == 2
    assert capsys.readouterr().err == "paddock prepare: rec_gt.txt:3: no tab.\n"


def test_a_defect_keeps_its_traceback(fake_stage: FakeStage) -> None:
    fake_stage("prepare", ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        cli.main(["prepare"])


def test_ctrl_c_ends_with_status_130(fake_stage: FakeStage, capsys: pytest.CaptureFixture[str]) -> None:
    fake_stage("train", KeyboardInterrupt())
    assert cli.main(["train"]) == 130
    assert capsys.readouterr().err == "paddock train: interrupted\n"


def test_outside_a_project_the_program_says_so_in_one_line(tmp_path: Path) -> None:
    ended = paddock("train", folder=tmp_path)
    assert ended.returncode == 2
    assert ended.stderr == (
        "paddock train: there is no conf/config.yaml. Run paddock in the folder that holds conf/ and params.yaml.\n"
    )


def test_a_misspelt_key_ends_the_program_without_a_traceback() -> None:
    ended = paddock("train", "Optimizer.lr.learing_rate=1")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (
        "paddock train: unknown key Optimizer.lr.learing_rate (command line). Did you mean 'learning_rate'?\n"
    )


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    command = f"{sys.executable} -m paddock show | head -n 1"
    ended = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=REPOSITORY, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "Global:\n", "")
