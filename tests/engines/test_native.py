"""The native engine on real, tiny projects, most of them for recognition."""

import csv
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import paddle
import psutil
import pytest

from paddock.accelerate import accelerated
from paddock.config.compose import compose
from paddock.config.schema import Config
from paddock.core.errors import CheckpointError, ConfigError, DatasetError, EngineError
from paddock.data.prepare import prepare_dataset
from paddock.data.prepared import read_labels
from paddock.engines.engine import open_engine
from paddock.tracking.tracker import NullTracker
from tests.tiny_table import prepared_tables
from tests.trained_project import OVERRIDES

pytestmark = pytest.mark.slow

TINY = [*OVERRIDES, "tracking=off", "Global.epoch_num=1", "Train.loader.batch_size_per_card=32"]


@pytest.fixture
def config(checkout: Path) -> Config:
    composed = compose(TINY)
    prepare_dataset(composed.dataset, composed.seed, Path(composed.prepared_dir))
    return composed


def global_(config: Config, **values: Any) -> Config:
    return replace(config, Global=config.Global | values)


def trained(config: Config, folder: Path) -> Path:
    session = open_engine(config).start(config)
    session.fit(NullTracker("x"), folder / "scratch")
    outputs = folder / "outputs"
    outputs.mkdir(parents=True)
    session.write_outputs(folder / "scratch", outputs)
    return outputs


def test_a_training_leaves_everything_that_later_stages_need(config: Config, tmp_path: Path) -> None:
    outputs = trained(config, tmp_path)

    assert {path.name for path in outputs.iterdir()} == {
        "best_accuracy.pdparams",
        "latest.pdparams",
        "latest.pdopt",
        "latest.states",
        "train_curve.csv",
        "val_curve.csv",
        "curves.png",
        "dict.txt",
        "gallery",
    }
    metrics = open_engine(config).evaluate(config, outputs / "best_accuracy.pdparams", "test", tmp_path / "eval")
    assert metrics["n_eval"] == len(read_labels(Path(config.test.label_file_list[0])))
    assert (tmp_path / "eval" / "samples.csv").exists()


def test_more_epochs_go_on_from_a_finished_training(config: Config, tmp_path: Path) -> None:
    outputs = trained(config, tmp_path)
    longer = global_(config, epoch_num=2, checkpoints=str(outputs / "latest"))

    fitted = open_engine(longer).start(longer).fit(NullTracker("x"), tmp_path / "more")

    assert fitted.metrics["steps"] == 2  # one an epoch
    assert (tmp_path / "more" / "best_accuracy.pdparams").exists()


def test_the_fingerprint_follows_from_settings_and_data_only(config: Config) -> None:
    def mark(changed: Config) -> str:
        return open_engine(changed).start(changed).fingerprint

    first = mark(config)
    assert mark(replace(config, output_dir="elsewhere")) == first
    assert mark(replace(config, seed=1)) != first
    labels = Path(config.prepared_dir) / "rec" / "rec_gt_train.txt"
    labels.write_text("".join(labels.read_text().splitlines(keepends=True)[1:]))
    assert mark(config) != first


