"""Training and evaluation on a CPU through oneDNN, for a while, without a change to the network."""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import paddle
from paddle import Tensor, nn

from paddock.accelerate.attention_gru import in_numpy
from paddock.accelerate.executor import Executor
from paddock.accelerate.library import OneDnn, UnsupportedError
from paddock.accelerate.networks import NETWORKS

_log = logging.getLogger(__name__)

MIN_PIXELS_WITHOUT_GRADIENT = 16 * 32 * 100
"""A program costs 0.1 to 0.3 s to make. An evaluation meets many sizes, most of them in a few pictures, once each."""

_NOTICE = "hardware.accelerate: Paddle computes what oneDNN cannot: %s."


@contextmanager
def accelerated(network: nn.Layer, threads: int) -> Iterator[None]:
    """Compute the parts of ``network`` that oneDNN can compute with it, as long as the body runs.

    These are the outermost layers with an entry in `NETWORKS`: a text recogniser or a text detector as a whole, of a
    network for tables backbone and neck. An attention GRU is computed in NumPy. Parameters, state dict and modes stay
    the network's own. What cannot be accelerated, a layer or pictures of some shape, runs in Paddle, and is named once.

    Args:
        threads: of the attention GRU; 0 means all cores. oneDNN has as many as Paddle, on whose OpenMP runtime it runs.
    """
    replaced: list[tuple[nn.Layer, str]] = []
    try:
        library = OneDnn()
        for layer in outermost(network):
            method = NETWORKS[type(layer)].method
            executor = Executor(layer, library)
            setattr(layer, method, _with_fallback(getattr(layer, method), executor))
            replaced.append((layer, method))
    except UnsupportedError as error:
        _log.warning(_NOTICE, error)
    try:
        with in_numpy(network, threads or os.cpu_count() or 1):
            yield
    finally:
        for layer, method in replaced:
            delattr(layer, method)  # what is left is the method of its class


def _with_fallback(plain: Callable[[Tensor], Any], executor: Executor) -> Callable[[Tensor], Any]:
    """The executor's method; the plain one for each input that has no accelerated form."""
    said: set[str] = set()

    def forward(images: Tensor) -> Any:
        pays = paddle.is_grad_enabled() or images.size // images.shape[1] >= MIN_PIXELS_WITHOUT_GRADIENT
        if not (paddle.in_dynamic_mode() and pays):
            return plain(images)
        try:
            return executor(images)
        except UnsupportedError as error:
            reason = str(error)
            if reason not in said:
                size = " x ".join(str(number) for number in images.shape[1:])
                _log.warning(_NOTICE, f"{reason} (pictures of {size})")
                said.add(reason)
            return plain(images)

    return forward


def outermost(layer: nn.Layer) -> Iterator[nn.Layer]:
    """The parts of a network that can be accelerated as one."""
    if type(layer) in NETWORKS:
        yield layer
        return
    for child in layer.children():
        yield from outermost(child)
