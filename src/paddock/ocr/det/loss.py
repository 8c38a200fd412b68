"""The loss of differentiable binarization. Shapes: B batch, H rows, W columns.

Liao et al., arXiv:1911.08947, section 3.4, as PaddleOCR's DBLoss computes it.
"""

import paddle
import paddle.nn.functional as F
from paddle import Tensor, nn

from paddock.core.errors import ConfigError

EPSILON = 1e-6


def dice_loss(predicted: Tensor, truth: Tensor, mask: Tensor) -> Tensor:
    """One minus the overlap of two maps where ``mask`` is 1 (Milletari et al., arXiv:1606.04797, section 3).

    Shape:
        each ``[B, H, W]``; out a scalar, over all pictures together
    """
    overlap = (predicted * truth * mask).sum()
    area = (predicted * mask).sum() + (truth * mask).sum() + EPSILON
    return 1.0 - 2.0 * overlap / area


def mask_l1_loss(predicted: Tensor, truth: Tensor, mask: Tensor) -> Tensor:
    """Mean absolute difference where ``mask`` is 1.

    Shape:
        each ``[B, H, W]``; out a scalar, over all pictures together
    """
    return ((predicted - truth).abs() * mask).sum() / (mask.sum() + EPSILON)


def hard_negative_bce(predicted: Tensor, truth: Tensor, mask: Tensor, ratio: float) -> Tensor:
    """Binary cross entropy of all text pixels and of the worst others, at most ``ratio`` of these to one of text.

    Shape:
        each ``[B, H, W]``; out a scalar, over all pictures together
    """
    loss = F.binary_cross_entropy(predicted, truth, reduction="none")
    positive, negative = truth * mask, (1.0 - truth) * mask
    num_positive, num_negative = (int(count) for count in paddle.stack([positive.sum(), negative.sum()]))
    num_hard = int(min(num_negative, num_positive * ratio))
    total = (positive * loss).sum()
    if num_hard:
        hardest, _ = paddle.topk((negative * loss).flatten(), num_hard, sorted=False)
        total = total + hardest.sum()
    return total / (num_positive + num_hard + EPSILON)


class DBLoss(nn.Layer):
    """``alpha`` times the shrunk text map's loss, ``beta`` times the threshold map's, and the binary map's.

    Args:
        balance_loss: weigh text against background by ``ohem_ratio``. With DiceLoss, which is balanced in itself, it
            only makes a batch without text cost nothing.
        main_loss_type: of the shrunk text map, ``DiceLoss`` or ``BCELoss``; the binary map's is dice in any case.
        ohem_ratio: background pixels that count for each text pixel, the worst ones.

    Raises:
        ConfigError: the native engine does not have that loss.

    Shape:
        maps ``[B, 3, H, W]``; threshold_map, threshold_mask, shrink_map, shrink_mask ``[B, H, W]`` of any number type;
        out PaddleOCR's terms by name, scalars, of which ``loss`` is the sum
    """

    def __init__(
        self,
        balance_loss: bool = True,
        main_loss_type: str = "DiceLoss",
        alpha: float = 5,
        beta: float = 10,
        ohem_ratio: float = 3,
    ) -> None:
        super().__init__()
        if main_loss_type not in ("DiceLoss", "BCELoss"):
            raise ConfigError(f"Loss.main_loss_type is {main_loss_type!r}: the native engine has DiceLoss and BCELoss.")
        if main_loss_type == "BCELoss" and not balance_loss:
            raise ConfigError("Loss.main_loss_type=BCELoss needs Loss.balance_loss=true: most of a page is no text.")
        self.balance_loss = balance_loss
        self.main_loss_type = main_loss_type
        self.alpha = alpha
        self.beta = beta
        self.ohem_ratio = ohem_ratio

    def forward(
        self, maps: Tensor, threshold_map: Tensor, threshold_mask: Tensor, shrink_map: Tensor, shrink_mask: Tensor
    ) -> dict[str, Tensor]:
        shrunk, threshold, binary = maps.unbind(axis=1)
        threshold_map, threshold_mask, shrink_map, shrink_mask = (
            target.astype(maps.dtype) for target in (threshold_map, threshold_mask, shrink_map, shrink_mask)
        )
        terms = {
            "loss_shrink_maps": self.alpha * self._shrink_loss(shrunk, shrink_map, shrink_mask),
            "loss_threshold_maps": self.beta * mask_l1_loss(threshold, threshold_map, threshold_mask),
            "loss_binary_maps": dice_loss(binary, shrink_map, shrink_mask),
        }
        return {"loss": sum(terms.values()), **terms}

    def _shrink_loss(self, predicted: Tensor, truth: Tensor, mask: Tensor) -> Tensor:
        if self.main_loss_type == "BCELoss":
            return hard_negative_bce(predicted, truth, mask, self.ohem_ratio)
        loss = dice_loss(predicted, truth, mask)
        if not self.balance_loss:
            return loss
        num_positive, num_negative = (truth * mask).sum(), ((1.0 - truth) * mask).sum()
        counted = num_positive + paddle.minimum(num_negative, num_positive * self.ohem_ratio)
        return loss * counted / (counted + EPSILON)
