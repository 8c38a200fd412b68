import pickle
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import paddle
import pytest

from paddock.config.schema import Config
from paddock.core.errors import ConfigError, DatasetError
from paddock.ocr.det.task import DetTask, collate
from paddock.training.evaluate import predictions
from tests.ocr.det_pages import make_page
from tests.tiny_detector import BARS, detector

WORD = [[40, 30], [140, 30], [140, 60], [40, 60]]


@pytest.fixture
def task(prepared_config: Config) -> DetTask:
    return DetTask.open(prepared_config)


def with_eval(config: Config, **changes: Any) -> Config:
    """The config with other settings of Eval.dataset."""
    return replace(config, Eval={**config.Eval, "dataset": {**config.Eval["dataset"], **changes}})


def test_training_sees_shuffled_crops_with_the_maps_that_the_loss_takes(task: DetTask) -> None:
    loader = task.train_loader(rank=0, world_size=1)

    (first, *_), (other, *_) = ([batch for _, _, batch in loader.epochs(range(epoch, epoch + 1))] for epoch in (0, 1))

    assert loader.num_batches() == 2  # 6 training pages, 3 a step
    assert first.images.shape == (3, 3, 64, 96)
    threshold_map, threshold_mask, shrink_map, shrink_mask = first.targets
    assert {target.shape for target in first.targets} == {(3, 64, 96)}
    assert (threshold_map.dtype, shrink_map.dtype) == (np.float32, np.uint8)
    assert shrink_map.any() and threshold_mask.any() and shrink_mask.any()
    assert [page.image for page in first.samples] != [page.image for page in other.samples]


def test_processes_that_train_together_share_the_pages(task: DetTask) -> None:
    shares = [task.train_loader(rank, world_size=2).plan(0) for rank in (0, 1)]

    assert [len(share) for share in shares] == [1, 1]
    assert not set(shares[0][0]) & set(shares[1][0])


def test_a_loader_travels_to_worker_processes(task: DetTask) -> None:
    for loader in (task.train_loader(0, 1), task.eval_loader("val")):
        assert len(pickle.loads(pickle.dumps(loader.source)).samples) == len(loader.source.samples)


@pytest.mark.parametrize("split", ["val", "test"])
def test_evaluation_sees_every_page_of_its_split_once_at_full_size(
    task: DetTask, prepared_config: Config, split: str
) -> None:
    batches = list(task.eval_loader(split).once())

    labels = Path(prepared_config.prepared_dir, f"det/{split}_label.txt").read_text(encoding="utf-8").splitlines()
    pages = [page for batch in batches for page in batch.samples]
    assert sorted(f"{page.image.parent.name}/{page.image.name}" for page in pages) == sorted(
        line.split("\t")[0] for line in labels
    )
    assert {batch.images.shape[1:] for batch in batches} == {(3, 256, 288)}
    assert all(page.source_size == (256, 288) and len(page.polygons) == len(BARS) for page in pages)
    assert all(batch.targets == () for batch in batches)


def test_pages_of_unlike_size_never_share_a_batch(prepared_config: Config, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(Path(prepared_config.prepared_dir) / "det", tmp_path / "det"))
    labels = folder / "val_label.txt"
    small = folder / labels.read_text().split("\t")[0]
    cv2.imwrite(str(small), np.zeros((64, 96, 3), np.uint8))
    config = with_eval(prepared_config, data_dir=str(folder), label_file_list=[str(labels)])

    batches = list(DetTask.open(config).eval_loader("val").once())

    assert sorted(batch.images.shape for batch in batches) == [(1, 3, 64, 96), (1, 3, 256, 288)]


def test_an_unreadable_page_is_handed_on_with_its_reason(prepared_config: Config, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(Path(prepared_config.prepared_dir) / "det", tmp_path / "det"))
    labels = folder / "val_label.txt"
    (folder / labels.read_text().split("\t")[0]).unlink()
    config = with_eval(prepared_config, data_dir=str(folder), label_file_list=[str(labels)])

    batches = list(DetTask.open(config).eval_loader("val").once())

    ((page, reason),) = [entry for batch in batches for entry in batch.unreadable]
    assert str(page.image) in reason
    assert sum(len(batch.images) for batch in batches) == 1


