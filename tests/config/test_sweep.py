import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import psutil
import pytest

from paddock.config.schema import Config
from paddock.config.sweep import first_trial, run_sweep
from paddock.core.errors import ConfigError, PaddockError
from tests.repository import REPOSITORY
from tests.sweep_trials import learning_rate

pytestmark = pytest.mark.slow

LAUNCHERS = [[], ["hydra/launcher=joblib", "hydra.launcher.n_jobs=2"]]


@pytest.mark.slow
@pytest.mark.parametrize("launcher", LAUNCHERS, ids=["basic", "joblib"])
def test_trials_that_fail_die_or_break_do_not_stop_the_others(checkout: Path, launcher: list[str]) -> None:
    results = run_sweep(["model=rec_crnn_r34", "Optimizer.lr.learning_rate=7,8,9,0.5", *launcher], learning_rate)
    assert [(result.number, result.status, result.value) for result in results] == [
        (0, "failed", None),
        (1, "failed", None),
        (2, "failed", None),
        (3, "ok", 0.5),
    ]
    assert results[0].error == "labels.txt:3: no tab."
    assert results[0].traceback is None
    assert results[1].error == "killed by SIGKILL (out of memory, most likely)"
    assert results[2].error == "ZeroDivisionError: division by zero"
    assert "learning_rate" in str(results[2].traceback)
    assert results[3].overrides == ["model=rec_crnn_r34", "Optimizer.lr.learning_rate=0.5"]


def test_every_combination_writes_into_its_own_folder_and_leaves_a_trial_json(checkout: Path) -> None:
    results = run_sweep(["model=rec_crnn_mv3,rec_crnn_r34"], learning_rate)
    folders = [Path(result.folder) for result in results]
    assert [folder.parent.parent.parent for folder in folders] == [checkout / "multirun"] * 2
    for folder, model in zip(folders, ["rec_crnn_mv3", "rec_crnn_r34"], strict=True):
        place = folder.relative_to(checkout)
        assert (folder / "seen.txt").read_text() == f"{model} {place} {place}/train"
        assert json.loads((folder / "trial.json").read_text())["status"] == "ok"
    assert not (checkout / "outputs").exists()


@pytest.mark.slow
def test_a_result_that_is_not_a_number_is_a_failure(checkout: Path) -> None:
    (result,) = run_sweep(["seed=1"], partial(not_a_number))
    assert (result.status, result.value, result.error) == ("failed", None, "the trial's result is not a number")


def not_a_number(config: Config, folder: Path) -> float:
    return float("nan")


@pytest.mark.slow
def test_a_value_that_needs_quotes_reaches_the_trial_as_it_was_typed(checkout: Path) -> None:
    (result,) = run_sweep(["Global.pretrained_model=/data/Prüfung 'A'/x.pdparams"], weights_exist_by_that_name)
    assert (result.error, result.value) == (None, 1.0)


def weights_exist_by_that_name(config: Config, folder: Path) -> float:
    return float(config.Global["pretrained_model"] == "/data/Prüfung 'A'/x.pdparams")


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_a_sweep_that_is_ended_takes_its_trial_along(checkout: Path, end: signal.Signals) -> None:
    program = "from paddock.config.sweep import run_sweep\nfrom tests.sweep_trials import sleeps\n"
    (checkout / "main.py").write_text(f"{program}if __name__ == '__main__':\n    run_sweep(['seed=1'], sleeps)\n")
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    with subprocess.Popen([sys.executable, "main.py"], env=environment, stderr=subprocess.DEVNULL) as sweep:
        written = wait_for(lambda: [path for path in checkout.glob("multirun/*/*/0/pid.txt") if path.read_text()])
        trial = int(written[0].read_text())
        os.kill(sweep.pid, end)
    assert wait_for(lambda: not psutil.pid_exists(trial))


T = TypeVar("T")


def wait_for(found: Callable[[], T]) -> T:
    """What ``found`` returns as soon as it is anything, at the latest after 20 s."""
    deadline = time.monotonic() + 20
    while not (result := found()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return result


@pytest.mark.slow
def test_two_sweeps_in_one_second_do_not_share_a_folder(checkout: Path) -> None:
    folders = {Path(run_sweep(["seed=1"], learning_rate)[0].folder).parent for _ in range(2)}
    assert len(folders) == 2


REFUSED = {
    "model=rec_crnn_mv3,rec_crnn_r35": r"there is no conf/model/rec_crnn_r35\.yaml\. Did you mean 'rec_crnn_r34'",
    "Optimizer.lr.learning_rat=1,2": r"unknown key Optimizer\.lr\.learning_rat \(command line\)",
    "Global.epoch_num=many,2": r"Global\.epoch_num \(command line\) must be a whole number",
    "hydra/launcher=jobli": r"hydra/launcher=jobli: .* Available options in 'hydra/launcher': basic joblib$",
    "hydra.launcher.jobs=2": r"hydra\.launcher\.jobs=2: .*jobs",
}


@pytest.mark.parametrize("word", REFUSED)
def test_a_wrong_word_is_refused_before_anything_runs(checkout: Path, word: str) -> None:
    with pytest.raises(ConfigError, match=REFUSED[word]):
        run_sweep([word], learning_rate)
    assert not (checkout / "multirun").exists()


def test_the_first_trial_is_composed_from_the_first_value_of_each_word(checkout: Path) -> None:
    words = ["model=rec_crnn_r34,rec_crnn_mv3", "seed=range(4,6)", "training.min_delta=interval(0.1,1)"]
    config = first_trial([*words, "hydra/launcher=joblib"])
    assert (config.model_name, config.seed, config.training.min_delta) == ("rec_crnn_r34", 4, 0.1)


@pytest.mark.slow
def test_all_files_of_a_group_can_be_tried(checkout: Path) -> None:
    words = ["model=glob(rec_crnn_*)"]
    assert first_trial(words).model_name == "rec_crnn_mv3"
    results = run_sweep(words, learning_rate)
    assert [result.overrides for result in results] == [["model=rec_crnn_mv3"], ["model=rec_crnn_r34"]]


def test_a_launcher_that_breaks_is_one_line_with_the_place_of_the_results(checkout: Path) -> None:
    with pytest.raises(PaddockError, match=r"the launcher stopped after 0 finished trials: .* Their results lie in"):
        run_sweep(["seed=1,2", "hydra/launcher=joblib", "hydra.launcher.n_jobs=0"], learning_rate)


def test_a_folder_that_cannot_be_written_is_refused(checkout: Path) -> None:
    (checkout / "multirun").write_text("")
    with pytest.raises(PaddockError, match=r"cannot write .*multirun"):
        run_sweep(["seed=1"], learning_rate)
