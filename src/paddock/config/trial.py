"""One trial of a sweep: its words become a config, its work runs in a child process, its end stands in trial.json."""

import logging
import math
import multiprocessing
import signal
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig

from paddock.config.compose import compose
from paddock.config.overrides import quoted
from paddock.config.schema import Config
from paddock.core.errors import PaddockError
from paddock.core.files import read_json, write_json
from paddock.core.log import start_log
from paddock.core.processes import end_with_parent

log = logging.getLogger(__name__)

RESULT = "trial.json"

Trial = Callable[[Config, Path], float]
"""What a trial does: (its config, its folder) -> the number that a good trial has large."""


@dataclass(frozen=True)
class TrialResult:
    """How one trial ended."""

    number: int
    overrides: list[str]
    """Its words, without those that paddock adds."""
    folder: str
    status: str
    """``ok`` or ``failed``."""
    value: float | None
    error: str | None
    """One line."""
    traceback: str | None
    """Only for what is no `PaddockError`."""
    seconds: float


@dataclass(frozen=True)
class TrialTask:
    """What Hydra's launchers call, in this process or in a worker, once a trial."""

    trial: Trial
    root: Path

    def __call__(self, _: DictConfig) -> float:
        """Run the trial that Hydra's own config describes.

        Returns:
            What the trial returned; not a number if it failed, so that the other trials go on.
        """
        job = HydraConfig.get()
        words = [word.lstrip("+") for word in job.overrides.task]
        folder = Path(job.runtime.output_dir)
        number = int(job.job.num)
        result = _in_child(self.trial, self.root, words, folder, number)
        return math.nan if result.value is None else result.value


def read_results(folder: Path) -> list[TrialResult]:
    """The results below a sweep's folder, by number."""
    results = [TrialResult(**read_json(path)) for path in folder.glob(f"*/{RESULT}")]
    return sorted(results, key=lambda result: result.number)


def best_of(results: Sequence[TrialResult]) -> TrialResult | None:
    """The first of the trials with the largest value; None when all failed."""
    scored = [result for result in results if result.value is not None]
    return max(scored, key=lambda result: result.value or 0.0, default=None)


def table(results: Sequence[TrialResult], indicator: str) -> list[str]:
    """Lines for a terminal: the trials, best first, and which one that is.

    Args:
        indicator: name of the trials' values.
    """
    lines = [f"{'trial':<7}{indicator:<12}{'seconds':<9}settings"]
    for result in sorted(results, key=lambda result: -(result.value if result.value is not None else -1.0)):
        value = f"{result.value:.4f}" if result.value is not None else "failed"
        lines.append(f"#{result.number:<6}{value:<12}{result.seconds:<9.0f}{' '.join(result.overrides)}")
        if result.error:
            lines.append(f"       {result.error}")
    if best := best_of(results):
        words = " ".join(best.overrides)
        lines.append(f"best: #{best.number} {words}, {indicator} {best.value:.4f}, in {best.folder}/train")
    return lines


def _in_child(trial: Trial, root: Path, words: list[str], folder: Path, number: int) -> TrialResult:
    """A child, because a process that the system kills for its memory must not take the sweep along."""
    started = time.monotonic()
    if multiprocessing.get_start_method() not in multiprocessing.get_all_start_methods():
        # A worker of joblib calls its method "loky"; a child is told that name and would not know it.
        multiprocessing.set_start_method("spawn", force=True)
    child = multiprocessing.get_context("spawn").Process(
        target=_run, args=(trial, root, words, folder, number), name=f"trial {number}"
    )
    child.start()
    try:
        child.join()
    finally:
        child.kill()  # after Ctrl-C; a child that has ended does not mind
    if not (folder / RESULT).exists():
        seconds = time.monotonic() - started
        death = TrialResult(number, words, str(folder), "failed", None, _death(child.exitcode), None, seconds)
        write_json(folder / RESULT, asdict(death))
        log.warning("trial %d: %s", number, death.error)
    return TrialResult(**read_json(folder / RESULT))


def _run(trial: Trial, root: Path, words: list[str], folder: Path, number: int) -> None:
    """The child: compose, work, write how it ended."""
    end_with_parent()
    start_log(prefix=f"[{number}] ")
    log.info("trial %d: %s", number, " ".join(words))
    started = time.monotonic()
    value: float | None = None
    error: str | None = None
    trace: str | None = None
    try:
        value = float(trial(compose([*_own_folders(words, folder, root), *words], root), folder))
        if math.isnan(value):
            value, error = None, "the trial's result is not a number"
    except PaddockError as mistake:
        error = str(mistake)
    except KeyboardInterrupt:  # the sweep, which got it too, ends with it
        error = "interrupted"
    except Exception as defect:  # whatever it is, it is this trial's alone
        error, trace = f"{type(defect).__name__}: {defect}", traceback.format_exc()
    status = "ok" if error is None else "failed"
    seconds = time.monotonic() - started
    log.info("trial %d: %s after %.0f s", number, error or value, seconds)
    write_json(folder / RESULT, asdict(TrialResult(number, words, str(folder), status, value, error, trace, seconds)))


def _own_folders(words: list[str], folder: Path, root: Path) -> list[str]:
    """A trial writes below its own folder, never into the pipeline's outputs, unless its words say where."""
    place = folder.relative_to(root) if folder.is_relative_to(root) else folder
    given = {word.split("=", 1)[0] for word in words}
    own = {"output_dir": place, "metrics_dir": place / "metrics"}
    return [f"{key}={quoted(str(path))}" for key, path in own.items() if key not in given]


def _death(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        name = signal.Signals(-exit_code).name
        hint = " (out of memory, most likely)" if name == "SIGKILL" else ""
        return f"killed by {name}{hint}"
    return f"ended with status {exit_code} without a result"
