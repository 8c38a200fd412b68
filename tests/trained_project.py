"""A project whose training is over, as ``paddock train`` leaves it, for tests of what comes after."""

import shutil
from pathlib import Path

import paddle

from paddock.config.compose import compose
from paddock.config.schema import Config
from paddock.config.stored import save
from paddock.core.files import write_json
from paddock.data.prepare import prepare_dataset
from paddock.ocr.tasks import open_task
from paddock.tracking.run import open_run
from tests.repository import REPOSITORY
from tests.tiny_recognizer import weights_of

OVERRIDES = [
    "experiment=null",
    "dataset=sample",
    "dataset.sample.num_pages=3",
    "Architecture.Backbone={name: MobileNetV3, scale: 0.35, model_name: small}",
    "Architecture.Neck.hidden_size=24",
    "export.parity_samples=3",
    "tracking.system_metrics=false",
    "hardware.threads=1",
]
"""The real config with a network small enough for a test."""


def make_project(folder: Path) -> Config:
    """Fill ``folder``, which must be the working directory: conf/, prepared data and outputs/rec/train."""
    shutil.copytree(REPOSITORY / "conf", folder / "conf")
    shutil.copyfile(REPOSITORY / "params.yaml", folder / "params.yaml")
    config = compose(OVERRIDES)
    prepare_dataset(config.dataset, config.seed, Path(config.prepared_dir))
    trained = Path(config.output_dir) / "train"
    trained.mkdir(parents=True)
    task = open_task(config)
    network = task.network()
    network.set_state_dict(weights_of(network))
    paddle.save(network.state_dict(), str(trained / "best_accuracy.pdparams"))
    task.write_dictionary(trained)
    save(config, trained / "config.yaml")
    write_json(trained / "metrics.json", {"val/acc": 0.5, "best_epoch": 1, "steps": 7})
    with open_run(config.tracking, name="rec_crnn_mv3 on sample", state=trained / "run.json"):
        pass
    return config
