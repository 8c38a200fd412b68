"""MobileNetV3 as a recognition backbone: a picture of height 32 becomes one row of features.

After PaddleOCR 2.10, ppocr/modeling/backbones/rec_mobilenet_v3.py. Shapes: B batch, W columns.
"""

from collections.abc import Sequence

from paddle import Tensor, nn

from paddock.core.errors import ConfigError
from paddock.ocr.layers.mobilenet_v3 import ConvBNLayer, Stride, make_divisible, residual_units, table_of


def large_strides(stride: Sequence[int]) -> dict[int, Stride]:
    """Strides by unit that keep the width: text is read along it."""
    return {0: stride[0], 1: (stride[1], 1), 3: (stride[2], 1), 12: (stride[3], 1)}


def small_strides(stride: Sequence[int]) -> dict[int, Stride]:
    """As `large_strides`."""
    return {0: (stride[0], 1), 1: (stride[1], 1), 3: (stride[2], 1), 8: (stride[3], 1)}


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
        table = table_of(model_name, scale)
        strides_of, stride = {
            "large": (large_strides, large_stride or [1, 2, 2, 2]),
            "small": (small_strides, small_stride or [2, 2, 2, 2]),
        }[model_name]
        if len(stride) != 4:
            raise ConfigError(f"Architecture.Backbone.{model_name}_stride is {list(stride)}: it must hold 4 numbers.")
        self.conv1 = ConvBNLayer(in_channels, make_divisible(16 * scale), 3, stride=2, act="hardswish")
        units = residual_units(table, scale, strides_of(stride), disable_se)
        self.blocks = nn.Sequential(*units)
        self.out_channels = make_divisible(scale * table.last_channels)
        self.conv2 = ConvBNLayer(units[-1].out_channels, self.out_channels, 1, act="hardswish")
        self.pool = nn.MaxPool2D(kernel_size=2, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        return self.pool(self.conv2(self.blocks(self.conv1(x))))
