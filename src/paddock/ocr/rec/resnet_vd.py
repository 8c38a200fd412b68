"""ResNet-vd as a recognition backbone: a picture of height 32 becomes one row of features.

After PaddleOCR 2.10, ppocr/modeling/backbones/rec_resnet_vd.py. Shapes: B batch, W columns.
"""

from paddle import Tensor, nn

from paddock.core.errors import ConfigError
from paddock.ocr.layers.resnet_vd import DEPTHS, FIRST_BOTTLENECK, ConvBNLayer, residual_stages


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
        depths = [depth for depth in DEPTHS if depth < FIRST_BOTTLENECK]
        if layers not in depths:
            raise ConfigError(f"Architecture.Backbone.layers is {layers}. Choose one of {depths}.")
        self.conv1_1 = ConvBNLayer(in_channels, 32, 3, relu=True)
        self.conv1_2 = ConvBNLayer(32, 32, 3, relu=True)
        self.conv1_3 = ConvBNLayer(32, 64, 3, relu=True)
        self.pool2d_max = nn.MaxPool2D(kernel_size=3, stride=2, padding=1)
        self.blocks = [
            self.add_sublayer(f"bb_{stage}_{index}", block)
            for stage, blocks in enumerate(residual_stages(layers, (2, 1)))
            for index, block in enumerate(blocks)
        ]
        self.out_channels = self.blocks[-1].out_channels
        self.out_pool = nn.MaxPool2D(kernel_size=2, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool2d_max(self.conv1_3(self.conv1_2(self.conv1_1(x))))
        for block in self.blocks:
            x = block(x)
        return self.out_pool(x)
