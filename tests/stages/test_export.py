"""export: package, parity, registry, metrics; nothing of it when the package is not the trained model."""

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from mlflow import MlflowClient

from paddock.config.schema import Config, Store
from paddock.core.errors import CheckpointError, ConfigError, ExportError
from paddock.core.files import read_json, write_json
from paddock.stages import export
from paddock.tracking import store as stores
from tests.trained_project import OVERRIDES

pytestmark = pytest.mark.slow


def _client() -> MlflowClient:
    return stores.connect(stores.project_store())


def test_the_package_holds_what_paddleocr_loads_and_what_it_is(exported: Config) -> None:
    names = {path.name for path in Path("outputs/rec/export").iterdir()}
    identity = read_json(Path("outputs/rec/export/paddock.json"))

    assert names == {"inference.json", "inference.pdiparams", "inference.yml", "dict.txt", "paddock.json"}
    assert identity["model"] == "rec_crnn_mv3"
    assert identity["deployed_as"] == "PP-OCRv3_mobile_rec"
    assert identity["dataset"] == "sample"
    assert len(identity["dataset_digest"]) == 64
    assert identity["metrics"] == {"val/acc": 0.5}


def test_the_first_version_has_both_aliases_and_says_where_it_comes_from(exported: Config) -> None:
    version = _client().get_model_version_by_alias("paddock-rec", "champion")

    assert version.version == _client().get_model_version_by_alias("paddock-rec", "candidate").version
    assert version.run_id == read_json(Path("outputs/rec/train/run.json"))["run_id"]
    assert (version.tags["model"], version.tags["dataset"]) == ("rec_crnn_mv3", "sample")
    assert (version.tags["val/acc"], version.tags["test/acc"]) == ("0.5", "0.25")


def test_parity_is_measured_on_validation_pictures_and_recorded_in_the_run_of_the_training(exported: Config) -> None:
    metrics = read_json(Path("metrics/rec/export.json"))
    run = _client().get_run(read_json(Path("outputs/rec/train/run.json"))["run_id"])

    assert metrics["export/num_samples"] == 3
    assert metrics["export/max_input_difference"] == 0
    assert metrics["export/max_difference"] < 1e-4
    assert run.data.metrics["export/max_difference"] == pytest.approx(metrics["export/max_difference"])


def test_the_dictionary_of_the_training_is_exported_whatever_was_prepared_since(exported: Config) -> None:
    own = Path("outputs/rec/train/dict.txt").read_bytes()

    assert Path("outputs/rec/export/dict.txt").read_bytes() == own
    assert Path(exported.Global["character_dict_path"]).read_bytes() != own


def test_without_tracking_the_package_is_made_and_not_registered(
    trained: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    export.run(replace(trained, tracking=replace(trained.tracking, store=Store.off)))

    assert Path("outputs/rec/export/inference.json").is_file()
    assert "not registered, because tracking is off" in capsys.readouterr().out
    assert _client().search_registered_models() == []


def test_a_package_that_fails_the_gate_is_neither_kept_nor_registered(trained: Config) -> None:
    with pytest.raises(ExportError, match=r"above export\.tolerance=-1"):
        export.run(replace(trained, export=replace(trained.export, tolerance=-1.0)))

    assert [path.name for path in Path("outputs/rec").iterdir()] == ["train"]
    assert not Path("metrics/rec/export.json").exists()
    assert _client().search_registered_models() == []


def test_weights_for_another_dictionary_are_refused(trained: Config) -> None:
    Path("outputs/rec/train/dict.txt").write_text("A\nB\n", encoding="utf-8")

    with pytest.raises(CheckpointError, match=r"best_accuracy\.pdparams does not fit the network"):
        export.run(trained)

    assert not Path("outputs/rec/export").exists()


def test_without_a_training_there_is_nothing_to_export(trained: Config) -> None:
    shutil.rmtree("outputs/rec/train")

    with pytest.raises(ConfigError, match="Train first"):
        export.run(trained)


@pytest.mark.slow
def test_a_second_export_of_the_same_training_registers_nothing_new(trained: Config) -> None:
    command = [sys.executable, "-m", "paddock", "export", *OVERRIDES]

    first, second = (subprocess.run(command, check=True, capture_output=True, text=True) for _ in range(2))

    assert "version 1 (new)" in first.stderr
    assert "version 1 (registered before)" in second.stderr


def test_a_detectors_package_has_the_thresholds_that_evaluation_chose(read_pages: Config) -> None:
    chosen = read_json(Path("outputs/det/eval/postprocess.json"))
    stored = yaml.safe_load(Path("outputs/det/export/inference.yml").read_text(encoding="utf-8"))["PostProcess"]
    metrics = read_json(Path("metrics/det/export.json"))

    assert chosen["unclip_ratio"] != read_pages.PostProcess["unclip_ratio"]
    assert {name: stored[name] for name in chosen} == chosen
    assert stored["max_candidates"] == read_pages.PostProcess["max_candidates"]
    assert (metrics["export/same_boxes"], metrics["export/hmean_deployed"]) == (1, 1)
    version = _client().get_model_version_by_alias("paddock-det", "champion")
    assert (version.tags["task"], version.tags["test/hmean"]) == ("det", "1")
    source = Path(_client().get_model_version_download_uri("paddock-det", version.version).removeprefix("file://"))
    assert (source / "pyfunc_detector.py").is_file()


def test_thresholds_that_were_chosen_for_another_training_are_not_exported(trained_det: Config) -> None:
    write_json(Path("outputs/det/eval/run.json"), {"local_id": "another", "run_id": None, "experiment": "e"})
    write_json(Path("outputs/det/eval/postprocess.json"), {"unclip_ratio": 1.2})

    export.run(replace(trained_det, tracking=replace(trained_det.tracking, store=Store.off)))

    stored = yaml.safe_load(Path("outputs/det/export/inference.yml").read_text(encoding="utf-8"))["PostProcess"]
    assert stored["unclip_ratio"] == trained_det.PostProcess["unclip_ratio"]
