import threading
from collections.abc import Sequence
from itertools import chain

import numpy as np
import pytest
from numpy.random import Generator

from paddock.core.errors import DatasetError
from paddock.data.loader import Batch, BatchSource, EvalPlan, Loader, TrainPlan

WIDTHS = [10, 50, 20, 40, 30, 60, 25]


def add_noise(value: float, rng: Generator) -> float:
    if value < 0:
        raise DatasetError(f"labels.txt:{value:g} is unreadable")
    return value + float(rng.random())


def collate(values: Sequence[float], unreadable: Sequence[tuple[float, str]]) -> Batch[float]:
    return Batch(np.array(values, dtype=np.float32), (), tuple(values), tuple(unreadable))


def source(values: Sequence[float], tolerant: bool = False) -> BatchSource[float]:
    return BatchSource(values, add_noise, collate, seed=5, tolerant=tolerant)


def plan(**changes: object) -> TrainPlan:
    values = {"widths": WIDTHS, "batch_size": 2, "shuffle": True, "drop_last": False, "seed": 5} | changes
    return TrainPlan(**values)  # type: ignore[arg-type]


def test_every_sample_is_seen_once_an_epoch_in_an_order_of_its_own() -> None:
    first, second = plan()(0), plan()(1)

    assert sorted(chain(*first)) == sorted(chain(*second)) == list(range(7))
    assert first != second
    assert first == plan()(0)


def test_drop_last_leaves_out_the_incomplete_batch() -> None:
    assert [len(batch) for batch in plan(drop_last=True)(0)] == [2, 2, 2]


def test_a_set_smaller_than_a_batch_is_still_learnt_from() -> None:
    assert [len(batch) for batch in plan(batch_size=100, drop_last=True)(0)] == [7]


def test_batches_hold_pictures_of_similar_width() -> None:
    spans = [max(WIDTHS[i] for i in batch) - min(WIDTHS[i] for i in batch) for batch in plan()(0)]

    assert max(spans) <= 15


def test_processes_share_an_epoch_without_overlap_and_in_equal_numbers() -> None:
    parts = [plan(rank=rank, world_size=2)(0) for rank in range(2)]

    assert len(parts[0]) == len(parts[1]) == 2
    seen = list(chain(*parts[0], *parts[1]))
    assert len(seen) == len(set(seen))


def test_a_share_of_each_label_file_is_drawn_anew_for_each_epoch() -> None:
    parts = [(range(4), 1.0), (range(4, 44), 0.25), (range(44, 52), 0.25), (range(52, 54), 0.01)]
    plan = TrainPlan([1] * 54, 1, shuffle=True, drop_last=False, seed=0, parts=parts)

    epochs = [sorted(chain(*plan(epoch))) for epoch in range(6)]

    for taken in epochs:
        assert len(set(taken)) == len(taken)
        assert [len(set(members) & set(taken)) for members, _ in parts] == [4, 10, 2, 1]
    assert len({tuple(taken) for taken in epochs}) == 6


def test_evaluation_batches_hold_equal_widths_and_every_sample() -> None:
    batches = EvalPlan([10, 20, 10, 10, 20], batch_size=2)(0)

    assert batches == [[0, 2], [3], [1, 4]]


@pytest.mark.parametrize("num_workers", [0, 1, 2])
def test_number_of_workers_changes_nothing(num_workers: int) -> None:
    loader = Loader(source([1.0] * 7), plan(), num_workers)

    found = [(epoch, number, batch.images.tolist()) for epoch, number, batch in loader.epochs(range(2))]

    expected = [
        (epoch, number, source([1.0] * 7).load(epoch, samples).images.tolist())
        for epoch in range(2)
        for number, samples in enumerate(plan()(epoch))
    ]
    assert found == expected


def test_an_epoch_can_start_in_its_middle() -> None:
    loader = Loader(source([1.0] * 7), plan(), 0)

    whole = [(epoch, number) for epoch, number, _ in loader.epochs(range(1, 3))]
    rest = [(epoch, number) for epoch, number, _ in loader.epochs(range(1, 3), first_batch=2)]

    assert rest == whole[2:]


def test_an_unreadable_sample_stops_training_and_is_counted_in_evaluation() -> None:
    with pytest.raises(DatasetError, match="unreadable"):
        list(Loader(source([1.0, -1.0]), EvalPlan([1, 1], 2), 0).once())

    (batch,) = Loader(source([1.0, -1.0], tolerant=True), EvalPlan([1, 1], 2), 0).once()
    assert len(batch.samples) == 1
    assert batch.unreadable == ((-1.0, "labels.txt:-1 is unreadable"),)


def test_readers_end_when_the_loop_is_left() -> None:
    before = threading.active_count()
    batches = Loader(source([1.0] * 7), plan(), 0).epochs(range(1000))
    next(batches)
    assert threading.active_count() > before

    batches.close()

    assert threading.active_count() == before
