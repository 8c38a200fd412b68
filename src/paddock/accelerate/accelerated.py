"""Training and evaluation on a CPU through oneDNN, for a while, without a change to the network."""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import paddle
from paddle import Tensor, nn

from paddock.accelerate.attention_gru import in_numpy
from paddock.accelerate.executor import Executor
from paddock.accelerate.library import OneDnn, UnsupportedError
from paddock.accelerate.lowering import LOWERINGS

_log = logging.getLogger(__name__)

MIN_PICTURES_WITHOUT_GRADIENT = 16
"""A program costs 0.1 to 0.3 s to make. An evaluation meets many widths, most of them in a few pictures, once each."""

_NOTICE = "hardware.accelerate: Paddle computes what oneDNN cannot: %s."


@contextmanager
def accelerated(network: nn.Layer, threads: int) -> Iterator[None]:
    """Compute the parts of ``network`` that oneDNN can compute with it, as long as the body runs.

    These are the outermost layers with an entry in `LOWERINGS`: of a text recogniser its backbone. An attention GRU is
    computed in NumPy. Parameters, state dict, modes and hooks stay the network's own; what cannot be accelerated runs
    in Paddle, and is named once.

    Args:
        threads: of oneDNN, and from then on of all OpenMP code of this process; 0 means all cores.
    """
    replaced: list[nn.Layer] = []
    try:
        library = OneDnn()
        for layer in _outermost(network):
            layer.forward = _with_fallback(layer.forward, Executor(layer, library, threads or os.cpu_count() or 1))
            replaced.append(layer)
    except UnsupportedError as error:
        _log.warning(_NOTICE, error)
    try:
        with in_numpy(network, threads or os.cpu_count() or 1):
            yield
    finally:
        for layer in replaced:
            del layer.forward  # what is left is the method of its class


def _with_fallback(plain: Callable[[Tensor], Tensor], executor: Executor) -> Callable[[Tensor], Tensor]:
    """The executor's ``forward``; for good the plain one from the first input on that has no accelerated form."""
    is_supported = True

    def forward(images: Tensor) -> Tensor:
        nonlocal is_supported
        pays = paddle.is_grad_enabled() or images.shape[0] >= MIN_PICTURES_WITHOUT_GRADIENT
        if not (is_supported and pays and paddle.in_dynamic_mode()):
            return plain(images)
        try:
            return executor(images)
        except UnsupportedError as error:
            is_supported = False
            _log.warning(_NOTICE, error)
            return plain(images)

    return forward


def _outermost(layer: nn.Layer) -> Iterator[nn.Layer]:
    if type(layer) in LOWERINGS:
        yield layer
        return
    for child in layer.children():
        yield from _outermost(child)
