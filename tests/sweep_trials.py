"""Tiny trial functions for sweeps; a module of its own, because trials run in processes that import them."""

import os
import signal
import time
from pathlib import Path

from paddock.config.schema import Config
from paddock.core.errors import DatasetError


def learning_rate(config: Config, folder: Path) -> float:
    """Returns what the sweep varies; refuses, dies or breaks at marked values."""
    value = float(config.Optimizer["lr"]["learning_rate"])
    if value == 7:
        raise DatasetError("labels.txt:3: no tab.")
    if value == 8:
        os.kill(os.getpid(), signal.SIGKILL)
    if value == 9:
        raise ZeroDivisionError("division by zero")
    (folder / "seen.txt").write_text(f"{config.model_name} {config.output_dir} {config.Global['save_model_dir']}")
    return value


def sleeps(config: Config, folder: Path) -> float:
    """Says who it is, then outlives any test."""
    (folder / "pid.txt").write_text(str(os.getpid()))
    time.sleep(300)
    return 0.0
