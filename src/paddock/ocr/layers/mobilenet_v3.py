"""MobileNetV3's building blocks, shared by all tasks. Shapes: B batch, C channels, H rows, W columns.

Howard et al., Searching for MobileNetV3, arXiv:1905.02244. Sublayers carry PaddleOCR's names, because a state dict is
addressed by them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import paddle.nn.functional as F
from paddle import ParamAttr, Tensor, nn

from paddock.core.errors import ConfigError

Stride = int | tuple[int, int]

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {"relu": F.relu, "hardswish": F.hardswish}

SCALES = (0.35, 0.5, 0.75, 1.0, 1.25)


class UnitShape(NamedTuple):
    """One row of the paper's tables, before scaling."""

    kernel_size: int
    mid_channels: int
    out_channels: int
    use_se: bool
    act: str


@dataclass(frozen=True)
class Table:
    """One of the paper's two networks, without strides: what reads text keeps more of the width."""

    units: tuple[UnitShape, ...]
    last_channels: int
    """Of the last convolution, before scaling."""


TABLES = {
    "large": Table(
        (
            UnitShape(3, 16, 16, False, "relu"),
            UnitShape(3, 64, 24, False, "relu"),
            UnitShape(3, 72, 24, False, "relu"),
            UnitShape(5, 72, 40, True, "relu"),
            UnitShape(5, 120, 40, True, "relu"),
            UnitShape(5, 120, 40, True, "relu"),
            UnitShape(3, 240, 80, False, "hardswish"),
            UnitShape(3, 200, 80, False, "hardswish"),
            UnitShape(3, 184, 80, False, "hardswish"),
            UnitShape(3, 184, 80, False, "hardswish"),
            UnitShape(3, 480, 112, True, "hardswish"),
            UnitShape(3, 672, 112, True, "hardswish"),
            UnitShape(5, 672, 160, True, "hardswish"),
            UnitShape(5, 960, 160, True, "hardswish"),
            UnitShape(5, 960, 160, True, "hardswish"),
        ),
        last_channels=960,
    ),
    "small": Table(
        (
            UnitShape(3, 16, 16, True, "relu"),
            UnitShape(3, 72, 24, False, "relu"),
            UnitShape(3, 88, 24, False, "relu"),
            UnitShape(5, 96, 40, True, "hardswish"),
            UnitShape(5, 240, 40, True, "hardswish"),
            UnitShape(5, 240, 40, True, "hardswish"),
            UnitShape(5, 120, 48, True, "hardswish"),
            UnitShape(5, 144, 48, True, "hardswish"),
            UnitShape(5, 288, 96, True, "hardswish"),
            UnitShape(5, 576, 96, True, "hardswish"),
            UnitShape(5, 576, 96, True, "hardswish"),
        ),
        last_channels=576,
    ),
}
"""``model_name`` -> table 1 and table 2 of the paper."""


def table_of(model_name: str, scale: float) -> Table:
    """The table that ``model_name`` names.

    Raises:
        ConfigError: there is no such table, or none of that ``scale``.
    """
    if scale not in SCALES:
        raise ConfigError(f"Architecture.Backbone.scale is {scale}. Choose one of {list(SCALES)}.")
    if model_name not in TABLES:
        raise ConfigError(f"Architecture.Backbone.model_name is {model_name!r}. Choose one of {sorted(TABLES)}.")
    return TABLES[model_name]


def make_divisible(channels: float, divisor: int = 8) -> int:
    """Round to a multiple of ``divisor`` without losing more than a tenth (arXiv:1801.04381, reference code)."""
    rounded = max(divisor, int(channels + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * channels else rounded


class ConvBNLayer(nn.Layer):
    """Convolution, batch norm and, where ``act`` names one, an activation.

    Args:
        initializer: of the convolution's weights; None is Paddle's default.

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
        groups: int = 1,
        act: str | None = None,
        initializer: nn.initializer.Initializer | None = None,
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2D(
            in_channels,
            out_channels,
            kernel_size,
            stride=stride,
            padding=(kernel_size - 1) // 2,
            groups=groups,
            weight_attr=ParamAttr(initializer=initializer),
            bias_attr=False,
        )
        self.bn = nn.BatchNorm(out_channels)
        self.act = ACTIVATIONS[act] if act else None

    def forward(self, x: Tensor) -> Tensor:
        x = self.bn(self.conv(x))
        return self.act(x) if self.act else x


class SEModule(nn.Layer):
    """Squeeze and excitation: weigh each channel by what the whole map says (arXiv:1709.01507, section 3).

    Args:
        slope: of the hard sigmoid that makes the weights; PaddleOCR's networks differ in it.

    Shape:
        in and out ``[B, C, H, W]``
    """

    def __init__(self, channels: int, reduction: int = 4, slope: float = 0.2) -> None:
        super().__init__()
        self.slope = slope
        self.avg_pool = nn.AdaptiveAvgPool2D(1)
        self.conv1 = nn.Conv2D(channels, channels // reduction, 1)
        self.conv2 = nn.Conv2D(channels // reduction, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        scale = self.conv2(F.relu(self.conv1(self.avg_pool(x))))
        return x * F.hardsigmoid(scale, slope=self.slope, offset=0.5)


class ResidualUnit(nn.Layer):
    """Inverted residual: widen, filter each channel, narrow (arXiv:1905.02244, figure 4).

    Shape:
        in  ``[B, in_channels, H, W]``
        out ``[B, out_channels, H / stride, W / stride]``
    """

    def __init__(
        self,
        in_channels: int,
        mid_channels: int,
        out_channels: int,
        kernel_size: int,
        stride: Stride,
        use_se: bool,
        act: str,
    ) -> None:
        super().__init__()
        self.has_shortcut = stride == 1 and in_channels == out_channels
        self.out_channels = out_channels
        self.expand_conv = ConvBNLayer(in_channels, mid_channels, 1, act=act)
        self.bottleneck_conv = ConvBNLayer(
            mid_channels, mid_channels, kernel_size, stride=stride, groups=mid_channels, act=act
        )
        self.mid_se = SEModule(mid_channels) if use_se else None
        self.linear_conv = ConvBNLayer(mid_channels, out_channels, 1)

    def forward(self, inputs: Tensor) -> Tensor:
        x = self.bottleneck_conv(self.expand_conv(inputs))
        if self.mid_se is not None:
            x = self.mid_se(x)
        x = self.linear_conv(x)
        return inputs + x if self.has_shortcut else x


def residual_units(table: Table, scale: float, strides: Mapping[int, Stride], disable_se: bool) -> list[ResidualUnit]:
    """All units of ``table``, each ``scale`` times as wide; the first one follows a convolution to 16 channels.

    Args:
        strides: of the units whose stride is not 1, by their place in the table.
        disable_se: no unit has squeeze and excitation, as in PaddleOCR's mobile detectors.
    """
    units = []
    channels = make_divisible(16 * scale)
    for place, unit in enumerate(table.units):
        out_channels = make_divisible(scale * unit.out_channels)
        units.append(
            ResidualUnit(
                channels,
                make_divisible(scale * unit.mid_channels),
                out_channels,
                unit.kernel_size,
                strides.get(place, 1),
                unit.use_se and not disable_se,
                unit.act,
            )
        )
        channels = out_channels
    return units