def test_the_validation_split_chooses_what_comes_behind_the_network(prepared_config: Config) -> None:
    grown = replace(prepared_config, PostProcess={**prepared_config.PostProcess, "unclip_ratio": 4.0})
    task = DetTask.open(grown)
    network = detector(task)

    tuned = task.tuned(predictions(network, task.eval_loader("val")))

    assert task.postprocess.unclip_ratio == 4.0
    assert tuned.postprocess.unclip_ratio < 4.0
    assert tuned.scorer().decode == tuned.postprocess
    assert tuned.sweep is not None and tuned.sweep.settings[0].hmean == 1


def test_the_loss_is_that_of_the_networks_three_maps(task: DetTask) -> None:
    network = task.network()
    _, _, batch = next(task.train_loader(0, 1).epochs(range(1)))

    terms = task.loss(network(paddle.to_tensor(batch.images)), [paddle.to_tensor(target) for target in batch.targets])

    assert float(terms["loss"]) == pytest.approx(sum(float(value) for name, value in terms.items() if name != "loss"))


def test_data_are_named_by_their_content(task: DetTask, prepared_config: Config, tmp_path: Path) -> None:
    train, val = task.datasets()

    other = tmp_path / "val_label.txt"
    lines = Path(prepared_config.prepared_dir, "det/val_label.txt").read_text(encoding="utf-8").splitlines()
    other.write_text(f"{lines[0]}\n", encoding="utf-8")
    changed = DetTask.open(with_eval(prepared_config, label_file_list=[str(other)])).datasets()

    assert [(train.name, train.context), (val.name, val.context)] == [("ppocrlabel", "train"), ("ppocrlabel", "val")]
    assert (changed[0].digest == train.digest, changed[1].digest == val.digest) == (True, False)


@pytest.mark.parametrize(
    "given",
    [
        {"image_shape": [736, 1280]},
        {"limit_side_len": 736, "limit_type": "min"},
        {"limit_side_len": 960},
        {"limit_type": "max"},
        {"resize_long": 960},
        {"limit_side_len": 960, "limit_type": "max", "max_side_limit": 2000},
        None,
    ],
    ids=str,
)
def test_a_rule_of_resizing_that_deployment_does_not_have_is_refused(
    prepared_config: Config, given: dict[str, Any] | None
) -> None:
    config = with_eval(prepared_config, transforms=[{"DetResizeForTest": given}])

    with pytest.raises(ConfigError, match=r"paddleocr 3\.x runs a detector with DetResizeForTest .*limit_type: max"):
        _ = DetTask.open(config).resize


def test_a_setting_of_the_post_processing_that_does_not_exist_is_refused(prepared_config: Config) -> None:
    config = replace(prepared_config, PostProcess={**prepared_config.PostProcess, "unclip": 1.5})

    with pytest.raises(ConfigError, match="DBPostProcess has no setting 'unclip'"):
        DetTask.open(config)


def test_a_split_that_was_never_prepared_is_named(prepared_config: Config) -> None:
    with pytest.raises(DatasetError, match=r"nowhere\.txt"):
        DetTask.open(with_eval(prepared_config, label_file_list=["nowhere.txt"])).eval_loader("val")


def test_collating_stacks_pages_and_drops_their_pixels() -> None:
    page = replace(make_page([WORD]), tensor=np.ones((3, 64, 96), np.float32))
    page = replace(page, maps={"shrink_map": np.ones((64, 96), np.uint8)})

    batch = collate([page, page], [(page, "gone")])

    assert batch.images.shape == (2, 3, 64, 96)
    assert [target.shape for target in batch.targets] == [(2, 64, 96)]
    assert all(kept.bgr is None and kept.tensor is None and not kept.maps for kept in batch.samples)
    assert batch.samples[0].polygons is page.polygons
    assert batch.unreadable == ((page, "gone"),)


def test_a_batch_of_unreadable_pages_has_no_images() -> None:
    batch = collate([], [(make_page([WORD]), "gone")])

    assert (len(batch.images), batch.samples, len(batch.unreadable)) == (0, (), 1)
