"""What `paddock preview` shows is what training sees; tests/stages/test_preview.py draws it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.random import Generator
from numpy.typing import NDArray

from paddock.core.errors import DatasetError
from paddock.data.loader import Batch, BatchSource
from paddock.ocr.preview import Choice, Seen, previewed


@dataclass(frozen=True)
class Spot:
    number: int
    pixels: NDArray[np.uint8]


SPOTS = [Spot(number, np.full((2, 3, 3), number, np.uint8)) for number in range(20)]


def shaken(spot: Spot, rng: Generator) -> Spot:
    return replace(spot, pixels=rng.integers(0, 256, (2, 3, 3), np.uint8))


def sometimes(spot: Spot, rng: Generator) -> Spot:
    return replace(spot, pixels=spot.pixels + np.uint8(rng.random() < 0.5))


def as_it_is(spot: Spot, rng: Generator) -> Spot:
    return spot


def broken(spot: Spot, rng: Generator) -> Spot:
    if spot.number % 2:
        raise DatasetError(f"labels.txt:{spot.number}: image is gone.")
    return spot


def together(spots: Sequence[Spot], unreadable: Sequence[tuple[Spot, str]]) -> Batch[Spot]:
    return Batch(np.stack([spot.pixels.astype(np.float32) for spot in spots]), (), tuple(spots))


def test_every_epoch_shows_what_the_training_sees() -> None:
    source = BatchSource(SPOTS, shaken, together, seed=5, tolerant=False)
    for spot, versions in previewed(SPOTS, shaken, Choice(num=4, epochs=3, seed=5)):
        assert [seen.epochs for seen in versions] == [(1,), (2,), (3,)]
        for epoch, seen in enumerate(versions):
            (trained,) = source.load(epoch, [spot.number]).samples
            assert (seen.sample.pixels == trained.pixels).all()


def test_the_seed_picks_the_samples() -> None:
    def picked(seed: int) -> list[int]:
        return [spot.number for spot, _ in previewed(SPOTS, as_it_is, Choice(num=6, epochs=1, seed=seed))]

    assert picked(1) == picked(1) == sorted(set(picked(1)))
    assert len(picked(1)) == 6
    assert picked(1) != picked(2)


def test_fewer_samples_than_asked_for_are_all_shown() -> None:
    assert len(list(previewed(SPOTS[:3], as_it_is, Choice(num=9, epochs=1, seed=0)))) == 3


def test_what_looks_the_same_in_several_epochs_is_shown_once() -> None:
    for _, versions in previewed(SPOTS, as_it_is, Choice(num=2, epochs=3, seed=0)):
        assert [seen.caption for seen in versions] == ["epochs 1, 2, 3"]
    found = [seen.epochs for _, all_ in previewed(SPOTS, sometimes, Choice(9, 4, 0)) for seen in all_]
    assert {len(epochs) for epochs in found} > {1, 2}
    assert Seen(SPOTS[0], (1, 3)).caption == "epochs 1, 3"


def test_what_cannot_be_read_is_told_and_left_out(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        shown = [spot.number for spot, _ in previewed(SPOTS[:4], broken, Choice(num=4, epochs=1, seed=0))]
    assert shown == [0, 2]
    assert caplog.messages == ["labels.txt:1: image is gone.", "labels.txt:3: image is gone."]
