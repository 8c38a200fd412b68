import json
import logging
import time
from dataclasses import replace
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.entities import Run

from paddock.config.schema import Store, TrackingConfig
from paddock.core.errors import TrackingError
from paddock.tracking import courier
from paddock.tracking import outbox as outboxes
from paddock.tracking import store as stores
from paddock.tracking.run import open_run, read_state


def only_run(client: MlflowClient, experiment: str = "paddock-rec") -> Run:
    found = client.get_experiment_by_name(experiment)
    runs = client.search_runs([found.experiment_id])
    assert len(runs) == 1
    return runs[0]


def test_a_run_has_everything_that_was_recorded(project: Path, config: TrackingConfig, client: MlflowClient) -> None:
    (project / "gallery").mkdir()
    (project / "gallery" / "worst.txt").write_text("1")
    (project / "dict.txt").write_text("a\nb\n")
    with open_run(config, name="crnn on sample", tags={"engine": "native"}) as tracker:
        tracker.params({"Global.epoch_num": 3, "Optimizer.lr.learning_rate": 1e-3})
        for step in range(5):
            tracker.metrics({"train/loss": 1.0 / (step + 1), "val/acc": step / 10}, step)
        tracker.dataset("sample", "d" * 64, "data/prepared/sample", "train")
        tracker.artifact(project / "gallery")
        tracker.artifact(project / "dict.txt", "conf")
    run = only_run(client)
    assert run.info.run_name == "crnn on sample"
    assert run.info.status == "FINISHED"
    assert run.data.params == {"Global.epoch_num": "3", "Optimizer.lr.learning_rate": "0.001"}
    assert run.data.metrics == {"train/loss": 0.2, "val/acc": 0.4}
    assert [metric.step for metric in client.get_metric_history(run.info.run_id, "train/loss")] == [0, 1, 2, 3, 4]
    assert run.data.tags["engine"] == "native"
    assert [file.path for file in client.list_artifacts(run.info.run_id, "gallery")] == ["gallery/worst.txt"]
    assert [file.path for file in client.list_artifacts(run.info.run_id, "conf")] == ["conf/dict.txt"]
    dataset = run.inputs.dataset_inputs[0]
    assert (dataset.dataset.name, dataset.dataset.digest) == ("sample/train", "d" * 36)
    assert {tag.key: tag.value for tag in dataset.tags} == {"mlflow.data.context": "train", "paddock.digest": "d" * 64}


def test_one_data_set_can_be_the_input_of_training_and_of_the_test(
    project: Path, config: TrackingConfig, client: MlflowClient
) -> None:
    with open_run(config, name="crnn") as tracker:
        tracker.dataset("sample", "d" * 64, "data", "train")
        tracker.dataset("sample", "d" * 64, "data", "test")
    names = {entry.dataset.name for entry in only_run(client).inputs.dataset_inputs}
    assert names == {"sample/train", "sample/test"}


