"""A small DB whose weights find light bars on a dark page, and such pages; for tests of export and serving."""

import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import paddle
from numpy.typing import NDArray

from paddock.config.compose import compose
from paddock.config.schema import Config
from paddock.data.prepare import prepare_dataset
from paddock.export.detection import export_detection
from paddock.export.package import Identity, write_identity
from paddock.ocr.det.model import DB
from paddock.ocr.det.task import DetTask
from tests.repository import REPOSITORY

OVERRIDES = [
    "pipeline=det",
    "experiment=null",
    "dataset=ppocrlabel",
    "dataset.split.val_list=${dataset.raw}/val.txt",
    "dataset.split.test_list=${dataset.raw}/test.txt",
    "Architecture.Backbone={name: MobileNetV3, scale: 0.35, model_name: small, disable_se: true}",
    "Architecture.Neck.out_channels=16",
    "export.parity_samples=2",
    "tracking.system_metrics=false",
    "hardware.threads=1",
]
"""The real config with a network small enough for a test."""
DEPLOYED_AS = "PP-OCRv4_mobile_det"
NUM_PAGES = 10
PAGE_HW = (256, 288)
BARS = ((40, 30, 130, 32), (30, 110, 220, 36), (60, 190, 180, 32))
"""Left, top, width and height of what is on every page, in pixels."""
_COLOURS = np.array([(255, 255, 120), (255, 120, 255), (120, 255, 255)], np.uint8)
"""Equally light, so that a bar is one spot."""
_STEEPNESS, _LEVEL = 150.0, 0.295
"""The filters make 0 of black and 0.32 of these colours; less near a bar's edge, so spots are smaller than bars."""


def weights_of(network: paddle.nn.Layer) -> dict[str, NDArray[np.float32]]:
    """Weights by which every layer hands on the mean of what it sees, and the last one asks whether that is light.

    The coarser scales say nothing, so that bars close to each other stay apart.
    """
    weights = {}
    for name, value in network.state_dict().items():
        shape = list(value.shape)
        if name.startswith(("neck.in3", "neck.in4", "neck.in5")) or name.endswith(("._mean", "bias")):
            content = np.zeros(shape)
        elif len(shape) == 4:
            is_transposed = name.startswith("head") and "conv1" not in name
            content = np.full(shape, 1 / (shape[0] if is_transposed else np.prod(shape[1:])))
        else:
            content = np.ones(shape)
        weights[name] = content.astype(np.float32)
    weights["head.binarize.conv3.weight"] *= _STEEPNESS
    weights["head.binarize.conv3.bias"] -= np.float32(_STEEPNESS * _LEVEL)
    return weights


def drawn_page(number: int) -> NDArray[np.uint8]:
    """The bars, in stripes of other colours on every page.

    Shape:
        out ``[H, W, 3]``, BGR
    """
    rng = np.random.default_rng(number)
    page = np.zeros((*PAGE_HW, 3), np.uint8)
    for left, top, width, height in BARS:
        stripes = np.repeat(_COLOURS[rng.integers(0, 3, -(-width // 5))], 5, axis=0)
        page[top : top + height, left : left + width] = stripes[:width]
    return page


def outlines() -> list[list[list[int]]]:
    """The corners of every bar."""
    return [[[x, y], [x + w, y], [x + w, y + h], [x, y + h]] for x, y, w, h in BARS]


def write_pages(folder: Path, texts: Sequence[Sequence[str]] = ()) -> list[Path]:
    """A PPOCRLabel folder of annotated pages; without ``texts`` every bar has one of its own."""
    folder.mkdir(parents=True)
    paths, lines = [], []
    for number in range(NUM_PAGES):
        path = folder / f"page_{number}.png"
        cv2.imwrite(str(path), drawn_page(number))
        page_texts = texts[number] if texts else [f"{number}{letter}" for letter in "ABC"]
        regions = [
            {"transcription": text, "points": points, "difficult": False}
            for text, points in zip(page_texts, outlines(), strict=True)
        ]
        lines.append(f"{folder.name}/{path.name}\t{json.dumps(regions, ensure_ascii=False)}\n")
        paths.append(path)
    (folder / "Label.txt").write_text("".join(lines), encoding="utf-8")
    for split, listed in (("val", paths[-4:-2]), ("test", paths[-2:])):
        (folder / f"{split}.txt").write_text("".join(f"{path.name}\n" for path in listed))
    return paths


def prepared_pages(folder: Path, *words: str) -> Config:
    """Annotated pages prepared below ``folder``, and the config that trains on them."""
    write_pages(folder / "raw")
    given = [*OVERRIDES, f"dataset.raw={folder / 'raw'}", f"prepared_dir={folder / 'prepared'}", *words]
    config = compose(given, REPOSITORY)
    prepare_dataset(config.dataset, config.seed, Path(config.prepared_dir))
    return config


def detector(task: DetTask) -> DB:
    """The network, filled and in evaluation mode."""
    network = task.network()
    network.set_state_dict(weights_of(network))
    network.eval()
    return network


def identity() -> Identity:
    """What a package of these tests is."""
    return Identity(
        model="det_tiny",
        paddleocr_config="det_mv3_db",
        task="det",
        dataset="bars",
        dataset_digest="0" * 64,
        seed=0,
        deployed_as=DEPLOYED_AS,
        metrics={"val/hmean": 1.0},
    )


def write_package(folder: Path, config: Config) -> Path:
    """A whole package, as ``paddock export`` leaves it."""
    folder.mkdir(parents=True)
    task = DetTask.open(config)
    export_detection(task, detector(task), config.export, folder)
    write_identity(folder, identity())
    return folder
