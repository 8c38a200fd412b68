"""What SLANet minimises. Shapes: B batch, S steps, N classes, R numbers of a box, H rows and W columns of the map."""

from collections.abc import Callable

import paddle
import paddle.nn.functional as F
from paddle import Tensor, nn

from paddock.core.build import did_you_mean
from paddock.core.errors import ConfigError
from paddock.ocr.table.head import TrainingOutputs

EPSILON = 1e-12
"""PaddleOCR's guard against a batch without a box."""


def _smooth_l1(found: Tensor, boxes: Tensor, mask: Tensor) -> Tensor:
    """Mean over the boxes of the sum over their numbers (Girshick, arXiv:1504.08083, equation 3)."""
    return F.smooth_l1_loss(found * mask, boxes * mask, reduction="sum") / (mask.sum() + EPSILON)


def _mse(found: Tensor, boxes: Tensor, mask: Tensor) -> Tensor:
    """Mean over everything, steps without a box included."""
    return F.mse_loss(found * mask, boxes)


LOC_LOSSES: dict[str, Callable[[Tensor, Tensor, Tensor], Tensor]] = {"smooth_l1": _smooth_l1, "mse": _mse}


def _missed(attention: Tensor, boxes: Tensor, mask: Tensor, extent: Tensor) -> Tensor:
    """Mean over the looks of the cross entropy of attention with the share of the box that each position holds.

    A step looks at its box, or, without one, at that of the next step: whether a row follows is seen where it would be.
    """
    is_own = mask > 0
    boxes = paddle.where(is_own, boxes, F.pad(boxes[:, 1:], [0, 0, 0, 1, 0, 0]))
    mask = paddle.where(is_own, mask, F.pad(mask[:, 1:], [0, 0, 0, 1, 0, 0]))
    corners = boxes.reshape([*boxes.shape[:2], -1, 2]) * extent[:, None, None].flip([3])  # as shares of the square
    rows, columns = attention.shape[2:]
    across = _overlap(corners[..., 0], columns).unsqueeze(2)  # [B, S, 1, W]
    held = _overlap(corners[..., 1], rows).unsqueeze(3) * across
    held = held / (held.sum(axis=[2, 3], keepdim=True) + EPSILON)
    missed = -(held * paddle.log(attention + EPSILON)).sum(axis=[2, 3])
    return (missed * mask.squeeze(2)).sum() / (mask.sum() + EPSILON)


def _overlap(coordinates: Tensor, number: int) -> Tensor:
    """How much of each of ``number`` equal parts of 0 to 1 lies between the least and the greatest coordinate.

    Shape:
        coordinates ``[B, S, points]``; out ``[B, S, number]``
    """
    edges = paddle.arange(number + 1, dtype=coordinates.dtype) / number
    start, end = coordinates.min(axis=2, keepdim=True), coordinates.max(axis=2, keepdim=True)
    return F.relu(paddle.minimum(end, edges[1:]) - paddle.maximum(start, edges[:-1]))


class SLALoss(nn.Layer):
    """Cross entropy of the tokens, padding included, and distance of the boxes (PaddleOCR's SLALoss).

    ``attention_weight`` adds what PaddleOCR has not: each step that opens a cell with a box is taught to look at it, as
    in Focusing Attention (Cheng et al., arXiv:1709.02054, section 3.2), the box's part of the map being the target.

    Raises:
        ConfigError: there is no such ``loc_loss``.

    Shape:
        outputs see `TrainingOutputs`; structure ``[B, S]``, boxes ``[B, S, R]`` from 0 to 1, mask ``[B, S, 1]``, extent
        ``[B, 2]``: height and width of the table as shares of the square it is in; out the terms ``loss``,
        ``structure_loss``, ``loc_loss`` and, where it counts, ``attention_loss``, weighted, each a scalar
    """

    def __init__(
        self,
        structure_weight: float = 1.0,
        loc_weight: float = 0.0,
        loc_loss: str = "mse",
        attention_weight: float = 0.0,
    ) -> None:
        super().__init__()
        if loc_loss not in LOC_LOSSES:
            raise ConfigError(f"Loss.loc_loss is {loc_loss!r}. {did_you_mean(loc_loss, LOC_LOSSES)}")
        self.structure_weight = structure_weight
        self.loc_weight = loc_weight
        self.loc_loss = LOC_LOSSES[loc_loss]
        self.attention_weight = attention_weight

    def forward(
        self, outputs: TrainingOutputs, structure: Tensor, boxes: Tensor, mask: Tensor, extent: Tensor
    ) -> dict[str, Tensor]:
        found, scores, attention = outputs
        terms = {
            "structure_loss": self.structure_weight * F.cross_entropy(scores, structure.unsqueeze(2)),
            "loc_loss": self.loc_weight * self.loc_loss(found, boxes, mask),
        }
        if self.attention_weight:
            terms["attention_loss"] = self.attention_weight * _missed(attention, boxes, mask, extent)
        return {"loss": sum(terms.values()), **terms}
