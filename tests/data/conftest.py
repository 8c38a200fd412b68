"""Raw folders to prepare, as small as the tests allow."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from paddock.config.schema import DatasetConfig, Difficult, OnError, SampleConfig, SplitConfig
from paddock.data.samples import Problem

MakeDataset = Callable[..., DatasetConfig]
CountCodes = Callable[[Iterable[Problem]], dict[str, int]]


@pytest.fixture
def make_dataset() -> MakeDataset:
    """A dataset section with the defaults of conf/, changed by keyword."""

    def make(**changes: Any) -> DatasetConfig:
        values: dict[str, Any] = {
            "name": "tiny",
            "format": "ppocrlabel",
            "raw": None,
            "label_files": [],
            "split": SplitConfig(train=0.6, val=0.2, test=0.2, by_file=False, val_list=None, test_list=None),
            "group_pattern": r"^(.*?)_crop_\d+",
            "on_error": OnError.stop,
            "max_dropped": 0.1,
            "max_refused_tables": 0.1,
            "max_table_tokens": 500,
            "difficult": Difficult.keep,
            "loose_crops": 0,
            "dictionary": None,
            "ascii_names": False,
            "sample": SampleConfig(num_pages=3, num_tables=0),
        }
        return DatasetConfig(**values | changes)

    return make


@pytest.fixture
def codes() -> CountCodes:
    """How often each code occurs."""
    return lambda problems: dict(Counter(problem.code for problem in problems))


@pytest.fixture
def png() -> Callable[[int], bytes]:
    """A PNG file of 12 x 6 pixels whose content follows from a number."""

    def encode(number: int) -> bytes:
        pixels = np.random.default_rng(number).integers(0, 256, (6, 12, 3), dtype=np.uint8)
        return cv2.imencode(".png", pixels)[1].tobytes()

    return encode


@pytest.fixture
def page_png() -> Callable[[int], bytes]:
    """A PNG file of 60 x 40 pixels whose content follows from a number."""

    def encode(number: int) -> bytes:
        pixels = np.random.default_rng(number).integers(0, 256, (40, 60, 3), dtype=np.uint8)
        return cv2.imencode(".png", pixels)[1].tobytes()

    return encode


@pytest.fixture
def pages(tmp_path: Path, page_png: Callable[[int], bytes]) -> Path:
    """A PPOCRLabel folder with ten pages, each with a text A<number> of 40 x 10 pixels and an unreadable one."""
    folder = tmp_path / "pages"
    folder.mkdir()
    labels = []
    for number in range(10):
        (folder / f"page{number}.png").write_bytes(page_png(number))
        boxes = [
            {"transcription": f"A{number}", "points": [[5, 5], [45, 5], [45, 15], [5, 15]], "difficult": False},
            {"transcription": "###", "points": [[5, 20], [45, 20], [45, 30], [5, 30]], "difficult": False},
        ]
        labels.append(f"pages/page{number}.png\t{json.dumps(boxes)}\n")
    (folder / "Label.txt").write_text("".join(labels), encoding="utf-8")
    return folder


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
