"""Which validation samples an export is held against."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from paddock.config.schema import Config
from paddock.data.loader import Loader
from paddock.export.spread import spread_samples
from paddock.ocr.det.page import Page
from paddock.ocr.det.task import DetTask


@pytest.fixture
def loader(det_config: Config, tmp_path: Path) -> Loader[Page]:
    """Six pages, the second of which is missing."""
    folder = Path(shutil.copytree(Path(det_config.prepared_dir) / "det", tmp_path / "det"))
    labels = folder / "train_label.txt"
    (folder / labels.read_text(encoding="utf-8").splitlines()[1].split("\t")[0]).unlink()
    data = {**det_config.Eval["dataset"], "data_dir": str(folder), "label_file_list": [str(labels)]}
    return DetTask.open(replace(det_config, Eval={**det_config.Eval, "dataset": data})).eval_loader("val")


@pytest.mark.parametrize(
    ("count", "numbers"), [(1, [0]), (2, [0, 3]), (3, [0, 2, 4]), (6, [0, 2, 3, 4, 5]), (99, [0, 2, 3, 4, 5])]
)
def test_samples_are_spread_evenly_and_unreadable_ones_are_left_out(
    loader: Loader[Page], count: int, numbers: list[int]
) -> None:
    found = spread_samples(loader, count)

    assert [sample.image for sample in found] == [loader.source.samples[number].image for number in numbers]


def test_samples_are_as_validation_prepares_each_alone(loader: Loader[Page]) -> None:
    (sample,) = spread_samples(loader, 1)

    batch = loader.source.load(0, [0])
    assert sample.tensor is not None and np.array_equal(sample.tensor, batch.images[0])
    assert sample.source_size == (256, 288)
