"""MobileNetV3 as a recognition backbone: a picture of height 32 becomes one row of features.

After PaddleOCR 2.10, ppocr/modeling/backbones/rec_mobilenet_v3.py. Shapes: B batch, W columns.
"""

from collections.abc import Sequence

from paddle import Tensor, nn

from paddock.core.errors import ConfigError
from paddock.ocr.layers.mobilenet_v3 import ConvBNLayer, ResidualUnit, Stride, make_divisible

Unit = tuple[int, int, int, bool, str, Stride]
"""Kernel size, middle channels, output channels, squeeze and excitation, activation, stride."""

SCALES = (0.35, 0.5, 0.75, 1.0, 1.25)


def large_units(stride: Sequence[int]) -> list[Unit]:
    """Table 1 of arXiv:1905.02244, with strides that keep the width: text is read along it."""
    return [
        (3, 16, 16, False, "relu", stride[0]),
        (3, 64, 24, False, "relu", (stride[1], 1)),
        (3, 72, 24, False, "relu", 1),
        (5, 72, 40, True, "relu", (stride[2], 1)),
        (5, 120, 40, True, "relu", 1),
        (5, 120, 40, True, "relu", 1),
        (3, 240, 80, False, "hardswish", 1),
        (3, 200, 80, False, "hardswish", 1),
        (3, 184, 80, False, "hardswish", 1),
        (3, 184, 80, False, "hardswish", 1),
        (3, 480, 112, True, "hardswish", 1),
        (3, 672, 112, True, "hardswish", 1),
        (5, 672, 160, True, "hardswish", (stride[3], 1)),
        (5, 960, 160, True, "hardswish", 1),
        (5, 960, 160, True, "hardswish", 1),
    ]


def small_units(stride: Sequence[int]) -> list[Unit]:
    """Table 2 of arXiv:1905.02244, with strides that keep the width."""
    return [
        (3, 16, 16, True, "relu", (stride[0], 1)),
        (3, 72, 24, False, "relu", (stride[1], 1)),
        (3, 88, 24, False, "relu", 1),
        (5, 96, 40, True, "hardswish", (stride[2], 1)),
        (5, 240, 40, True, "hardswish", 1),
        (5, 240, 40, True, "hardswish", 1),
        (5, 120, 48, True, "hardswish", 1),
        (5, 144, 48, True, "hardswish", 1),
        (5, 288, 96, True, "hardswish", (stride[3], 1)),
        (5, 576, 96, True, "hardswish", 1),
        (5, 576, 96, True, "hardswish", 1),
    ]


class MobileNetV3(nn.Layer):
    """MobileNetV3 ``large`` or ``small``, each layer ``scale`` times as wide.

    Raises:
        ConfigError: ``model_name``, ``scale`` or a stride list is none that the table knows.

    Shape:
        in  ``[B, in_channels, 32, W]``
        out ``[B, out_channels, 1, W / 4]``
    """

    def __init__(
        self,
        in_channels: int = 3,
        model_name: str = "small",
        scale: float = 0.5,
        large_stride: Sequence[int] | None = None,
        small_stride: Sequence[int] | None = None,
        disable_se: bool = False,
    ) -> None:
        super().__init__()
        if scale not in SCALES:
            raise ConfigError(f"Architecture.Backbone.scale is {scale}. Choose one of {list(SCALES)}.")
        tables = {
            "large": (large_units, large_stride or [1, 2, 2, 2], 960),
            "small": (small_units, small_stride or [2, 2, 2, 2], 576),
        }
        if model_name not in tables:
            raise ConfigError(f"Architecture.Backbone.model_name is {model_name!r}. Choose one of {sorted(tables)}.")
        units, stride, last_channels = tables[model_name]
        if len(stride) != 4:
            raise ConfigError(f"Architecture.Backbone.{model_name}_stride is {list(stride)}: it must hold 4 numbers.")
        channels = make_divisible(16 * scale)
        self.conv1 = ConvBNLayer(in_channels, channels, 3, stride=2, act="hardswish")
        blocks = []
        for kernel_size, middle, out, use_se, act, unit_stride in units(stride):
            mid_channels, out_channels = make_divisible(scale * middle), make_divisible(scale * out)
            blocks.append(
                ResidualUnit(
                    channels, mid_channels, out_channels, kernel_size, unit_stride, use_se and not disable_se, act
                )
            )
            channels = out_channels
        self.blocks = nn.Sequential(*blocks)
        self.out_channels = make_divisible(scale * last_channels)
        self.conv2 = ConvBNLayer(channels, self.out_channels, 1, act="hardswish")
        self.pool = nn.MaxPool2D(kernel_size=2, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        return self.pool(self.conv2(self.blocks(self.conv1(x))))
