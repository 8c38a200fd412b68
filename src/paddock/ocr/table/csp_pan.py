"""CSPPAN: feature maps of several scales exchange what they know, from coarse to fine and back.

Path aggregation (Liu et al., arXiv:1803.01534) with cross stage partial blocks (Wang et al., arXiv:1911.11929), as in
PP-PicoDet (arXiv:2111.00902, section 3.2); after PaddleOCR 2.10, ppocr/modeling/necks/csp_pan.py. Sublayers carry
PaddleOCR's names, because a state dict is addressed by them. Shapes: B batch, C channels, H rows, W columns.
"""

from collections.abc import Sequence

import paddle
import paddle.nn.functional as F
from paddle import ParamAttr, Tensor, nn

from paddock.ocr.layers.mobilenet_v3 import ConvBNLayer


def _conv_bn(in_channels: int, out_channels: int) -> ConvBNLayer:
    """A 1x1 convolution, which mixes channels."""
    uniform = nn.initializer.KaimingUniform()
    return ConvBNLayer(in_channels, out_channels, 1, act="hardswish", initializer=uniform)


class DPModule(nn.Layer):
    """Depthwise, then pointwise convolution, each with batch norm and hard swish.

    Shape:
        in  ``[B, channels, H, W]``
        out ``[B, channels, H / stride, W / stride]``
    """

    def __init__(self, channels: int, kernel_size: int, stride: int = 1) -> None:
        super().__init__()
        uniform = ParamAttr(initializer=nn.initializer.KaimingUniform())
        self.dwconv = nn.Conv2D(
            channels,
            channels,
            kernel_size,
            stride=stride,
            padding=(kernel_size - 1) // 2,
            groups=channels,
            weight_attr=uniform,
            bias_attr=False,
        )
        self.bn1 = nn.BatchNorm(channels)
        self.pwconv = nn.Conv2D(channels, channels, 1, weight_attr=uniform, bias_attr=False)
        self.bn2 = nn.BatchNorm(channels)

    def forward(self, x: Tensor) -> Tensor:
        x = F.hardswish(self.bn1(self.dwconv(x)))
        return F.hardswish(self.bn2(self.pwconv(x)))


class DarknetBottleneck(nn.Layer):
    """A 1x1 convolution before a `DPModule`; CSPPAN uses it without a shortcut.

    Shape:
        in and out ``[B, channels, H, W]``
    """

    def __init__(self, channels: int, kernel_size: int) -> None:
        super().__init__()
        self.conv1 = _conv_bn(channels, channels)
        self.conv2 = DPModule(channels, kernel_size)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv2(self.conv1(x))


class CSPLayer(nn.Layer):
    """Half of the channels go through the blocks, half around them.

    Shape:
        in  ``[B, in_channels, H, W]``
        out ``[B, out_channels, H, W]``
    """

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int, num_blocks: int) -> None:
        super().__init__()
        half = out_channels // 2
        self.main_conv = _conv_bn(in_channels, half)
        self.short_conv = _conv_bn(in_channels, half)
        self.final_conv = _conv_bn(2 * half, out_channels)
        self.blocks = nn.Sequential(*(DarknetBottleneck(half, kernel_size) for _ in range(num_blocks)))

    def forward(self, x: Tensor) -> Tensor:
        return self.final_conv(paddle.concat([self.blocks(self.main_conv(x)), self.short_conv(x)], axis=1))


class ChannelT(nn.Layer):
    """Bring every scale to the same number of channels.

    Shape:
        in  maps ``[B, in_channels[i], H, W]``
        out maps ``[B, out_channels, H, W]``
    """

    def __init__(self, in_channels: Sequence[int], out_channels: int) -> None:
        super().__init__()
        self.convs = nn.LayerList([_conv_bn(channels, out_channels) for channels in in_channels])

    def forward(self, maps: Sequence[Tensor]) -> list[Tensor]:
        return [conv(maps[number]) for number, conv in enumerate(self.convs)]


class CSPPAN(nn.Layer):
    """Top-down, then bottom-up path over maps of which each is half the size of the one before, rounded up.

    Shape:
        in  maps ``[B, in_channels[i], H_i, W_i]``, the finest first
        out maps ``[B, out_channels, H_i, W_i]``
    """

    def __init__(
        self, in_channels: Sequence[int], out_channels: int, kernel_size: int = 5, num_csp_blocks: int = 1
    ) -> None:
        super().__init__()
        steps = len(in_channels) - 1

        def csp_layers() -> nn.LayerList:
            return nn.LayerList(
                [CSPLayer(2 * out_channels, out_channels, kernel_size, num_csp_blocks) for _ in range(steps)]
            )

        self.out_channels = [out_channels] * len(in_channels)
        self.conv_t = ChannelT(in_channels, out_channels)
        self.top_down_blocks = csp_layers()
        self.downsamples = nn.LayerList([DPModule(out_channels, kernel_size, stride=2) for _ in range(steps)])
        self.bottom_up_blocks = csp_layers()

    def forward(self, maps: Sequence[Tensor]) -> list[Tensor]:
        # By number, not zip(strict=True): Paddle's tracer for export has a zip of its own, which does not know strict.
        maps = self.conv_t(maps)
        inner = [maps[-1]]
        for number, block in enumerate(self.top_down_blocks):
            finer = maps[-2 - number]
            inner.insert(0, block(paddle.concat([_doubled(inner[0], finer), finer], axis=1)))
        outer = [inner[0]]
        for number, block in enumerate(self.bottom_up_blocks):
            reduced = self.downsamples[number](outer[-1])
            outer.append(block(paddle.concat([reduced, inner[number + 1]], axis=1)))
        return outer


def _doubled(coarse: Tensor, fine: Tensor) -> Tensor:
    """Nearest neighbours of ``coarse`` at the size of ``fine``, which is twice as large, or one less.

    Written as copies, because oneDNN refuses Paddle 3.3's interpolation in an exported graph.
    """
    (_, channels, height, width), (full_height, full_width) = coarse.shape, fine.shape[2:]
    copies = coarse.reshape([-1, channels, height, 1, width, 1]).expand([-1, -1, -1, 2, -1, 2])
    return copies.reshape([-1, channels, 2 * height, 2 * width])[:, :, :full_height, :full_width]
