"""ResNet-vd as a detection backbone: a picture becomes features at four scales.

After PaddleOCR 2.10, ppocr/modeling/backbones/det_resnet_vd.py. Shapes: B batch, C channels, H rows, W columns.
"""

from collections.abc import Sequence

from paddle import Tensor, nn

from paddock.core.errors import ConfigError
from paddock.ocr.layers.resnet_vd import DEPTHS, ConvBNLayer, residual_stages


class ResNetVd(nn.Layer):
    """ResNet-vd of 18 to 200 layers; PaddleOCR's name for it is ``ResNet_vd``.

    Args:
        dcn_stage: which stages have deformable convolutions; native stages have none.
        disable_se: PaddleOCR's own file for 18 layers sets it; ResNet-vd has no squeeze and excitation either way.

    Raises:
        ConfigError: there is no such depth, or a stage shall have deformable convolutions.

    Shape:
        in  ``[B, in_channels, H, W]``
        out four maps ``[B, C, H / s, W / s]`` with ``s`` 4, 8, 16, 32 and ``C`` as in ``out_channels``
    """

    def __init__(
        self,
        in_channels: int = 3,
        layers: int = 50,
        dcn_stage: Sequence[bool] | None = None,
        disable_se: bool = True,
    ) -> None:
        super().__init__()
        if layers not in DEPTHS:
            raise ConfigError(f"Architecture.Backbone.layers is {layers}. Choose one of {sorted(DEPTHS)}.")
        if any(dcn_stage or ()):
            raise ConfigError(
                f"Architecture.Backbone.dcn_stage is {list(dcn_stage or ())}: the native engine has no deformable "
                "convolution. Leave dcn_stage out, and weights that were trained with it, too."
            )
        self.conv1_1 = ConvBNLayer(in_channels, 32, 3, stride=2, relu=True)
        self.conv1_2 = ConvBNLayer(32, 32, 3, relu=True)
        self.conv1_3 = ConvBNLayer(32, 64, 3, relu=True)
        self.pool2d_max = nn.MaxPool2D(kernel_size=3, stride=2, padding=1)
        self.stages = residual_stages(layers, 2)
        self.out_channels = [blocks[-1].out_channels for blocks in self.stages]
        for stage, blocks in enumerate(self.stages):
            for index, block in enumerate(blocks):
                self.add_sublayer(f"bb_{stage}_{index}", block)

    def forward(self, x: Tensor) -> list[Tensor]:
        x = self.pool2d_max(self.conv1_3(self.conv1_2(self.conv1_1(x))))
        maps = []
        for blocks in self.stages:
            for block in blocks:
                x = block(x)
            maps.append(x)
        return maps
