"""MobileNetV3 as a detection backbone: a picture becomes features at four scales.

After PaddleOCR 2.10, ppocr/modeling/backbones/det_mobilenet_v3.py. Shapes: B batch, C channels, H rows, W columns.
"""

from itertools import pairwise

from paddle import Tensor, nn

from paddock.ocr.layers.mobilenet_v3 import ConvBNLayer, make_divisible, residual_units, table_of

HALVING = {"large": (1, 3, 6, 12), "small": (0, 1, 3, 8)}
"""The units that halve height and width; each but the first of them begins a stage."""


class MobileNetV3(nn.Layer):
    """MobileNetV3 ``large`` or ``small``, each layer ``scale`` times as wide.

    Args:
        disable_se: leave squeeze and excitation out, as PaddleOCR's mobile detectors do.

    Raises:
        ConfigError: ``model_name`` or ``scale`` is none that the paper's tables know.

    Shape:
        in  ``[B, in_channels, H, W]``
        out four maps ``[B, C, H / s, W / s]`` with ``s`` 4, 8, 16, 32 and ``C`` as in ``out_channels``
    """

    def __init__(
        self, in_channels: int = 3, model_name: str = "large", scale: float = 0.5, disable_se: bool = False
    ) -> None:
        super().__init__()
        table = table_of(model_name, scale)
        halving = HALVING[model_name]
        self.conv = ConvBNLayer(in_channels, make_divisible(16 * scale), 3, stride=2, act="hardswish")
        units = residual_units(table, scale, dict.fromkeys(halving, 2), disable_se)
        last_channels = make_divisible(scale * table.last_channels)
        last = ConvBNLayer(units[-1].out_channels, last_channels, 1, act="hardswish")
        bounds = (0, *halving[1:], len(units))
        groups = [units[start:end] for start, end in pairwise(bounds)]
        self.out_channels = [group[-1].out_channels for group in groups[:-1]] + [last_channels]
        self.stages = [
            self.add_sublayer(f"stage{number}", nn.Sequential(*group, *([last] if group is groups[-1] else [])))
            for number, group in enumerate(groups)
        ]

    def forward(self, x: Tensor) -> list[Tensor]:
        x = self.conv(x)
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return maps
