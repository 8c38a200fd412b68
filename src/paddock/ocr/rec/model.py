"""CRNN: from picture to character scores. Shapes: B batch, C channels, W columns, T time steps, N classes.

Shi et al., arXiv:1507.05717. Sublayers carry PaddleOCR's names, because a state dict is addressed by them.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

import paddle.nn.functional as F
from paddle import ParamAttr, Tensor, nn
from paddle.regularizer import L2Decay

from paddock.core.build import build
from paddock.core.errors import ConfigError
from paddock.ocr.rec.mobilenet_v3 import MobileNetV3
from paddock.ocr.rec.resnet_vd import ResNet

BACKBONES: dict[str, Callable[..., nn.Layer]] = {"MobileNetV3": MobileNetV3, "ResNet": ResNet}


class EncoderWithRNN(nn.Layer):
    """Two-layer bidirectional LSTM over the columns (section 2.2).

    Shape:
        in  ``[B, T, in_channels]``
        out ``[B, T, 2 * hidden_size]``
    """

    def __init__(self, in_channels: int, hidden_size: int) -> None:
        super().__init__()
        self.lstm = nn.LSTM(in_channels, hidden_size, num_layers=2, direction="bidirectional")

    def forward(self, columns: Tensor) -> Tensor:
        sequence, _ = self.lstm(columns)
        return sequence


class SequenceEncoder(nn.Layer):
    """Feature map of height 1 to a sequence with context from both sides.

    Raises:
        ConfigError: ``encoder_type`` is not ``rnn``, or the backbone does not divide the height down to 1.

    Shape:
        in  ``[B, in_channels, 1, W]``
        out ``[B, T, 2 * hidden_size]`` with ``T == W``
    """

    def __init__(self, in_channels: int, encoder_type: str = "rnn", hidden_size: int = 48) -> None:
        super().__init__()
        if encoder_type != "rnn":
            raise ConfigError(f"Architecture.Neck.encoder_type is {encoder_type!r}: the native engine has 'rnn' only.")
        self.encoder = EncoderWithRNN(in_channels, hidden_size)
        self.out_channels = 2 * hidden_size

    def forward(self, features: Tensor) -> Tensor:
        if features.shape[2] != 1:
            raise ConfigError(
                f"the backbone makes height {features.shape[2]} of its pictures, the neck needs 1: change the strides "
                "of Architecture.Backbone, or the height in Global.d2s_train_image_shape (32 with the default strides)."
            )
        return self.encoder(features.squeeze(2).transpose([0, 2, 1]))  # [B, C, 1, W] -> [B, W, C]


class CTCHead(nn.Layer):
    """Scores of each class at each time step; class 0 is CTC's blank.

    Shape:
        in  ``[B, T, in_channels]``
        out ``[B, T, N]``: raw scores while training, probabilities otherwise
    """

    def __init__(self, in_channels: int, out_channels: int, fc_decay: float = 0.0004) -> None:
        super().__init__()
        bound = 1.0 / math.sqrt(in_channels)

        def attribute() -> ParamAttr:
            return ParamAttr(
                initializer=nn.initializer.Uniform(-bound, bound), regularizer=L2Decay(fc_decay) if fc_decay else None
            )

        self.fc = nn.Linear(in_channels, out_channels, weight_attr=attribute(), bias_attr=attribute())

    def forward(self, sequence: Tensor) -> Tensor:
        scores = self.fc(sequence)
        return scores if self.training else F.softmax(scores, axis=2)


CLASS_AXES = {"head.fc.weight": 1, "head.fc.bias": 0}
"""Parameter -> axis of which the last entries are one for each class."""

NECKS: dict[str, Callable[..., nn.Layer]] = {"SequenceEncoder": SequenceEncoder}
HEADS: dict[str, Callable[..., nn.Layer]] = {"CTCHead": CTCHead}


class CRNN(nn.Layer):
    """Backbone, neck and head, chained.

    Shape:
        in  ``[B, 3, 32, W]``, BGR, ``(value / 255 - 0.5) / 0.5``
        out ``[B, T, N]`` with ``T == W / 4``
    """

    def __init__(self, backbone: nn.Layer, neck: nn.Layer, head: nn.Layer) -> None:
        super().__init__()
        self.backbone = backbone
        self.neck = neck
        self.head = head

    def forward(self, images: Tensor) -> Tensor:
        return self.head(self.neck(self.backbone(images)))


def num_steps(width_px: int) -> int:
    """Time steps ``T`` of an input ``width_px`` wide: halved twice, the second time rounding down."""
    return (width_px + 1) // 2 // 2


def build_network(architecture: Mapping[str, Any], num_classes: int) -> CRNN:
    """The network that PaddleOCR's ``Architecture`` section describes, with fresh weights.

    Args:
        num_classes: characters plus one for CTC's blank.

    Raises:
        ConfigError: the section names something that the native engine does not have.
    """
    if architecture["algorithm"] != "CRNN" or architecture.get("Transform"):
        raise ConfigError("the native engine trains Architecture.algorithm=CRNN without a Transform for recognition.")
    backbone = build(BACKBONES, architecture["Backbone"])
    neck = build(NECKS, architecture["Neck"], in_channels=backbone.out_channels)
    head = build(HEADS, architecture["Head"], in_channels=neck.out_channels, out_channels=num_classes)
    return CRNN(backbone, neck, head)
