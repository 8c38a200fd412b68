"""ResNet-vd as a recognition backbone: a picture of height 32 becomes one row of features.

After PaddleOCR 2.10, ppocr/modeling/backbones/rec_resnet_vd.py. Shapes: B batch, W columns.
"""

from paddle import Tensor, nn

from paddock.core.errors import ConfigError
from paddock.ocr.layers.resnet_vd import BasicBlock, ConvBNLayer

DEPTHS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3)}
"""Blocks of each stage, for the depths that are built of basic blocks."""

CHANNELS = (64, 128, 256, 512)


class ResNet(nn.Layer):
    """ResNet-vd whose stages halve the height only.

    Raises:
        ConfigError: ``layers`` is a depth that is not built of basic blocks.

    Shape:
        in  ``[B, in_channels, 32, W]``
        out ``[B, 512, 1, W / 4]``
    """

    def __init__(self, in_channels: int = 3, layers: int = 34) -> None:
        super().__init__()
        if layers not in DEPTHS:
            raise ConfigError(f"Architecture.Backbone.layers is {layers}. Choose one of {sorted(DEPTHS)}.")
        self.conv1_1 = ConvBNLayer(in_channels, 32, 3, relu=True)
        self.conv1_2 = ConvBNLayer(32, 32, 3, relu=True)
        self.conv1_3 = ConvBNLayer(32, 64, 3, relu=True)
        self.pool2d_max = nn.MaxPool2D(kernel_size=3, stride=2, padding=1)
        self.blocks = []
        channels = 64
        for stage, (depth, out_channels) in enumerate(zip(DEPTHS[layers], CHANNELS, strict=True)):
            for index in range(depth):
                halves = index == 0 and stage > 0
                block = BasicBlock(channels, out_channels, (2, 1) if halves else 1, project=index == 0, average=halves)
                self.blocks.append(self.add_sublayer(f"bb_{stage}_{index}", block))
                channels = out_channels
        self.out_channels = channels
        self.out_pool = nn.MaxPool2D(kernel_size=2, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool2d_max(self.conv1_3(self.conv1_2(self.conv1_1(x))))
        for block in self.blocks:
            x = block(x)
        return self.out_pool(x)
