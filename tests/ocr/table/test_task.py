import pickle
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import paddle
import pytest

from paddock.config.schema import Config
from paddock.core.errors import ConfigError, DatasetError
from paddock.ocr.table.task import TableTask
from paddock.ocr.table.tokens import TableClasses
from paddock.ocr.tasks import open_task
from tests.tiny_table import SIZES, prepared_tables

CLASSES = TableClasses()


@pytest.fixture(scope="session")
def prepared_config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """The config of prepared tables; tests only read them."""
    return prepared_tables(tmp_path_factory.mktemp("tables"))


@pytest.fixture
def task(prepared_config: Config) -> TableTask:
    return TableTask.open(prepared_config)


def section(config: Config, part: str, **changes: Any) -> Config:
    """The config with other settings in a section."""
    return replace(config, **{part: {**getattr(config, part), **changes}})


def spoilt(config: Config, folder: Path) -> tuple[Path, Config]:
    """A copy of the validation labels to change, and the config that reads it."""
    copy = Path(shutil.copytree(Path(config.prepared_dir) / "table", folder / "table"))
    labels = copy / "val_label.txt"
    dataset = {**config.Eval["dataset"], "data_dir": str(copy), "label_file_list": [str(labels)]}
    return labels, section(config, "Eval", dataset=dataset)


def test_the_table_of_tasks_has_it(prepared_config: Config) -> None:
    task = open_task(prepared_config)

    assert isinstance(task, TableTask)
    assert task.indicator == "acc"


def test_training_sees_shuffled_squares_with_classes_boxes_and_mask(task: TableTask) -> None:
    loader = task.train_loader(rank=0, world_size=1)

    first, other = ([batch for _, _, batch in loader.epochs(range(epoch, epoch + 1))] for epoch in (0, 1))

    assert loader.num_batches() == len(SIZES["train"]) // 4
    structure, boxes, mask, extent = first[0].targets
    longest = structure.shape[1]
    assert first[0].images.shape == (4, 3, 96, 96)
    assert (structure.dtype, boxes.shape, mask.shape) == (np.int64, (4, longest, 8), (4, longest, 1))
    assert (extent.shape, extent.max()) == ((4, 2), 1)
    assert [sample.image for batch in first for sample in batch.samples] != [
        sample.image for batch in other for sample in batch.samples
    ]


def test_a_batch_holds_tables_of_similar_length(task: TableTask) -> None:
    batches = [batch for _, _, batch in task.train_loader(0, 1).epochs(range(1))]

    short, long = sorted(sorted(len(CLASSES.words(sample.structure)) for sample in batch.samples) for batch in batches)
    assert short[-1] <= long[0]


def test_the_network_is_given_the_token_before_each_that_it_learns(task: TableTask) -> None:
    batch = next(batch for _, _, batch in task.train_loader(0, 1).epochs(range(1)))
    targets = [paddle.to_tensor(target) for target in batch.targets]
    network = task.network()

    (given,) = task.given(targets)
    outputs = network(paddle.to_tensor(batch.images), given)
    terms = task.loss(outputs, targets)

    assert (given.numpy() == batch.targets[0][:, :-1]).all()
    assert outputs[1].shape[:2] == list(given.shape)
    assert float(terms["loss"]) == pytest.approx(float(terms["structure_loss"]) + float(terms["loc_loss"]))


@pytest.mark.parametrize("split", ["val", "test"])
def test_evaluation_sees_every_table_of_its_split_once_without_its_label(
    task: TableTask, prepared_config: Config, split: str
) -> None:
    batches = list(task.eval_loader(split).once())

    samples = [sample for batch in batches for sample in batch.samples]
    assert sorted(sample.image.name for sample in samples) == sorted(f"{r}x{c}.png" for r, c in SIZES["val"])
    assert {sample.image.parent.name for sample in samples} == {f"{split}_imgs"}
    assert all(batch.targets == () for batch in batches)


def test_a_table_too_long_to_be_learnt_is_still_read(prepared_config: Config) -> None:
    task = TableTask.open(section(prepared_config, "Global", max_text_length=3))

    assert sum(len(batch.samples) for batch in task.eval_loader("val").once()) == len(SIZES["val"])


def test_an_unreadable_picture_is_handed_on_with_its_reason(prepared_config: Config, tmp_path: Path) -> None:
    labels, config = spoilt(prepared_config, tmp_path)
    (labels.parent / "val_imgs/2x2.png").unlink()

    batches = list(TableTask.open(config).eval_loader("val").once())

    ((sample, reason),) = [entry for batch in batches for entry in batch.unreadable]
    assert sample.image.name == "2x2.png"
    assert "cannot be read" in reason


def test_a_damaged_label_file_is_named_with_its_line(prepared_config: Config, tmp_path: Path) -> None:
    labels, config = spoilt(prepared_config, tmp_path)
    labels.write_text(labels.read_text() + '{"filename": "a.png"}\n')

    with pytest.raises(DatasetError, match=r"val_label\.txt:3: the line has no filename, html\.structure\.tokens"):
        TableTask.open(config).eval_loader("val")


def test_a_loader_travels_to_worker_processes(task: TableTask) -> None:
    for loader in (task.train_loader(0, 1), task.eval_loader("val")):
        assert len(pickle.loads(pickle.dumps(loader.source)).samples) == len(loader.source.samples)


def test_data_are_named_by_their_content(task: TableTask) -> None:
    train, val = task.datasets()

    assert [(train.name, train.context), (val.name, val.context)] == [("ppocrlabel", "train"), ("ppocrlabel", "val")]
    assert train.digest != val.digest


def test_there_is_nothing_to_tune(task: TableTask) -> None:
    def never() -> Iterator[Any]:
        raise AssertionError("nobody asked for predictions")
        yield

    assert task.tuned(never()) is task


def test_weights_keep_their_rows_by_the_tokens_of_their_dictionary(task: TableTask, tmp_path: Path) -> None:
    task.write_dictionary(tmp_path)
    (tmp_path / "other.txt").write_text("<tr>\n</tr>\n<td>\n")

    same, other = (task.inherited(tmp_path / name) for name in ("dict.txt", "other.txt"))

    assert same and other
    assert (same.kept_ratio(), same.line()) == (1, "")
    assert other.kept_ratio() < 0.2


def test_an_unknown_postprocess_is_refused(prepared_config: Config) -> None:
    with pytest.raises(ConfigError, match="TableLabelDecode"):
        TableTask.open(section(prepared_config, "PostProcess", name="TableMasterLabelDecode"))
