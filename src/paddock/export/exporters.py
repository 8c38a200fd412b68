"""The table of exports: a new task is a line here beside its line in `paddock.ocr.tasks`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from paddle import nn

from paddock.config.schema import ExportConfig
from paddock.export.recognition_parity import Parity
from paddock.export.recognition import export_recognition

Exporter = Callable[[Any, nn.Layer, ExportConfig, Path], Parity]
"""Task, trained network, settings and an empty folder to how far the deployed model is from the trained one."""

EXPORTERS: dict[str, Exporter] = {"rec": export_recognition}
