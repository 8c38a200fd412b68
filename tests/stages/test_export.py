"""export: package, parity, registry, metrics; nothing of it when the package is not the trained model."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from mlflow import MlflowClient
from tests.trained_project import make_project

from paddock.config.schema import Config, Store
from paddock.core.errors import CheckpointError, ConfigError, ExportError
from paddock.core.files import read_json, write_json
from paddock.stages import export
from paddock.tracking import store as stores


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Config]:
    """A trained project, made once."""
    folder = tmp_path_factory.mktemp("trained")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        patch.delenv("DVC_ROOT", raising=False)
        patch.chdir(folder)
        return folder, make_project(folder)


@pytest.fixture
def config(template: tuple[Path, Config], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """The config of a copy of the project, which is the working directory."""
    folder, config = template
    project = Path(shutil.copytree(folder, tmp_path / "project"))
    monkeypatch.chdir(project)
    return config


def _client() -> MlflowClient:
    return stores.connect(stores.project_store())


def test_a_trained_model_becomes_a_package_and_the_first_version_under_both_aliases(
    config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    export.run(config)

    names = {path.name for path in Path("outputs/rec/export").iterdir()}
    assert names == {"inference.json", "inference.pdiparams", "inference.yml", "dict.txt", "paddock.json"}
    version = _client().get_model_version_by_alias("paddock-rec", "champion")
    assert version.version == _client().get_model_version_by_alias("paddock-rec", "candidate").version
    assert version.tags["model"] == "rec_crnn_mv3"
    assert version.tags["val/acc"] == "0.5"
    assert version.run_id == read_json(Path("outputs/rec/train/run.json"))["run_id"]
    assert "written to outputs/rec/export" in capsys.readouterr().out


def test_parity_is_measured_on_validation_pictures_and_recorded_in_the_run_of_the_training(config: Config) -> None:
    export.run(config)

    metrics = read_json(Path("metrics/rec/export.json"))
    run = _client().get_run(read_json(Path("outputs/rec/train/run.json"))["run_id"])
    assert metrics["export/num_samples"] == 3
    assert metrics["export/max_input_difference"] == 0
    assert metrics["export/max_difference"] < 1e-4
    assert run.data.metrics["export/max_difference"] == pytest.approx(metrics["export/max_difference"])


def test_the_package_says_which_model_it_is(config: Config) -> None:
    export.run(config)

    identity = read_json(Path("outputs/rec/export/paddock.json"))
    assert (identity["model"], identity["dataset"], identity["deployed_as"]) == (
        "rec_crnn_mv3",
        "sample",
        "PP-OCRv3_mobile_rec",
    )
    assert identity["metrics"] == {"val/acc": 0.5}
    assert len(identity["dataset_digest"]) == 64


def test_the_dictionary_of_the_training_is_exported_whatever_was_prepared_since(config: Config) -> None:
    own = Path("outputs/rec/train/dict.txt").read_text(encoding="utf-8")
    Path(config.Global["character_dict_path"]).write_text("A\nB\n", encoding="utf-8")

    export.run(config)

    assert Path("outputs/rec/export/dict.txt").read_text(encoding="utf-8") == own


def test_test_scores_of_this_training_stand_beside_the_version(config: Config) -> None:
    write_json(Path("outputs/rec/eval/metrics.json"), {"test/acc": 0.25})
    shutil.copyfile("outputs/rec/train/run.json", "outputs/rec/eval/run.json")

    export.run(config)

    assert _client().get_model_version_by_alias("paddock-rec", "candidate").tags["test/acc"] == "0.25"


def test_without_tracking_the_package_is_made_and_not_registered(
    config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    export.run(replace(config, tracking=replace(config.tracking, store=Store.off)))

    assert Path("outputs/rec/export/inference.json").is_file()
    assert "not registered, because tracking is off" in capsys.readouterr().out
    assert _client().search_registered_models() == []


def test_a_package_that_fails_the_gate_is_neither_kept_nor_registered(config: Config) -> None:
    with pytest.raises(ExportError, match=r"above export\.tolerance=-1"):
        export.run(replace(config, export=replace(config.export, tolerance=-1.0)))

    assert [path.name for path in Path("outputs/rec").iterdir()] == ["train"]
    assert not Path("metrics/rec/export.json").exists()
    assert _client().search_registered_models() == []


def test_weights_for_another_dictionary_are_refused(config: Config) -> None:
    Path("outputs/rec/train/dict.txt").write_text("A\nB\n", encoding="utf-8")

    with pytest.raises(CheckpointError, match=r"best_accuracy\.pdparams does not fit the network"):
        export.run(config)

    assert not Path("outputs/rec/export").exists()


def test_without_a_training_there_is_nothing_to_export(config: Config) -> None:
    shutil.rmtree("outputs/rec/train")

    with pytest.raises(ConfigError, match="Train first"):
        export.run(config)
