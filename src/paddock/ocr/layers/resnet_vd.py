"""ResNet-vd's building blocks, shared by detection and recognition. Shapes: B batch, C channels, H rows, W columns.

He et al., Bag of Tricks for Image Classification, arXiv:1812.01187, section 4 (ResNet-D). Sublayers carry PaddleOCR's
names, because a state dict is addressed by them.
"""

import paddle.nn.functional as F
from paddle import Tensor, nn

Stride = int | tuple[int, int]

DEPTHS = {
    18: (2, 2, 2, 2),
    34: (3, 4, 6, 3),
    50: (3, 4, 6, 3),
    101: (3, 4, 23, 3),
    152: (3, 8, 36, 3),
    200: (3, 12, 48, 3),
}
"""Blocks of each stage."""

CHANNELS = (64, 128, 256, 512)
"""Of the 3x3 convolutions of each stage."""

FIRST_BOTTLENECK = 50
"""From this depth on blocks are bottlenecks."""


class ConvBNLayer(nn.Layer):
    """Convolution, batch norm, optional ReLU; with ``average`` the stride is an average pool before the convolution.

    Shape:
        in  ``[B, in_channels, H, W]``
        out ``[B, out_channels, H / stride, W / stride]``
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        stride: Stride = 1,
        average: bool = False,
        relu: bool = False,
    ) -> None:
        super().__init__()
        self.average = nn.AvgPool2D(kernel_size=stride, stride=stride, ceil_mode=True) if average else None
        self._conv = nn.Conv2D(
            in_channels,
            out_channels,
            kernel_size,
            stride=1 if average else stride,
            padding=(kernel_size - 1) // 2,
            bias_attr=False,
        )
        self._batch_norm = nn.BatchNorm(out_channels)
        self.relu = relu

    def forward(self, x: Tensor) -> Tensor:
        if self.average is not None:
            x = self.average(x)
        x = self._batch_norm(self._conv(x))
        return F.relu(x) if self.relu else x


class BasicBlock(nn.Layer):
    """Two 3x3 convolutions beside a shortcut.

    Args:
        channels: of the convolutions, and of what comes out.
        project: the shortcut is a 1x1 convolution, because channels or size change.
        average: that shortcut pools before it projects; the network's very first block does not.

    Shape:
        in  ``[B, in_channels, H, W]``
        out ``[B, channels, H / stride, W / stride]``
    """

    def __init__(self, in_channels: int, channels: int, stride: Stride, project: bool, average: bool) -> None:
        super().__init__()
        self.out_channels = channels
        self.conv0 = ConvBNLayer(in_channels, channels, 3, stride=stride, relu=True)
        self.conv1 = ConvBNLayer(channels, channels, 3)
        self.short = ConvBNLayer(in_channels, channels, 1, stride=stride, average=average) if project else None

    def forward(self, inputs: Tensor) -> Tensor:
        short = inputs if self.short is None else self.short(inputs)
        return F.relu(short + self.conv1(self.conv0(inputs)))


class BottleneckBlock(nn.Layer):
    """A 3x3 convolution between two of 1x1, the second four times as wide, beside a shortcut.

    Args:
        channels: of the 3x3 convolution.
        project: as in `BasicBlock`.
        average: as in `BasicBlock`.

    Shape:
        in  ``[B, in_channels, H, W]``
        out ``[B, 4 * channels, H / stride, W / stride]``
    """

    def __init__(self, in_channels: int, channels: int, stride: Stride, project: bool, average: bool) -> None:
        super().__init__()
        self.out_channels = 4 * channels
        self.conv0 = ConvBNLayer(in_channels, channels, 1, relu=True)
        self.conv1 = ConvBNLayer(channels, channels, 3, stride=stride, relu=True)
        self.conv2 = ConvBNLayer(channels, self.out_channels, 1)
        self.short = ConvBNLayer(in_channels, self.out_channels, 1, stride=stride, average=average) if project else None

    def forward(self, inputs: Tensor) -> Tensor:
        short = inputs if self.short is None else self.short(inputs)
        return F.relu(short + self.conv2(self.conv1(self.conv0(inputs))))


def residual_stages(layers: int, stride: Stride) -> list[list[BasicBlock | BottleneckBlock]]:
    """The blocks of the four stages; the first stage takes 64 channels, each later one begins with ``stride``.

    Args:
        layers: one of `DEPTHS`.
    """
    kind = BottleneckBlock if layers >= FIRST_BOTTLENECK else BasicBlock
    stages = []
    channels = 64
    for stage, depth in enumerate(DEPTHS[layers]):
        blocks: list[BasicBlock | BottleneckBlock] = []
        for index in range(depth):
            halves = index == 0 and stage > 0
            block = kind(channels, CHANNELS[stage], stride if halves else 1, project=index == 0, average=halves)
            blocks.append(block)
            channels = block.out_channels
        stages.append(blocks)
    return stages
