"""Threads: tests have one each, and the next one finds it so."""

from collections.abc import Iterator

import paddle
import pytest


@pytest.fixture
def two_threads() -> Iterator[None]:
    """Paddle and oneDNN compute with two."""
    paddle.base.core.set_num_threads(2)
    yield
    paddle.base.core.set_num_threads(1)
