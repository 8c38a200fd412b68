"""eval --tables: three packages on labelled tables, as a run of its own."""

import argparse
import csv
import shutil
from pathlib import Path

import pytest
from mlflow import MlflowClient

from paddock.config.schema import Config
from paddock.core.errors import DatasetError, ExportError
from paddock.core.files import read_json
from paddock.stages import eval_tables
from paddock.tracking import store as stores

pytestmark = pytest.mark.slow

TEST = argparse.Namespace(tables="test")


def test_structure_and_texts_are_scored_together_and_recorded_in_a_run_of_their_own(
    read_tables: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    eval_tables.run(read_tables, TEST)

    metrics = read_json(Path("metrics/tables/eval.json"))
    assert (metrics["test/teds_structure"], metrics["test/n_eval"]) == (1, 2)
    assert metrics["test/acc"] == pytest.approx(1)
    assert 0 < metrics["test/teds"] < 1
    assert metrics["test/hmean_cells"] == pytest.approx(1 / 5)  # the empty one: the others are labelled otherwise
    assert read_json(Path("outputs/tables/metrics.json")) == metrics
    with Path("outputs/tables/samples.csv").open(encoding="utf-8", newline="") as file:
        assert [row["cells_right"] for row in csv.DictReader(file)] == ["1", "1"]
    assert "test/teds" in capsys.readouterr().out
    client: MlflowClient = stores.connect(stores.project_store())
    (run,) = client.search_runs([client.get_experiment_by_name("paddock-tables").experiment_id])
    assert run.info.run_name == "table_tiny + det_db_mv3 + rec_tiny on ppocrlabel"
    assert run.data.tags["paddock.table"] == "table_tiny"
    assert run.data.metrics["test/teds"] == pytest.approx(metrics["test/teds"])
    assert {"tables", "eval"} <= {artifact.path for artifact in client.list_artifacts(run.info.run_id)}


@pytest.mark.parametrize("task", ["table", "det", "rec"])
def test_a_model_that_is_not_exported_yet_is_named(read_tables: Config, task: str) -> None:
    shutil.rmtree(f"outputs/{task}/export")

    with pytest.raises(ExportError, match=rf"outputs/{task}/export is no package of paddock.*Run `paddock export`"):
        eval_tables.run(read_tables, TEST)


def test_a_data_set_without_tables_is_named_and_leaves_nothing_half_written(read_tables: Config) -> None:
    shutil.rmtree(Path(read_tables.prepared_dir) / "table")

    with pytest.raises(DatasetError, match=r"has nothing for table: it has no tables"):
        eval_tables.run(read_tables, TEST)
    assert not Path("outputs/tables").exists()
    assert not Path("metrics/tables").exists()
