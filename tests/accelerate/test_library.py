"""Objects of oneDNN and what becomes of them."""

import gc

import paddle
from paddle import nn
from pytest import MonkeyPatch

from paddock.accelerate import library
from paddock.accelerate.executor import Executor
from paddock.accelerate.library import OneDnn
from paddock.accelerate.tape import Tape
from tests.accelerate.against_float64 import assert_exact


def test_an_object_is_destroyed_with_its_last_reference() -> None:
    destroyed = []
    handle = library.Handle(1)
    handle.destroy = lambda pointer: destroyed.append(pointer.value)
    del handle
    assert destroyed == [1]


def test_equal_layouts_are_one_object() -> None:
    onednn = OneDnn()
    assert onednn.layout([2, 3, 4, 5], "acdb") is onednn.layout((2, 3, 4, 5), "acdb")
    assert onednn.layout((2, 3, 4, 5), "acdb") is not onednn.layout((2, 3, 4, 5), "abcd")


def test_a_finished_tape_goes_with_its_last_reference() -> None:
    layer = nn.Conv2D(3, 4, 3)
    executor = Executor(layer, OneDnn())
    gc.collect()
    gc.disable()
    try:
        executor._try_plan((1, 3, 8, 8), True)
        assert not [found for found in gc.get_objects() if type(found) is Tape]
    finally:
        gc.enable()


def test_kernels_may_be_forgotten_at_any_moment(monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setattr(library, "_PRIMITIVES_UNTIL_EMPTIED", 2)

    def build() -> nn.Sequential:
        paddle.seed(1)
        return nn.Sequential(nn.Conv2D(3, 4, 3), nn.BatchNorm(4), nn.Conv2D(4, 2, 1))

    assert_exact(build, 8, 10)
