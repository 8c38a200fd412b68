import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import paddle
import pytest
from paddle import nn

from paddock.core.errors import CheckpointError
from paddock.training.pdparams import read_arrays


def test_weights_that_paddle_saved_come_back(tmp_path: Path) -> None:
    layer = nn.Linear(2, 3)
    paddle.save(layer.state_dict(), str(tmp_path / "a.pdparams"))

    found = read_arrays(tmp_path / "a.pdparams")

    assert sorted(found) == ["bias", "weight"]
    assert np.array_equal(found["weight"], layer.weight.numpy())


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_plain_arrays_of_any_pickle_protocol_come_back(tmp_path: Path, protocol: int) -> None:
    path = tmp_path / "old.pdparams"
    path.write_bytes(pickle.dumps({"w": np.arange(3.0)}, protocol=protocol))

    assert np.array_equal(read_arrays(path)["w"], [0.0, 1.0, 2.0])


class _RunsCode:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


def test_a_pickle_that_runs_code_is_refused_and_runs_nothing(tmp_path: Path) -> None:
    path, mark = tmp_path / "evil.pdparams", tmp_path / "was_run"
    path.write_bytes(pickle.dumps({"w": _RunsCode(mark)}))

    with pytest.raises(CheckpointError, match=r"evil\.pdparams tries to call posix\.mkdir.*was not loaded"):
        read_arrays(path)

    assert not mark.exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no pickle at all", "is no PaddleOCR checkpoint"),
        (b"", "is no PaddleOCR checkpoint"),
        (pickle.dumps([1, 2]), "holds a list, not named weights"),
    ],
)
def test_a_file_that_is_no_checkpoint_is_refused_by_name(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "x.pdparams"
    path.write_bytes(content)

    with pytest.raises(CheckpointError, match=message):
        read_arrays(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"none\.pdparams cannot be read: No such file"):
        read_arrays(tmp_path / "none.pdparams")
