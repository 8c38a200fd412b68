"""SLANet: from a picture of a table to its structure. Shapes: B batch, H rows, W columns, S steps, N classes.

PP-StructureV2, arXiv:2210.05391, section 3.2. Sublayers carry PaddleOCR's names, because a state dict is addressed by
them.
"""

from collections.abc import Callable, Mapping
from typing import Any

from paddle import Tensor, nn

from paddock.core.build import build
from paddock.core.errors import ConfigError
from paddock.ocr.table.csp_pan import CSPPAN
from paddock.ocr.table.head import SLAHead, TableOutputs, TrainingOutputs
from paddock.ocr.table.pplcnet import PPLCNet

BACKBONES: dict[str, Callable[..., nn.Layer]] = {"PPLCNet": PPLCNet}
NECKS: dict[str, Callable[..., nn.Layer]] = {"CSPPAN": CSPPAN}
HEADS: dict[str, Callable[..., nn.Layer]] = {"SLAHead": SLAHead}


class SLANet(nn.Layer):
    """Backbone, neck and head, chained.

    Shape:
        in  images ``[B, 3, H, W]``; while training also structure ``[B, S]``, the token before each step
        out boxes ``[B, S, loc_reg_num]`` as shares of the table picture's width and height, structure ``[B, S, N]``;
            while training also attention, see `TrainingOutputs`
    """

    def __init__(self, backbone: nn.Layer, neck: nn.Layer, head: nn.Layer) -> None:
        super().__init__()
        self.backbone = backbone
        self.neck = neck
        self.head = head

    def forward(self, images: Tensor, structure: Tensor | None = None) -> TableOutputs | TrainingOutputs:
        return self.head([self.features(images)], structure)

    def features(self, images: Tensor) -> Tensor:
        """The coarsest map, which is all that the head reads.

        Shape:
            out ``[B, C, H / 32, W / 32]``, sizes rounded up
        """
        return self.neck(self.backbone(images))[-1]


def build_network(architecture: Mapping[str, Any], num_classes: int) -> SLANet:
    """The network that PaddleOCR's ``Architecture`` section describes, with fresh weights.

    Args:
        num_classes: structure tokens plus two, for start and end.

    Raises:
        ConfigError: the section names something that the native engine does not have.
    """
    if architecture["algorithm"] != "SLANet":
        raise ConfigError("the native engine trains Architecture.algorithm=SLANet for tables.")
    backbone = build(BACKBONES, architecture["Backbone"])
    neck = build(NECKS, architecture["Neck"], in_channels=backbone.out_channels)
    head = build(HEADS, architecture["Head"], in_channels=neck.out_channels, out_channels=num_classes)
    return SLANet(backbone, neck, head)
