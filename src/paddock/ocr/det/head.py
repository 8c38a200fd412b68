"""From features to where text is. Shapes: B batch, C channels, H rows, W columns of the picture."""

import math

import paddle
import paddle.nn.functional as F
from paddle import ParamAttr, Tensor, nn
from paddle.nn.initializer import Constant, KaimingUniform, Uniform


class Head(nn.Layer):
    """Features at a quarter of the picture's size to one value between 0 and 1 a pixel.

    Shape:
        in  ``[B, in_channels, H / 4, W / 4]``
        out ``[B, 1, H, W]``
    """

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        channels = in_channels // 4
        self.conv1 = nn.Conv2D(in_channels, channels, 3, padding=1, bias_attr=False)
        self.conv_bn1 = _norm(channels)
        self.conv2 = _double(channels, channels)
        self.conv_bn2 = _norm(channels)
        self.conv3 = _double(channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv_bn1(self.conv1(x)))
        x = F.relu(self.conv_bn2(self.conv2(x)))
        return F.sigmoid(self.conv3(x))


def _norm(channels: int) -> nn.BatchNorm:
    return nn.BatchNorm(
        channels, param_attr=ParamAttr(initializer=Constant(1.0)), bias_attr=ParamAttr(initializer=Constant(1e-4))
    )


def _double(in_channels: int, out_channels: int) -> nn.Conv2DTranspose:
    bound = 1.0 / math.sqrt(in_channels)
    return nn.Conv2DTranspose(
        in_channels,
        out_channels,
        2,
        stride=2,
        weight_attr=ParamAttr(initializer=KaimingUniform()),
        bias_attr=ParamAttr(initializer=Uniform(-bound, bound)),
    )


class DBHead(nn.Layer):
    """Differentiable binarization (Liao et al., arXiv:1911.08947, section 3.2).

    Args:
        k: how steep the step between the shrunk text map and its threshold is.

    Shape:
        in  ``[B, in_channels, H / 4, W / 4]``
        out ``[B, 3, H, W]`` while training: shrunk text, threshold, binary map; otherwise the first alone,
            ``[B, 1, H, W]``
    """

    def __init__(self, in_channels: int, k: float = 50) -> None:
        super().__init__()
        self.k = k
        self.binarize = Head(in_channels)
        self.thresh = Head(in_channels)

    def forward(self, x: Tensor) -> Tensor:
        shrink_maps = self.binarize(x)
        if not self.training:
            return shrink_maps
        threshold_maps = self.thresh(x)
        binary_maps = F.sigmoid(self.k * (shrink_maps - threshold_maps))
        return paddle.concat([shrink_maps, threshold_maps, binary_maps], axis=1)
