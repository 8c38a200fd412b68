"""Who trains: the contract between the stages and an engine, and the table of engines."""

import os
from collections.abc import Callable
from contextlib import redirect_stderr
from dataclasses import dataclass
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any, Protocol
from warnings import catch_warnings, simplefilter

from paddock.config.schema import Config, ExportConfig, HardwareConfig
from paddock.core.build import did_you_mean
from paddock.core.errors import ConfigError
from paddock.ocr.datasets import DatasetRef
from paddock.tracking.tracker import Tracker


@dataclass(frozen=True)
class Fitted:
    """What a training left in its folder, and how it went."""

    metrics: dict[str, float]
    """Of the best checkpoint, under ``val/``; equal for equal trainings."""
    course: dict[str, float]
    """Speed, memory and time; never twice the same."""
    reason: str
    """Why it ended: ``finished``, ``patience`` or ``time limit``."""


@dataclass(frozen=True)
class Exported:
    """What an export left in its folder."""

    parity: dict[str, float]
    """How far the deployed model is from the trained one, under ``export/``."""
    dataset_digest: str
    """Hex SHA-256 of what the model learnt from."""


class Session(Protocol):
    """A training that has passed its preflight and waits to be started."""

    fingerprint: str
    """Equal for equal configs, data and code: names the folder in which a killed training finds its checkpoints."""
    datasets: list[DatasetRef]
    is_first: bool
    """Whether this process is the one that records and writes."""

    def fit(self, tracker: Tracker, scratch: Path) -> Fitted:
        """Train, or go on with what a killed training left in ``scratch``.

        Raises:
            PaddockError: the training cannot go on.
        """

    def write_outputs(self, scratch: Path, folder: Path) -> None:
        """Put best and latest checkpoint, dictionary, curves and gallery into ``folder``."""


class Engine(Protocol):
    """One way to train PaddleOCR's models."""

    def launch(self, hardware: HardwareConfig, work: Callable[..., object], *args: object) -> None:
        """Call ``work(*args)`` in as many processes as ``hardware`` names.

        Raises:
            EngineError: a process failed, or several machines must be started by Paddle's launcher.
        """

    def start(self, config: Config) -> Session:
        """Build everything and check it against the data; nothing is written yet.

        Raises:
            PaddockError: config, data or weights do not fit.
        """

    def evaluate(self, config: Config, weights: Path, split: str, folder: Path) -> dict[str, float]:
        """Score ``weights`` on a split, with a report in ``folder``.

        Raises:
            PaddockError: config, data or weights do not fit.
        """

    def export(self, config: Config, weights: Path, settings: ExportConfig, folder: Path) -> Exported:
        """Write ``weights`` into ``folder`` as PaddleOCR's runtime loads them, and hold that against the trained model.

        Args:
            config: of the training.

        Raises:
            ExportError: the runtime does not load the model, or reads something else than the trained one.
            PaddockError: config, data or weights do not fit.
        """


ENGINES = {"native": "paddock.engines.native"}


def open_engine(config: Config) -> Engine:
    """The engine that ``engine.name`` names, with the machine set up as ``hardware`` says.

    Raises:
        ConfigError: there is no such engine.
        EngineError: the machine lacks what ``hardware`` asks for.
    """
    name = config.engine.name
    if name not in ENGINES:
        raise ConfigError(f"there is no engine {name!r}. {did_you_mean(name, ENGINES)}")
    _load_paddle(config.hardware.threads or os.cpu_count() or 1)
    module: Any = import_module(ENGINES[name])
    engine: Engine = module.open_native(config)
    return engine


def _load_paddle(threads: int) -> None:
    """Import Paddle with so many threads for linear algebra, without its remarks on threads and on ccache."""
    os.environ["OMP_NUM_THREADS"] = str(threads)  # read once, when Paddle is loaded
    os.environ.setdefault("GLOG_minloglevel", "2")  # Paddle's C++ side tells of its internals as warnings
    with redirect_stderr(StringIO()), catch_warnings():
        simplefilter("ignore")
        import_module("paddle")
