"""PP-LCNet as a backbone for tables: a picture becomes feature maps of four scales.

Cui et al., arXiv:2109.15099; after PaddleOCR 2.10, ppocr/modeling/backbones/det_pp_lcnet.py. Sublayers carry
PaddleOCR's names, because a state dict is addressed by them. Shapes: B batch, H rows, W columns.
"""

from paddle import Tensor, nn

from paddock.core.errors import ConfigError
from paddock.ocr.layers.mobilenet_v3 import ConvBNLayer, SEModule, make_divisible

Block = tuple[int, int, int, int, bool]
"""Kernel size, input channels, output channels, stride, squeeze and excitation."""

STAGES: dict[str, list[Block]] = {
    "blocks2": [(3, 16, 32, 1, False)],
    "blocks3": [(3, 32, 64, 2, False), (3, 64, 64, 1, False)],
    "blocks4": [(3, 64, 128, 2, False), (3, 128, 128, 1, False)],
    "blocks5": [(3, 128, 256, 2, False), *[(5, 256, 256, 1, False)] * 5],
    "blocks6": [(5, 256, 512, 2, True), (5, 512, 512, 1, True)],
}
"""Table 2 of the paper."""

SCALES = (0.25, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5)


class DepthwiseSeparable(nn.Layer):
    """Filter each channel by itself, then mix the channels (section 3).

    Shape:
        in  ``[B, in_channels, H, W]``
        out ``[B, out_channels, H / stride, W / stride]``
    """

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int, stride: int, use_se: bool) -> None:
        super().__init__()
        normal = nn.initializer.KaimingNormal()
        self.dw_conv = ConvBNLayer(
            in_channels, in_channels, kernel_size, stride, groups=in_channels, act="hardswish", initializer=normal
        )
        self.se = SEModule(in_channels, slope=1 / 6) if use_se else None
        self.pw_conv = ConvBNLayer(in_channels, out_channels, 1, act="hardswish", initializer=normal)

    def forward(self, x: Tensor) -> Tensor:
        x = self.dw_conv(x)
        if self.se is not None:
            x = self.se(x)
        return self.pw_conv(x)


class PPLCNet(nn.Layer):
    """PP-LCNet, each layer ``scale`` times as wide.

    Args:
        pretrained, use_ssld: PaddleOCR downloads ImageNet weights for these; here ``Global.pretrained_model`` names
            weights, whatever they are of.

    Raises:
        ConfigError: ``scale`` is none of the paper's, or weights are to be downloaded.

    Shape:
        in  ``[B, in_channels, H, W]``
        out four maps ``[B, out_channels[i], H / 4 / 2**i, W / 4 / 2**i]``, sizes rounded up
    """

    def __init__(
        self, in_channels: int = 3, scale: float = 1.0, pretrained: bool = False, use_ssld: bool = False
    ) -> None:
        super().__init__()
        if scale not in SCALES:
            raise ConfigError(f"Architecture.Backbone.scale is {scale}. Choose one of {list(SCALES)}.")
        if pretrained or use_ssld:
            raise ConfigError(
                "Architecture.Backbone.pretrained downloads weights, which the native engine does not. "
                "Set it and use_ssld to false, and name a file in Global.pretrained_model to start from."
            )
        self.conv1 = ConvBNLayer(
            in_channels,
            make_divisible(16 * scale),
            3,
            stride=2,
            act="hardswish",
            initializer=nn.initializer.KaimingNormal(),
        )
        self.blocks2, self.blocks3, self.blocks4, self.blocks5, self.blocks6 = (
            nn.Sequential(
                *(
                    DepthwiseSeparable(
                        make_divisible(in_width * scale), make_divisible(out_width * scale), kernel_size, stride, use_se
                    )
                    for kernel_size, in_width, out_width, stride, use_se in blocks
                )
            )
            for blocks in STAGES.values()
        )
        self.out_channels = [make_divisible(STAGES[f"blocks{number}"][-1][2] * scale) for number in (3, 4, 5, 6)]

    def forward(self, x: Tensor) -> list[Tensor]:
        maps = [self.blocks3(self.blocks2(self.conv1(x)))]
        for stage in (self.blocks4, self.blocks5, self.blocks6):
            maps.append(stage(maps[-1]))
        return maps