def test_fine_tuning_reports_what_it_took(config: Config, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    outputs = trained(config, tmp_path)
    tuned = global_(config, pretrained_model=str(outputs / "best_accuracy"))

    with caplog.at_level("INFO"):
        open_engine(tuned).start(tuned)

    assert "100.0% of the network's values" in caplog.text
    assert "1 epochs x 1 steps = 1 steps of 32 samples x 1 devices, 1 evaluations" in caplog.text


def test_weights_of_another_dictionary_give_what_both_can_write(
    config: Config, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    outputs = trained(config, tmp_path)
    dictionary = outputs / "dict.txt"
    characters = dictionary.read_text().split()
    dictionary.write_text("\n".join([*characters[:3], "ß", *characters[4:]]) + "\n")
    tuned = global_(config, pretrained_model=str(outputs / "best_accuracy.pdparams"))

    with caplog.at_level("INFO"):
        open_engine(tuned).start(tuned)
    assert f"start fresh: {characters[3]!r}; 1 of theirs are gone: 'ß'" in caplog.text
    dictionary.rename(tmp_path / "elsewhere.txt")
    given = replace(tuned, training=replace(tuned.training, pretrained_dictionary=str(tmp_path / "elsewhere.txt")))
    caplog.clear()
    with caplog.at_level("INFO"):
        open_engine(given).start(given)
    assert f"by {tmp_path / 'elsewhere.txt'}: " in caplog.text
    (tmp_path / "elsewhere.txt").write_text("A\nB\n")
    with pytest.raises(CheckpointError, match=r"elsewhere\.txt makes 4 or 3 classes, the weights have \d+: it is not"):
        open_engine(given).start(given)


def test_weights_of_another_dictionary_cannot_be_scored(config: Config, tmp_path: Path) -> None:
    outputs = trained(config, tmp_path)
    (outputs / "dict.txt").write_text("A\nB\n")
    other = global_(config, character_dict_path=str(outputs / "dict.txt"))

    with pytest.raises(CheckpointError, match="Was it trained with another dictionary or model"):
        open_engine(other).evaluate(other, outputs / "best_accuracy.pdparams", "test", tmp_path / "eval")


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"pretrained_model": "none"}, CheckpointError, r"none\.pdparams cannot be read"),
        ({"checkpoints": "none/latest"}, CheckpointError, r"none/latest\.states does not exist"),
        ({"epoch_num": 0}, ConfigError, r"Global\.epoch_num is 0"),
        ({"character_dict_path": "none.txt"}, DatasetError, r"dictionary none\.txt is missing"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_written(
    config: Config, tmp_path: Path, changes: dict[str, Any], error: type[Exception], message: str
) -> None:
    wrong = global_(config, **changes)

    with pytest.raises(error, match=message):
        open_engine(wrong).start(wrong).fit(NullTracker("x"), tmp_path / "scratch")

    assert not (tmp_path / "scratch").exists()


def test_data_that_were_never_prepared_are_named_with_the_command(checkout: Path) -> None:
    config = compose(TINY)

    with pytest.raises(DatasetError, match=r"dict\.txt is missing"):
        open_engine(config).start(config)


def test_a_gpu_that_is_not_there_is_said_to_be_missing(config: Config) -> None:
    with pytest.raises(EngineError, match=r"hardware\.device is gpu, but this Paddle .* finds none.*use hardware=cpu"):
        open_engine(compose([*TINY, "hardware=gpu"]))


@pytest.mark.parametrize("threads", [2, 1])
def test_a_step_has_the_threads_of_hardware_also_where_paddle_was_loaded_with_others(
    config: Config, tmp_path: Path, threads: int
) -> None:
    process = psutil.Process()

    def others_s() -> float:
        return sum(entry.user_time for entry in process.threads() if entry.id != threading.get_native_id())

    chosen = replace(config, hardware=replace(config.hardware, threads=threads))
    network, images = open_engine(chosen).start(chosen).network, paddle.rand([16, 3, 32, 100])
    with accelerated(network, threads):
        network(images)
        before_s = others_s()
        for _ in range(5):
            network(images)

    assert (others_s() - before_s > 0.02) == (threads == 2)


def test_an_unknown_engine_is_refused(config: Config) -> None:
    with pytest.raises(ConfigError, match=r"there is no engine 'nativ'. Did you mean 'native'"):
        open_engine(replace(config, engine=replace(config.engine, name="nativ")))


def test_a_table_model_is_trained_and_scored_accelerated_or_not_to_the_same_losses(
    checkout: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    words = ["tracking=off", "Global.epoch_num=2", "Global.print_batch_step=1", "Optimizer.lr.learning_rate=5e-5"]
    losses = []
    for accelerate in ("true", "false"):
        config = prepared_tables(tmp_path / accelerate, *words, f"hardware.accelerate={accelerate}")
        outputs = trained(config, tmp_path / accelerate)
        with (outputs / "train_curve.csv").open(newline="") as file:
            losses.append([float(row["loss"]) for row in csv.DictReader(file)])

    assert len(losses[0]) == 4
    assert losses[0] == pytest.approx(losses[1], rel=1e-3)
    assert not [record for record in caplog.records if "oneDNN cannot" in record.getMessage()]
    metrics = open_engine(config).evaluate(config, outputs / "best_accuracy.pdparams", "test", tmp_path / "eval")
    assert list(metrics) == ["acc", "teds_structure", "cell_iou", "n_eval", "n_unreadable"]
    names = {path.name for path in (tmp_path / "eval").iterdir() if path.suffix != ".jpg"}
    assert names == {
        "by_cells.json", "by_cells.png", "by_spans.json", "by_spans.png", "metrics.json", "samples.csv"
    }  # fmt: skip
    assert len(list((tmp_path / "eval").glob("*_teds_*.jpg"))) == 2
    assert (outputs / "dict.txt").read_text().startswith("<thead>\n")
