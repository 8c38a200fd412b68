"""What the transforms of all tasks share: reading a picture, and becoming a pipeline. Shapes: H rows, W columns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from paddock.core.build import build
from paddock.core.errors import ConfigError
from paddock.ocr.image import read_bgr

S = TypeVar("S")
Transform = Callable[[S, Generator], S]
"""A sample in, a new sample out; all chance comes from the generator."""


class Pictured(Protocol):
    """A sample that has a picture."""

    @property
    def image(self) -> Path:
        """Its file."""

    @property
    def origin(self) -> str:
        """Where its label stands, as ``file:line``."""

    def with_pixels(self: "P", bgr: NDArray[np.uint8]) -> "P":
        """The same sample showing another picture."""


class Normalised(Protocol):
    """A sample whose picture the network sees as numbers."""

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """``[H, W, 3]``, BGR."""

    @property
    def values(self) -> NDArray[np.float32]:
        """What NormalizeImage made of the pixels."""

    def with_values(self: "N", values: NDArray[np.float32]) -> "N":
        """The same sample with other values."""


P = TypeVar("P", bound=Pictured)
N = TypeVar("N", bound=Normalised)


@dataclass(frozen=True)
class DecodeImage:
    """Read the sample's file as BGR.

    Raises:
        DatasetError: see `paddock.ocr.image.read_bgr`.
        ConfigError: another order of channels is asked for.
    """

    img_mode: str = "BGR"
    channel_first: bool = False

    def __post_init__(self) -> None:
        if self.img_mode != "BGR" or self.channel_first:
            raise ConfigError("DecodeImage: the native engine reads img_mode BGR with channel_first false.")

    def __call__(self, sample: P, rng: Generator) -> P:
        return sample.with_pixels(read_bgr(sample.image, sample.origin))


@dataclass(frozen=True)
class NormalizeImage:
    """``(value * scale - mean) / std``, a channel each; the channels stay BGR, whatever the means were taken from.

    Args:
        scale: a number, or a fraction as PaddleOCR writes it, ``1./255.``.

    Raises:
        ConfigError: a setting is no number, or not three of them; or another order is asked for.
    """

    scale: float | str = "1./255."
    mean: Sequence[float] = (0.485, 0.456, 0.406)
    std: Sequence[float] = (0.229, 0.224, 0.225)
    order: str = "hwc"

    def __post_init__(self) -> None:
        if len(self.mean) != 3 or len(self.std) != 3 or 0 in self.std or self.order != "hwc":
            raise ConfigError("NormalizeImage: mean and std must hold 3 numbers each, std none that is 0, order hwc.")
        _number(self.scale)

    def __call__(self, sample: N, rng: Generator) -> N:
        height, width = sample.pixels.shape[:2]
        planes = np.empty((3, height, width), dtype=np.float32)  # so that ToCHWImage has nothing to move
        for number, values in enumerate(self._tables):
            cv2.LUT(np.ascontiguousarray(sample.pixels[:, :, number]), values, dst=planes[number])
        return sample.with_values(planes.transpose(1, 2, 0))

    @cached_property
    def _tables(self) -> list[NDArray[np.float32]]:
        """What each of the 256 values of a channel becomes."""
        scale, levels = _number(self.scale), np.arange(256, dtype=np.float32)
        return [levels * (scale / std) + (-mean / std) for mean, std in zip(self.mean, self.std, strict=True)]


@dataclass(frozen=True)
class ToCHWImage:
    """Channels first."""

    def __call__(self, sample: N, rng: Generator) -> N:
        return sample.with_values(np.ascontiguousarray(sample.values.transpose(2, 0, 1)))


@dataclass(frozen=True)
class KeepKeys:
    """PaddleOCR's choice of what the loader returns; the native loader always returns the whole sample."""

    keep_keys: Sequence[str]

    def __call__(self, sample: S, rng: Generator) -> S:
        return sample


@dataclass(frozen=True)
class Pipeline(Generic[S]):
    """Transforms one after the other."""

    steps: tuple[Transform[S], ...]

    def __call__(self, sample: S, rng: Generator) -> S:
        for step in self.steps:
            sample = step(sample, rng)
        return sample


def build_pipeline(
    table: Mapping[str, Callable[..., Transform[S]]],
    transforms: Sequence[Mapping[str, Any]],
    given: Mapping[str, Mapping[str, Any]] | None = None,
) -> Pipeline[S]:
    """The transforms that a PaddleOCR ``transforms`` list names, in its order.

    Args:
        table: a task's transforms by their names.
        given: for some names, arguments that only the code knows; see `build`.

    Raises:
        ConfigError: a transform or one of its settings is unknown.
    """
    steps = []
    for entry in transforms:
        (name, settings), *rest = entry.items()
        if rest:
            raise ConfigError(f"transforms: one entry names {sorted(entry)}. Write one transform a list entry.")
        steps.append(build(table, {"name": name, **(settings or {})}, **(given or {}).get(name, {})))
    return Pipeline(tuple(steps))


def _number(value: float | str) -> float:
    numerator, slash, denominator = str(value).partition("/")
    try:
        return float(numerator) / (float(denominator) if slash else 1.0)
    except (ValueError, ZeroDivisionError) as error:
        raise ConfigError(
            f"NormalizeImage.scale is {value!r}: write a number or a fraction, such as 1./255."
        ) from error
