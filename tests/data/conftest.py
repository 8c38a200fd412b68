"""Raw folders to prepare, as small as the tests allow."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from paddock.config.schema import DatasetConfig, OnError, SampleConfig, SplitConfig

MakeDataset = Callable[..., DatasetConfig]


@pytest.fixture
def make_dataset() -> MakeDataset:
    """A dataset section with the defaults of conf/, changed by keyword."""

    def make(**changes: Any) -> DatasetConfig:
        values: dict[str, Any] = {
            "name": "tiny",
            "format": "ppocrlabel",
            "raw": None,
            "label_files": [],
            "split": SplitConfig(train=0.6, val=0.2, test=0.2),
            "group_pattern": r"^(.*?)_crop_\d+",
            "on_error": OnError.stop,
            "dictionary": None,
            "sample": SampleConfig(num_pages=3),
        }
        return DatasetConfig(**values | changes)

    return make


@pytest.fixture
def png() -> Callable[[int], bytes]:
    """A PNG file of 12 x 6 pixels whose content follows from a number."""

    def encode(number: int) -> bytes:
        pixels = np.random.default_rng(number).integers(0, 256, (6, 12, 3), dtype=np.uint8)
        return cv2.imencode(".png", pixels)[1].tobytes()

    return encode


@pytest.fixture
def project(tmp_path: Path, png: Callable[[int], bytes]) -> Path:
    """A PPOCRLabel folder with ten pictures of one crop each, all labelled."""
    folder = tmp_path / "project"
    (folder / "crop_img").mkdir(parents=True)
    labels = []
    for number in range(10):
        name = f"crop_img/page{number}_crop_0.png"
        (folder / name).write_bytes(png(number))
        labels.append(f"{name}\tA{number}\n")
    (folder / "rec_gt.txt").write_text("".join(labels), encoding="utf-8")
    return folder
