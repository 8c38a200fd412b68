"""DB: from picture to a map of where text is. Shapes: B batch, H rows, W columns.

Liao et al., Real-time Scene Text Detection with Differentiable Binarization, arXiv:1911.08947. Sublayers carry
PaddleOCR's names, because a state dict is addressed by them.
"""

from collections.abc import Callable, Mapping
from typing import Any

import paddle
from paddle import Tensor, nn

from paddock.core.build import build
from paddock.core.errors import ConfigError
from paddock.ocr.det.fpn import DBFPN
from paddock.ocr.det.head import DBHead
from paddock.ocr.det.mobilenet_v3 import MobileNetV3
from paddock.ocr.det.resnet_vd import ResNetVd

BACKBONES: dict[str, Callable[..., nn.Layer]] = {"MobileNetV3": MobileNetV3, "ResNet_vd": ResNetVd}
NECKS: dict[str, Callable[..., nn.Layer]] = {"DBFPN": DBFPN}
HEADS: dict[str, Callable[..., nn.Layer]] = {"DBHead": DBHead}

SIZE_MULTIPLE = 32
"""Height and width of the input are halved five times and doubled again: what is no multiple would not meet itself."""


class DB(nn.Layer):
    """Backbone, neck and head, chained.

    Raises:
        ConfigError: height or width of the input is no multiple of 32.

    Shape:
        in  ``[B, 3, H, W]``, BGR, normalised as NormalizeImage says
        out ``[B, 3, H, W]`` while training, ``[B, 1, H, W]`` otherwise; see `DBHead`
    """

    def __init__(self, backbone: nn.Layer, neck: nn.Layer, head: nn.Layer) -> None:
        super().__init__()
        self.backbone = backbone
        self.neck = neck
        self.head = head

    def forward(self, images: Tensor) -> Tensor:
        if paddle.in_dynamic_mode():  # a graph is traced for sizes that are not known yet
            _check_size(images.shape[2], images.shape[3])
        return self.head(self.neck(self.backbone(images)))


def _check_size(height: int, width: int) -> None:
    if height % SIZE_MULTIPLE or width % SIZE_MULTIPLE:
        raise ConfigError(
            f"the network got pictures of {height} x {width} pixels: both must be multiples of {SIZE_MULTIPLE}. Change "
            "EastRandomCropData.size (Global.d2s_train_image_shape) for training, DetResizeForTest for evaluation."
        )


def build_network(architecture: Mapping[str, Any]) -> DB:
    """The network that PaddleOCR's ``Architecture`` section describes, with fresh weights.

    Raises:
        ConfigError: the section names something that the native engine does not have.
    """
    if architecture["algorithm"] != "DB" or architecture.get("Transform"):
        raise ConfigError("the native engine trains Architecture.algorithm=DB without a Transform for detection.")
    backbone = build(BACKBONES, architecture["Backbone"])
    neck = build(NECKS, architecture["Neck"], in_channels=backbone.out_channels)
    head = build(HEADS, architecture["Head"], in_channels=neck.out_channels)
    return DB(backbone, neck, head)