def test_a_table_is_one_that_mlflow_loads(
    project: Path, config: TrackingConfig, client: MlflowClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_run(config, name="crnn") as tracker:
        tracker.table([{"text": "12:30", "ok": True}, {"text": "café", "ok": False}], "eval/samples.json")
    run = only_run(client)
    assert json.loads(run.data.tags["mlflow.loggedArtifacts"]) == [{"path": "eval/samples.json", "type": "table"}]
    local = client.download_artifacts(run.info.run_id, "eval/samples.json", str(project))
    content = json.loads(Path(local).read_text(encoding="utf-8"))
    assert content == {"columns": ["text", "ok"], "data": [["12:30", True], ["café", False]]}
    monkeypatch.setenv("MLFLOW_TRACKING_URI", stores.project_store().uri)  # load_table asks MLflow's own default
    frame = client.load_table(run.info.experiment_id, "eval/samples.json", [run.info.run_id])
    assert frame["text"].tolist() == ["12:30", "café"]


def test_a_table_that_is_not_json_is_the_callers_mistake(project: Path, config: TrackingConfig) -> None:
    with (
        pytest.raises(ValueError, match=r"an MLflow table is a \.json file, not 'samples.csv'"),
        open_run(config, name="crnn") as tracker,
    ):
        tracker.table([], "samples.csv")


def test_a_raising_body_fails_the_run_and_says_why(project: Path, config: TrackingConfig, client: MlflowClient) -> None:
    with pytest.raises(ValueError, match="NaN"), open_run(config, name="crnn") as tracker:
        tracker.metrics({"train/loss": float("nan")}, 0)
        raise ValueError("loss is NaN\nsecond line")
    run = only_run(client)
    assert run.info.status == "FAILED"
    assert run.data.tags["paddock.error"] == "ValueError: loss is NaN"
    assert "train/loss" in run.data.metrics


def test_ctrl_c_ends_the_run_as_killed(project: Path, config: TrackingConfig, client: MlflowClient) -> None:
    with pytest.raises(KeyboardInterrupt), open_run(config, name="crnn"):
        raise KeyboardInterrupt
    assert only_run(client).info.status == "KILLED"


def test_an_exit_with_status_0_is_no_failure(project: Path, config: TrackingConfig, client: MlflowClient) -> None:
    with pytest.raises(SystemExit), open_run(config, name="crnn"):
        raise SystemExit(0)
    assert only_run(client).info.status == "FINISHED"


def test_eval_continues_the_run_of_the_training(project: Path, config: TrackingConfig, client: MlflowClient) -> None:
    state = project / "run.json"
    with open_run(config, name="crnn", state=state) as tracker:
        tracker.metrics({"val/acc": 0.5}, 1)
    written = state.read_bytes()
    with open_run(config, name="eval", continues=read_state(state)) as tracker:
        tracker.metrics({"test/acc": 0.6}, 1)
    run = only_run(client)
    assert run.info.run_id == read_state(state).run_id
    assert run.info.run_name == "crnn"
    assert run.info.status == "FINISHED"
    assert run.data.metrics == {"val/acc": 0.5, "test/acc": 0.6}
    assert state.read_bytes() == written


def test_a_run_is_continued_on_a_machine_that_never_saw_it(
    project: Path, config: TrackingConfig, client: MlflowClient
) -> None:
    state = project / "run.json"
    with open_run(config, name="crnn", state=state):
        pass
    (project / "scratch").rename(project / "scratch of another machine")
    with open_run(config, name="eval", continues=read_state(state)) as tracker:
        tracker.metrics({"test/acc": 0.6}, 1)
    assert only_run(client).data.metrics == {"test/acc": 0.6}


def test_a_resumed_training_continues_the_run_its_state_names(
    project: Path, config: TrackingConfig, client: MlflowClient
) -> None:
    for step in range(2):
        with open_run(config, name="crnn", state=project / "scratch" / "f00d" / "run.json") as tracker:
            tracker.metrics({"train/loss": 1.0}, step)
    history = client.get_metric_history(only_run(client).info.run_id, "train/loss")
    assert [metric.step for metric in history] == [0, 1]


def test_a_param_keeps_its_first_value_and_the_later_one_is_a_tag(
    project: Path, config: TrackingConfig, client: MlflowClient
) -> None:
    state = project / "run.json"
    for threads in (2, 8):
        with open_run(config, name="crnn", state=state) as tracker:
            tracker.params({"hardware.threads": threads, "seed": 0})
    run = only_run(client)
    assert run.data.params == {"hardware.threads": "2", "seed": "0"}
    assert run.data.tags["changed.hardware.threads"] == "8"
    assert "changed.seed" not in run.data.tags


def test_the_store_gets_the_content_an_artifact_had_when_it_was_recorded(
    project: Path, config: TrackingConfig, client: MlflowClient
) -> None:
    (project / "curve.csv").write_text("epoch 1")
    with open_run(config, name="crnn") as tracker:
        tracker.artifact(project / "curve.csv")
        (project / "curve.csv").write_text("epoch 2")
    local = client.download_artifacts(only_run(client).info.run_id, "curve.csv", str(project / "scratch"))
    assert Path(local).read_text() == "epoch 1"
    assert not list((project / "scratch" / "outbox").glob("*/files/*"))


def test_a_large_artifact_is_sent_from_where_it_lies(
    project: Path, config: TrackingConfig, client: MlflowClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outboxes, "COPY_LIMIT_BYTES", 3)
    (project / "best.pdparams").write_bytes(b"four")
    with open_run(config, name="crnn") as tracker:
        tracker.artifact(project / "best.pdparams")
        assert not (project / "scratch" / "outbox" / tracker.local_id / "files").exists()
    assert [file.file_size for file in client.list_artifacts(only_run(client).info.run_id)] == [4]
    assert (project / "best.pdparams").exists()


def test_a_missing_artifact_is_told_and_does_not_stop_the_training(
    project: Path, config: TrackingConfig, caplog: pytest.LogCaptureFixture
) -> None:
    with open_run(config, name="crnn") as tracker:
        tracker.artifact(project / "nowhere.png")
    assert "nowhere.png is not recorded: No such file or directory" in caplog.text


def test_a_store_that_does_not_answer_never_stops_a_training(
    project: Path, dead_store: TrackingConfig, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), open_run(dead_store, name="crnn", state=project / "run.json") as tracker:
        tracker.metrics({"train/loss": 1.0}, 0)
    assert caplog.text.count("tracking store http://127.0.0.1:9 is unreachable") == 1
    assert "Work goes on, records are kept; `paddock sync` sends them." in caplog.text
    assert "are not in http://127.0.0.1:9 yet" in caplog.text
    assert read_state(project / "run.json").run_id is None


def test_the_store_is_asked_for_nothing_before_the_first_metrics(project: Path, config: TrackingConfig) -> None:
    with open_run(config, name="crnn") as tracker:
        tracker.params({"seed": 0})
        time.sleep(0.5)
        [outbox] = outboxes.all_outboxes(project)
        assert outbox.run_id is None
        tracker.metrics({"train/loss": 1.0}, 1)
        end = time.monotonic() + 60
        while outbox.unsent_bytes and time.monotonic() < end:
            time.sleep(0.05)
        assert outbox.run_id is not None


def test_a_run_without_metrics_is_in_the_store_after_a_while(
    project: Path, config: TrackingConfig, client: MlflowClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "LATEST_CONTACT_S", 0.0)
    with open_run(config, name="crnn"):
        end = time.monotonic() + 60
        while (known := client.get_experiment_by_name("paddock-rec")) is None or not client.search_runs(
            [known.experiment_id]
        ):
            assert time.monotonic() < end
            time.sleep(0.05)


def test_tracking_off_records_nothing_but_names_the_run(project: Path, config: TrackingConfig) -> None:
    off = replace(config, store=Store.off)
    with open_run(off, name="crnn", state=project / "run.json") as tracker:
        tracker.params({"a": 1})
        tracker.tags({"a": 1})
        tracker.metrics({"a": 1}, 0)
        tracker.dataset("a", "b", "c", "train")
        tracker.artifact(project / "nowhere")
        tracker.table([{"a": 1}], "a.json")
        local_id = tracker.local_id
    assert read_state(project / "run.json").local_id == local_id
    assert not (project / "scratch").exists()


def test_a_run_json_that_is_none_is_named(project: Path) -> None:
    (project / "run.json").write_text("{}")
    with pytest.raises(TrackingError, match=r"run\.json does not name a run .* Run `paddock train` again"):
        read_state(project / "run.json")


def test_system_metrics_lie_beside_the_training(project: Path, config: TrackingConfig, client: MlflowClient) -> None:
    with open_run(replace(config, system_metrics=True), name="crnn"):
        pass
    metrics = only_run(client).data.metrics
    assert 10 < metrics["system/process_memory_megabytes"] < 100_000
    assert 0 < metrics["system/system_memory_usage_percentage"] <= 100
