"""SLAHead: from the coarsest feature map to structure tokens and a box for each.

PP-StructureV2, arXiv:2210.05391, section 3.2 (SLANet); after PaddleOCR 2.10, ppocr/modeling/heads/table_att_head.py.
Sublayers carry PaddleOCR's names, because a state dict is addressed by them. Shapes: B batch, C channels, H rows,
W columns, S steps, N classes.
"""

import math
from collections.abc import Sequence

import paddle.nn.functional as F
from paddle import ParamAttr, Tensor, nn
from paddle.regularizer import L2Decay

from paddock.ocr.table.attention_gru import AttentionGRUCell

TableOutputs = tuple[Tensor, Tensor]
"""Boxes ``[B, S, loc_reg_num]``, 0 to 1, and structure ``[B, S, N]``; the order in which paddleocr 3.x unpacks them."""
TrainingOutputs = tuple[Tensor, Tensor, Tensor]
"""`TableOutputs`, and attention ``[B, S, H, W]``: where each step looked, which sums to 1 over the map."""

CLASS_AXES = {
    "head.structure_attention_cell.rnn.weight_ih": 1,
    "head.structure_generator.1.weight": 1,
    "head.structure_generator.1.bias": 0,
}
"""Parameter -> axis of which the last entries are one for each class."""


class SLAHead(nn.Layer):
    """Writes the table's structure token by token, and where the cell is that a token opens.

    Args:
        in_channels: channels of every map; the last is read.
        out_channels: classes, with those of start and end; the last class ends a sequence.
        max_text_length: tokens written at most; one more step is taken for the end.
        loc_reg_num: numbers of a box.

    Raises:
        ValueError: it trains, and no structure is given.

    Shape:
        in  maps ``[B, in_channels[i], H, W]``; while training also the tokens before each step ``[B, S]``
        out while training see `TrainingOutputs`, the structure as raw scores; otherwise see `TableOutputs`, the
            structure as probabilities
    """

    def __init__(
        self,
        in_channels: Sequence[int],
        out_channels: int,
        hidden_size: int,
        max_text_length: int = 500,
        loc_reg_num: int = 4,
        fc_decay: float = 0.0,
    ) -> None:
        super().__init__()
        self.max_steps = max_text_length + 1
        self.end = out_channels - 1
        bound = 1.0 / math.sqrt(hidden_size)

        def linear(outputs: int) -> nn.Linear:
            attributes = [
                ParamAttr(
                    initializer=nn.initializer.Uniform(-bound, bound),
                    regularizer=L2Decay(fc_decay) if fc_decay else None,
                )
                for _ in range(2)
            ]
            return nn.Linear(hidden_size, outputs, weight_attr=attributes[0], bias_attr=attributes[1])

        self.structure_attention_cell = AttentionGRUCell(in_channels[-1], hidden_size, out_channels)
        self.structure_generator = nn.Sequential(linear(hidden_size), linear(out_channels))
        self.loc_generator = nn.Sequential(linear(hidden_size), linear(loc_reg_num))

    def forward(self, maps: Sequence[Tensor], structure: Tensor | None = None) -> TableOutputs | TrainingOutputs:
        features = maps[-1].flatten(2).transpose([0, 2, 1])  # [B, C, H, W] -> [B, H * W, C]
        cell = self.structure_attention_cell
        if not self.training:
            states = cell.greedy(features, self.structure_generator, self.end, self.max_steps)
            return self._boxes(states), F.softmax(self.structure_generator(states), axis=2)
        if structure is None:
            raise ValueError("SLAHead trains by teacher forcing: call the network with the structure, too.")
        states, attention = cell(features, structure)
        looked_at = attention.reshape([*attention.shape[:2], *maps[-1].shape[2:]])
        return self._boxes(states), self.structure_generator(states), looked_at

    def _boxes(self, states: Tensor) -> Tensor:
        return F.sigmoid(self.loc_generator(states))
