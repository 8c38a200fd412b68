import json
import logging
from pathlib import Path

import pytest
from mlflow import MlflowClient

from paddock.tracking import store as stores
from paddock.tracking.batch import Batch, valid_key
from paddock.tracking.outbox import Header, Outbox, open_outbox
from paddock.tracking.run import SpoolTracker
from paddock.tracking.shipping import Shipper


@pytest.fixture
def outbox(project: Path) -> Outbox:
    return open_outbox(project, Header("run-1", "paddock-rec", "crnn", None, None, None, 1))


def ship(outbox: Outbox) -> bool:
    return Shipper(outbox, stores.project_store()).ship()


def test_replaying_everything_changes_nothing(project: Path, outbox: Outbox, client: MlflowClient) -> None:
    tracker = SpoolTracker(outbox)
    session = outbox.begin()
    tracker.params({"seed": 0})
    for step in range(30):
        tracker.metrics({"train/loss": 1.0}, step)
    (project / "dict.txt").write_text("a")
    tracker.dataset("sample", "d", "data", "train")
    tracker.table([{"text": "a"}], "samples.json")
    outbox.end(session, "FINISHED")
    assert ship(outbox)
    outbox.mark_sent(0)
    (outbox.folder / "run_id").unlink()  # as if the answer to the very first call had been lost
    assert ship(outbox)
    [run] = client.search_runs([client.get_experiment_by_name("paddock-rec").experiment_id])
    assert len(client.get_metric_history(run.info.run_id, "train/loss")) == 30
    assert len(run.inputs.dataset_inputs) == 1
    assert json.loads(run.data.tags["mlflow.loggedArtifacts"]) == [{"path": "samples.json", "type": "table"}]
    assert run.info.status == "FINISHED"


def test_more_values_than_one_call_takes_are_sent_in_several(outbox: Outbox, client: MlflowClient) -> None:
    tracker = SpoolTracker(outbox)
    tracker.params({f"key{number}": number for number in range(250)})
    tracker.metrics({f"acc/{number}": number for number in range(1700)}, 1)
    assert ship(outbox)
    data = client.get_run(outbox.run_id).data
    assert len(data.params) == 250
    assert len(data.metrics) == 1700


def test_a_refused_value_costs_only_itself(
    outbox: Outbox, client: MlflowClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox.append({"op": "metrics", "t": 1, "step": 1, "values": {"good": 1.0, "bad": "text", "fine": 2.0}})
    with caplog.at_level(logging.WARNING):
        assert ship(outbox)
    assert client.get_run(outbox.run_id).data.metrics == {"good": 1.0, "fine": 2.0}
    assert "the store refuses bad" in caplog.text


def test_names_that_mlflow_refuses_are_replaced() -> None:
    assert valid_key("test/acc [é]") == "test/acc _é_"
    assert valid_key("../x//y/") == "x/y"
    assert valid_key("k" * 300) == "k" * 250
    assert valid_key("?") == "_"


def test_a_batch_keeps_the_first_value_of_a_param_and_tags_the_later_one() -> None:
    batch = Batch()
    batch.add({"op": "params", "values": {"lr": "1"}})
    batch.add({"op": "params", "values": {"lr": "2"}})
    [entities] = batch.calls()
    assert [(entity.key, entity.value) for entity in entities] == [("lr", "1"), ("changed.lr", "2")]


def test_a_run_that_was_deleted_in_the_store_is_sent_again_as_a_new_one(
    outbox: Outbox, client: MlflowClient, caplog: pytest.LogCaptureFixture
) -> None:
    tracker = SpoolTracker(outbox)
    tracker.metrics({"train/loss": 2.0}, 0)
    shipper = Shipper(outbox, stores.project_store())
    assert shipper.ship()
    first = outbox.run_id
    client.delete_run(first)
    tracker.metrics({"train/loss": 1.0}, 1)
    with caplog.at_level(logging.WARNING):
        assert shipper.ship()
    assert outbox.run_id != first
    assert f"the run {first} is gone from mlruns/mlflow.db" in caplog.text
    assert [metric.step for metric in client.get_metric_history(outbox.run_id, "train/loss")] == [0, 1]


def test_a_run_deleted_between_two_stages_is_sent_again_too(outbox: Outbox, client: MlflowClient) -> None:
    SpoolTracker(outbox).metrics({"train/loss": 2.0}, 0)
    assert ship(outbox)
    first = outbox.run_id
    client.delete_run(first)
    SpoolTracker(outbox).metrics({"test/acc": 1.0}, 0)
    assert ship(outbox)
    assert outbox.run_id != first
    assert client.get_run(outbox.run_id).data.metrics == {"train/loss": 2.0, "test/acc": 1.0}


def test_only_one_process_sends_at_a_time(outbox: Outbox) -> None:
    SpoolTracker(outbox).metrics({"train/loss": 2.0}, 0)
    with outbox.lock:
        assert not ship(outbox)
    assert ship(outbox)


def test_after_the_deadline_no_batch_is_begun(outbox: Outbox) -> None:
    SpoolTracker(outbox).metrics({"train/loss": 2.0}, 0)
    assert not Shipper(outbox, stores.project_store()).ship(deadline=0.0)
    assert outbox.sent == 0


def test_a_child_makes_its_parent_first(project: Path, client: MlflowClient) -> None:
    parent = open_outbox(project, Header("sweep", "paddock-rec", "sweep", None, None, None, 1))
    child = open_outbox(project, Header("trial", "paddock-rec", "trial", None, "sweep", None, 1))
    assert ship(child)
    assert client.get_run(child.run_id).data.tags["mlflow.parentRunId"] == parent.run_id


def test_a_child_waits_while_another_process_sends_its_parent(project: Path, client: MlflowClient) -> None:
    parent = open_outbox(project, Header("sweep", "paddock-rec", "sweep", None, None, None, 1))
    child = open_outbox(project, Header("trial", "paddock-rec", "trial", None, "sweep", None, 1))
    with parent.lock:
        assert not ship(child)
    assert child.run_id is None
