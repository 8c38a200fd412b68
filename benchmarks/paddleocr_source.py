"""PaddleOCR's own network, loss and optimiser out of its source tree, put together as its tools/train.py does.

Written for releases 2.7 to 3.x, whose ``build_model``, ``build_loss`` and ``build_optimizer`` take the same arguments.
"""

import sys
from copy import deepcopy
from importlib import import_module
from pathlib import Path
from typing import Any

import paddle

from trainee import Trainee
from workloads import Workload


class SourceError(Exception):
    """The tree is none of PaddleOCR's, or cannot train this model."""


def open_paddleocr_trainee(folder: Path, config: Any, workload: Workload, threads: int) -> Trainee:
    """PaddleOCR's trainee for the batch that paddock's trainees learn.

    Raises:
        SourceError: ``folder`` lacks something, or this release does not take the config.
    """
    architecture, is_table = deepcopy(config.Architecture), config.Architecture["model_type"] == "table"
    if workload.num_classes is not None:
        architecture["Head"]["out_channels"] = workload.num_classes
    batch = [workload.images, *workload.targets]
    paddle.seed(config.seed)
    try:
        if not (folder / "ppocr").is_dir():
            raise FileNotFoundError("it has no folder ppocr")
        sys.path.insert(0, str(folder))
        model = import_module("ppocr.modeling.architectures").build_model(architecture)
        loss = import_module("ppocr.losses").build_loss(_without_nulls(config.Loss))
        build_optimizer = import_module("ppocr.optimizer").build_optimizer
        settings = _without_nulls(config.Optimizer)
        optimizer, schedule = build_optimizer(settings, epochs=1000, step_each_epoch=1000, model=model)
    except Exception as error:  # whatever a foreign tree raises
        raise SourceError(
            f"--against {folder}: {type(error).__name__}: {error}. Name the folder of a PaddleOCR source tree, release "
            "2.7 to 3.x, and install what its requirements.txt asks for."
        ) from error
    return Trainee(
        network=model,
        loss=lambda: loss(model(batch[0], data=batch[1:]) if is_table else model(batch[0]), batch)["loss"],
        optimizer=optimizer,
        schedule=schedule,
        threads=threads,
    )


def _without_nulls(section: Any) -> Any:
    """PaddleOCR takes a key with null for a setting."""
    if isinstance(section, dict):
        return {key: _without_nulls(value) for key, value in section.items() if value is not None}
    return deepcopy(section)
