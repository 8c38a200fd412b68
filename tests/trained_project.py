"""Projects whose training is over, as ``paddock train`` leaves them, for tests of what comes after."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import paddle

from paddock.config.compose import compose
from paddock.config.schema import Config
from paddock.config.stored import save
from paddock.core.files import write_json
from paddock.data.prepare import prepare_dataset
from paddock.ocr.tasks import open_task
from paddock.tracking.provenance import run_name
from paddock.tracking.run import open_run
from tests import tiny_detector, tiny_recognizer
from tests.repository import REPOSITORY

OVERRIDES = [
    "experiment=null",
    "dataset=sample",
    "dataset.sample.num_pages=3",
    "dataset.sample.num_tables=0",
    "Architecture.Backbone={name: MobileNetV3, scale: 0.35, model_name: small}",
    "Architecture.Neck.hidden_size=24",
    "export.parity_samples=3",
    "tracking.system_metrics=false",
    "hardware.threads=1",
]
"""The real config with a network small enough for a test."""


DET_OVERRIDES = [*tiny_detector.OVERRIDES, "dataset.raw=raw", "PostProcess.unclip_ratio=4.0"]
"""With boxes that are grown too far, which evaluation mends."""


def make_project(folder: Path) -> Config:
    """Fill ``folder``, which must be the working directory: conf/, prepared data and outputs/rec/train."""
    _copy_settings(folder)
    return _trained(compose(OVERRIDES), tiny_recognizer.weights_of)


def make_det_project(folder: Path) -> Config:
    """The same for a detector, which finds the bars of the prepared pages: outputs/det/train."""
    _copy_settings(folder)
    tiny_detector.write_pages(folder / "raw")
    return _trained(compose(DET_OVERRIDES), tiny_detector.weights_of)


def _copy_settings(folder: Path) -> None:
    shutil.copytree(REPOSITORY / "conf", folder / "conf")
    shutil.copyfile(REPOSITORY / "params.yaml", folder / "params.yaml")


def _trained(config: Config, weights_of: Callable[[paddle.nn.Layer], dict[str, Any]]) -> Config:
    prepare_dataset(config.dataset, config.seed, Path(config.prepared_dir))
    trained = Path(config.output_dir) / "train"
    trained.mkdir(parents=True)
    task = open_task(config)
    network = task.network()
    network.set_state_dict(weights_of(network))
    paddle.save(network.state_dict(), str(trained / "best_accuracy.pdparams"))
    task.write_dictionary(trained)
    save(config, trained / "config.yaml")
    indicator = config.Metric["main_indicator"]
    write_json(trained / "metrics.json", {f"val/{indicator}": 0.5, "best_epoch": 1, "steps": 7})
    with open_run(config.tracking, name=run_name(config), state=trained / "run.json"):
        pass
    return config
