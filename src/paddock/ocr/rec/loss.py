"""The CTC loss. Shapes: B batch, T time steps, N classes, L longest label."""

import paddle
from paddle import Tensor, nn


class CTCLoss(nn.Layer):
    """Mean over the batch of ``-log p(label | picture)`` (Graves et al. 2006; PaddleOCR's CTCLoss).

    Shape:
        logits ``[B, T, N]``, labels ``[B, L]`` padded with 0, lengths ``[B]``; out a scalar
    """

    def __init__(self) -> None:
        super().__init__()
        self.ctc = nn.CTCLoss(blank=0, reduction="none")

    def forward(self, logits: Tensor, labels: Tensor, lengths: Tensor) -> Tensor:
        by_step = logits.transpose([1, 0, 2])
        steps = paddle.full([logits.shape[0]], by_step.shape[0], dtype="int64")
        return self.ctc(by_step, labels.astype("int32"), steps, lengths).mean()
