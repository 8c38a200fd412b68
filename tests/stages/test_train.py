"""train: what a run records of the data that it learns from."""

import shutil
from pathlib import Path

import pytest

from paddock.config.compose import compose
from paddock.config.schema import Config
from paddock.core.files import read_json
from paddock.stages import train
from paddock.tracking import store as stores
from tests.trained_project import OVERRIDES

pytestmark = pytest.mark.slow


def test_a_run_holds_the_report_and_the_digest_of_its_data(trained: Config) -> None:
    shutil.rmtree("outputs")
    shutil.rmtree("mlruns")
    client = stores.connect(stores.project_store())  # made beforehand, so that a busy machine sends in time
    train.run(compose([*OVERRIDES, "Global.epoch_num=1", "Train.loader.batch_size_per_card=32"]))
    run_id = read_json(Path("outputs/rec/train/run.json"))["run_id"]
    assert {artifact.path for artifact in client.list_artifacts(run_id, "data")} == {
        "data/report.html",
        "data/stats.json",
    }
    tags = client.get_run(run_id).data.tags
    prepared = Path(trained.prepared_dir)
    assert tags["paddock.data.rec"] == read_json(prepared / "rec/stats.json")["digest"]
    assert tags["paddock.data.det"] == read_json(prepared / "det/stats.json")["digest"]
