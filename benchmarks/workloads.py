"""What a step works on: a batch of noise for each task, the same for each seed."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import paddle
import paddle.nn.functional as F
from numpy.random import Generator
from paddle import Tensor, nn

from paddock.ocr.det.loss import DBLoss
from paddock.ocr.det.model import build_network as build_detector
from paddock.ocr.rec.loss import CTCLoss
from paddock.ocr.rec.model import build_network as build_recognizer
from paddock.ocr.table.loss import SLALoss
from paddock.ocr.table.model import build_network as build_table_reader

NUM_CLASSES, LABEL_LENGTH = 97, 8
NUM_TOKENS, NUM_TABLE_CLASSES = 100, 50
"""Structure tokens of a table with about 25 cells; classes of PaddleOCR's dictionary."""


@dataclass(frozen=True)
class Workload:
    """What a task trains on."""

    build: Callable[[], nn.Layer]
    images: Tensor
    loss: Callable[[Tensor], Tensor]
    """Of what the network gives for ``images``."""
    targets: tuple[Tensor, ...]
    """What PaddleOCR's data pipeline would give behind the pictures."""
    given: tuple[Tensor, ...] = ()
    """What the network is called with behind the pictures."""
    num_classes: int | None = None
    """What a network's head tells apart, where its config does not say."""


def recognition(config: Any, rng: Generator, batch_size: int, width: int | None) -> Workload:
    """Lines of noise, ``width`` pixels wide."""
    channels, height, _ = config.Global["d2s_train_image_shape"]
    labels = paddle.to_tensor(rng.integers(1, NUM_CLASSES, (batch_size, LABEL_LENGTH)))
    lengths = paddle.full([batch_size], LABEL_LENGTH, "int64")
    loss_of = CTCLoss()
    return Workload(
        build=partial(build_recognizer, config.Architecture, NUM_CLASSES),
        images=_noise(rng, (batch_size, channels, height, width or 100)),
        loss=lambda scores: loss_of(scores, labels, lengths),
        targets=(labels, lengths),
        num_classes=NUM_CLASSES,
    )


def detection(config: Any, rng: Generator, batch_size: int, width: int | None) -> Workload:
    """Square pages of noise, ``width`` pixels in both directions, with lines that are said to be text."""
    size = width or 640
    text = np.zeros((batch_size, size, size), np.float32)
    for top in range(16, size - 16, 64):
        text[:, top : top + 16, 16 : size // 2] = 1
    truth = paddle.to_tensor(text)
    ones = paddle.ones_like(truth)
    targets = 0.3 + 0.4 * truth, ones, truth, ones
    loss_of = DBLoss()
    return Workload(
        build=partial(build_detector, config.Architecture),
        images=_noise(rng, (batch_size, 3, size, size)),
        loss=lambda maps: loss_of(maps, *targets)["loss"],
        targets=targets,
    )


def table_structure(config: Any, rng: Generator, batch_size: int, width: int | None) -> Workload:
    """Square pictures of noise, ``width`` pixels in both directions, each with a box for every fourth token."""
    size = width or config.Global["d2s_train_image_shape"][1]
    structure = paddle.to_tensor(rng.integers(1, NUM_TABLE_CLASSES, (batch_size, NUM_TOKENS + 1)))
    boxes = paddle.to_tensor(rng.uniform(0, 1, (batch_size, NUM_TOKENS, 8)).astype(np.float32))
    mask = paddle.to_tensor((np.arange(NUM_TOKENS) % 4 == 0).astype(np.float32)[None, :, None].repeat(batch_size, 0))
    lengths, sizes = paddle.full([batch_size], NUM_TOKENS - 1, "int64"), paddle.ones([batch_size, 6], "float64")
    extent = paddle.ones([batch_size, 2])
    loss_of = SLALoss(1.0, 2.0, "smooth_l1")
    return Workload(
        build=partial(build_table_reader, config.Architecture, NUM_TABLE_CLASSES),
        images=_noise(rng, (batch_size, 3, size, size)),
        loss=lambda outputs: loss_of(outputs, structure[:, 1:], boxes, mask, extent)["loss"],
        targets=(structure, *(F.pad(target, [0, 0, 1, 0, 0, 0]) for target in (boxes, mask)), lengths, sizes),
        given=(structure[:, :-1],),
        num_classes=NUM_TABLE_CLASSES,
    )


WORKLOADS = {"det": detection, "rec": recognition, "table": table_structure}
BATCH_SIZES = {"det": 8, "rec": 64, "table": 8}


def _noise(rng: Generator, shape: tuple[int, ...]) -> Tensor:
    return paddle.to_tensor(rng.uniform(-1, 1, shape).astype(np.float32))
