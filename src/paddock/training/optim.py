"""PaddleOCR's ``Optimizer`` section as Paddle objects: optimiser, schedule with warm-up, clipping, decay."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

import paddle
from paddle import Tensor, nn
from paddle.optimizer import Adam, AdamW, Momentum, Optimizer, lr
from paddle.regularizer import L1Decay, L2Decay

from paddock.core.build import build
from paddock.core.errors import ConfigError


def _const(learning_rate: float, total_steps: int, steps_per_epoch: int) -> lr.LRScheduler:
    return lr.PiecewiseDecay(boundaries=[total_steps], values=[learning_rate, learning_rate])


def _cosine(learning_rate: float, total_steps: int, steps_per_epoch: int) -> lr.LRScheduler:
    return lr.CosineAnnealingDecay(learning_rate, T_max=total_steps)


def _linear(
    learning_rate: float, total_steps: int, steps_per_epoch: int, end_lr: float = 0.0, power: float = 1.0
) -> lr.LRScheduler:
    return lr.PolynomialDecay(learning_rate, decay_steps=total_steps, end_lr=end_lr, power=power)


def _piecewise(
    learning_rate: float,
    total_steps: int,
    steps_per_epoch: int,
    decay_epochs: Sequence[int],
    values: Sequence[float],
) -> lr.LRScheduler:
    if len(values) != len(decay_epochs) + 1:
        raise ConfigError(
            f"Optimizer.lr: {len(decay_epochs)} decay_epochs need {len(decay_epochs) + 1} values, not {len(values)}."
        )
    return lr.PiecewiseDecay([epoch * steps_per_epoch for epoch in decay_epochs], list(values))


SCHEDULES: dict[str, Callable[..., lr.LRScheduler]] = {
    "Const": _const,
    "Cosine": _cosine,
    "Linear": _linear,
    "Piecewise": _piecewise,
}


def build_schedule(section: Mapping[str, Any], epochs: int, steps_per_epoch: int) -> lr.LRScheduler:
    """The learning rate of each step, by PaddleOCR's ``Optimizer.lr``; a schedule decays after its warm-up.

    Args:
        section: ``name`` (Const where it is absent), ``learning_rate``, ``warmup_epoch`` (may be a fraction), and the
            schedule's own settings.

    Raises:
        ConfigError: the schedule or a setting is unknown, or the warm-up takes the whole training.
    """
    spec = {key: value for key, value in section.items() if value is not None}
    warmup_epoch = float(spec.pop("warmup_epoch", 0))
    if warmup_epoch >= epochs:
        raise ConfigError(
            f"Optimizer.lr.warmup_epoch ({warmup_epoch:g}) must be below Global.epoch_num ({epochs}). "
            "For a short run add Optimizer.lr.warmup_epoch=0."
        )
    spec = {"name": "Const", **spec}
    if spec["name"] == "Piecewise":
        spec.setdefault("learning_rate", spec.get("values", [0.0])[0])
    warmup_steps = round(warmup_epoch * steps_per_epoch)
    total_steps = epochs * steps_per_epoch - warmup_steps
    schedule = build(SCHEDULES, spec, total_steps=total_steps, steps_per_epoch=steps_per_epoch)
    if warmup_steps == 0:
        return schedule
    return lr.LinearWarmup(schedule, warmup_steps, start_lr=0.0, end_lr=float(spec["learning_rate"]))


Parameters: TypeAlias = Sequence[Tensor]
Decay: TypeAlias = L1Decay | L2Decay | float
Clip: TypeAlias = nn.ClipGradByGlobalNorm | nn.ClipGradByNorm


def _adam(
    kind: type[Adam] | type[AdamW],
    learning_rate: lr.LRScheduler,
    parameters: Parameters,
    grad_clip: Clip | None,
    weight_decay: Decay | None,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
) -> Optimizer:
    """Adam adds the decay to gradients, which a regulariser does for it; AdamW takes it off the weights itself."""
    if kind is AdamW:
        if not isinstance(weight_decay, float | None):
            raise ConfigError(
                "AdamW decays weights by Optimizer.weight_decay: set that, and Optimizer.regularizer=null."
            )
        weight_decay = weight_decay or 0.0
    return kind(learning_rate, beta1, beta2, epsilon, parameters, weight_decay=weight_decay, grad_clip=grad_clip)


def _momentum(
    learning_rate: lr.LRScheduler,
    parameters: Parameters,
    grad_clip: Clip | None,
    weight_decay: Decay | None,
    momentum: float = 0.9,
) -> Optimizer:
    return Momentum(learning_rate, momentum, parameters, weight_decay=weight_decay, grad_clip=grad_clip)


OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {
    "Adam": partial(_adam, Adam),
    "AdamW": partial(_adam, AdamW),
    "Momentum": _momentum,
}
REGULARIZERS: dict[str, Callable[..., L1Decay | L2Decay]] = {"L1": L1Decay, "L2": L2Decay}


def build_optimizer(section: Mapping[str, Any], schedule: lr.LRScheduler, parameters: Parameters) -> Optimizer:
    """The optimiser of PaddleOCR's ``Optimizer`` section.

    Args:
        section: ``name`` and its settings; ``regularizer`` {name, factor} or ``weight_decay``; ``clip_norm_global``
            limits the norm of all gradients together, ``clip_norm`` that of each.

    Raises:
        ConfigError: a name or a setting is unknown.
    """
    spec = {key: value for key, value in section.items() if key != "lr" and value is not None}
    regularizer = _regularizer(spec.pop("regularizer", None))
    weight_decay = spec.pop("weight_decay", None)
    decay = regularizer if weight_decay is None else float(weight_decay)
    clip = _clip(spec.pop("clip_norm", None), spec.pop("clip_norm_global", None))
    return build(OPTIMIZERS, spec, learning_rate=schedule, parameters=parameters, grad_clip=clip, weight_decay=decay)


def _regularizer(section: Mapping[str, Any] | None) -> L1Decay | L2Decay | None:
    if not section or not section.get("factor"):
        return None
    return build(REGULARIZERS, {"name": section["name"]}, coeff=float(section["factor"]))


def _clip(clip_norm: float | None, clip_norm_global: float | None) -> Clip | None:
    if clip_norm and clip_norm_global:
        raise ConfigError("Optimizer.clip_norm and Optimizer.clip_norm_global exclude each other: set one to null.")
    if clip_norm_global:
        asks_first = paddle.get_device() == "cpu"  # elsewhere it would wait for the device, longer than it saves
        return nn.ClipGradByGlobalNorm(float(clip_norm_global), auto_skip_clip=asks_first)
    return nn.ClipGradByNorm(float(clip_norm)) if clip_norm else None
