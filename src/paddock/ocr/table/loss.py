"""What SLANet minimises. Shapes: B batch, S steps, N classes, R numbers of a box."""

from collections.abc import Callable

import paddle.nn.functional as F
from paddle import Tensor, nn

from paddock.core.build import did_you_mean
from paddock.core.errors import ConfigError
from paddock.ocr.table.head import TableOutputs

EPSILON = 1e-12
"""PaddleOCR's guard against a batch without a box."""


def _smooth_l1(found: Tensor, boxes: Tensor, mask: Tensor) -> Tensor:
    """Mean over the boxes of the sum over their numbers (Girshick, arXiv:1504.08083, equation 3)."""
    return F.smooth_l1_loss(found * mask, boxes * mask, reduction="sum") / (mask.sum() + EPSILON)


def _mse(found: Tensor, boxes: Tensor, mask: Tensor) -> Tensor:
    """Mean over everything, steps without a box included."""
    return F.mse_loss(found * mask, boxes)


LOC_LOSSES: dict[str, Callable[[Tensor, Tensor, Tensor], Tensor]] = {"smooth_l1": _smooth_l1, "mse": _mse}


class SLALoss(nn.Layer):
    """Cross entropy of the tokens, padding included, and distance of the boxes (PaddleOCR's SLALoss).

    Raises:
        ConfigError: there is no such ``loc_loss``.

    Shape:
        outputs see `TableOutputs`; structure ``[B, S]``, boxes ``[B, S, R]`` from 0 to 1, mask ``[B, S, 1]``;
        out the terms ``loss``, ``structure_loss`` and ``loc_loss``, weighted, each a scalar
    """

    def __init__(self, structure_weight: float = 1.0, loc_weight: float = 0.0, loc_loss: str = "mse") -> None:
        super().__init__()
        if loc_loss not in LOC_LOSSES:
            raise ConfigError(f"Loss.loc_loss is {loc_loss!r}. {did_you_mean(loc_loss, LOC_LOSSES)}")
        self.structure_weight = structure_weight
        self.loc_weight = loc_weight
        self.loc_loss = LOC_LOSSES[loc_loss]

    def forward(self, outputs: TableOutputs, structure: Tensor, boxes: Tensor, mask: Tensor) -> dict[str, Tensor]:
        found, scores = outputs
        structure_loss = self.structure_weight * F.cross_entropy(scores, structure.unsqueeze(2))
        loc_loss = self.loc_weight * self.loc_loss(found, boxes, mask)
        return {"loss": structure_loss + loc_loss, "structure_loss": structure_loss, "loc_loss": loc_loss}
