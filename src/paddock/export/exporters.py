"""The table of exports: a new task is a line here beside its line in `paddock.ocr.tasks`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from paddle import nn

from paddock.config.schema import ExportConfig
from paddock.export.detection import export_detection
from paddock.export.recognition import export_recognition
from paddock.export.table import export_table


class Parity(Protocol):
    """How far a deployed model is from the trained one."""

    def metrics(self) -> dict[str, float]:
        """Values for metrics files and the tracking store, under ``export/``."""


Exporter = Callable[[Any, nn.Layer, ExportConfig, Path], Parity]
"""Task, trained network, settings and an empty folder to how far the deployed model is from the trained one."""

EXPORTERS: dict[str, Exporter] = {"det": export_detection, "rec": export_recognition, "table": export_table}
