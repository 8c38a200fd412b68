"""From four scales of features to one map. Shapes: B batch, C channels, H rows, W columns of the picture."""

from collections.abc import Sequence

import paddle
from paddle import ParamAttr, Tensor, nn

from paddock.core.errors import ConfigError


def enlarge(x: Tensor, factor: int) -> Tensor:
    """Repeat each value ``factor`` times in height and width: nearest upsampling.

    Not Paddle's upsampling operator: its ``scale`` attribute keeps Paddle 3.3 from running an exported model with
    oneDNN, which is how paddleocr 3.x runs one on a CPU by default.

    Shape:
        in  ``[B, C, H, W]``
        out ``[B, C, factor * H, factor * W]``
    """
    repeated = x.unsqueeze([3, 5]).expand([-1, -1, -1, factor, -1, factor])
    return repeated.flatten(2, 3).flatten(3, 4)


class DBFPN(nn.Layer):
    """Feature pyramid: each scale takes in the coarser ones, then all are joined at a quarter of the picture's size.

    Liao et al., arXiv:1911.08947, figure 3; Lin et al., arXiv:1612.03144.

    Raises:
        ConfigError: ``out_channels`` cannot be shared by four scales.

    Shape:
        in  four maps ``[B, C, H / s, W / s]`` with ``s`` 4, 8, 16, 32 and ``C`` as in ``in_channels``
        out ``[B, out_channels, H / 4, W / 4]``
    """

    def __init__(self, in_channels: Sequence[int], out_channels: int = 256) -> None:
        super().__init__()
        if out_channels < 4 or out_channels % 4:
            raise ConfigError(f"Architecture.Neck.out_channels is {out_channels}: it must be a multiple of 4.")
        self.out_channels = out_channels
        self.in2_conv, self.in3_conv, self.in4_conv, self.in5_conv = (
            _conv(channels, out_channels, 1) for channels in in_channels
        )
        self.p5_conv, self.p4_conv, self.p3_conv, self.p2_conv = (
            _conv(out_channels, out_channels // 4, 3) for _ in range(4)
        )

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        c2, c3, c4, c5 = maps
        out5 = self.in5_conv(c5)
        out4 = self.in4_conv(c4) + enlarge(out5, 2)
        out3 = self.in3_conv(c3) + enlarge(out4, 2)
        out2 = self.in2_conv(c2) + enlarge(out3, 2)
        p5 = enlarge(self.p5_conv(out5), 8)
        p4 = enlarge(self.p4_conv(out4), 4)
        p3 = enlarge(self.p3_conv(out3), 2)
        return paddle.concat([p5, p4, p3, self.p2_conv(out2)], axis=1)


def _conv(in_channels: int, out_channels: int, kernel_size: int) -> nn.Conv2D:
    return nn.Conv2D(
        in_channels,
        out_channels,
        kernel_size,
        padding=kernel_size // 2,
        weight_attr=ParamAttr(initializer=nn.initializer.KaimingUniform()),
        bias_attr=False,
    )
