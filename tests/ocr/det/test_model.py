"""What the detection network can be, beside the one whose numbers are known; see test_parity_det_network."""

from typing import Any

import numpy as np
import paddle
import paddle.nn.functional as F
import pytest

from paddock.core.errors import ConfigError
from paddock.ocr.det.fpn import enlarge
from paddock.ocr.det.model import DB, build_network


def network(backbone: dict[str, Any] | None = None, **neck: Any) -> DB:
    """A small detector, or one with what is given."""
    return build_network(
        {
            "algorithm": "DB",
            "Backbone": backbone or {"name": "MobileNetV3", "scale": 0.35, "model_name": "small"},
            "Neck": {"name": "DBFPN", "out_channels": 8, **neck},
            "Head": {"name": "DBHead", "k": 50},
        }
    )


def shapes(layer: paddle.nn.Layer) -> dict[str, list[int]]:
    return {name: list(value.shape) for name, value in layer.state_dict().items()}


def test_a_map_has_the_size_of_its_picture_and_training_has_three() -> None:
    net = network()
    images = paddle.zeros([2, 3, 64, 96])

    assert net(images).shape == [2, 3, 64, 96]
    net.eval()
    assert net(images).shape == [2, 1, 64, 96]


@pytest.mark.parametrize(
    ("backbone", "channels"),
    [
        ({"name": "MobileNetV3", "model_name": "large", "scale": 0.5}, [16, 24, 56, 480]),
        ({"name": "MobileNetV3", "model_name": "small", "scale": 1.0}, [16, 24, 48, 576]),
        ({"name": "ResNet_vd", "layers": 18}, [64, 128, 256, 512]),
        ({"name": "ResNet_vd", "layers": 50}, [256, 512, 1024, 2048]),
    ],
)
def test_a_backbone_gives_four_scales(backbone: dict[str, Any], channels: list[int]) -> None:
    net = network(backbone).backbone

    maps = net(paddle.zeros([1, 3, 64, 96]))

    assert net.out_channels == channels
    assert [one.shape[1] for one in maps] == channels
    assert [one.shape[2:] for one in maps] == [[16, 24], [8, 12], [4, 6], [2, 3]]


def test_the_mobile_detector_is_the_tutorials_without_excitation_and_with_a_narrower_neck() -> None:
    """ch_ppocr_mobile_v2.0_det: a unit without squeeze and excitation keeps its other names."""
    large = {"name": "MobileNetV3", "model_name": "large", "scale": 0.5}
    full, mobile = network(large, out_channels=256), network({**large, "disable_se": True}, out_channels=96)

    found = shapes(mobile)

    assert shapes(mobile.backbone) == {name: s for name, s in shapes(full.backbone).items() if ".mid_se." not in name}
    assert list(found) == [name for name in shapes(full) if ".mid_se." not in name]
    assert found["neck.in5_conv.weight"] == [96, 480, 1, 1]
    assert found["neck.p2_conv.weight"] == [24, 96, 3, 3]
    assert found["head.binarize.conv1.weight"] == [24, 96, 3, 3]
    assert found["head.thresh.conv3.weight"] == [24, 1, 2, 2]


def test_a_bottleneck_has_paddleocrs_names_and_halves_in_its_3x3_convolution() -> None:
    backbone = network({"name": "ResNet_vd", "layers": 50}).backbone

    found = shapes(backbone)

    assert {name: shape for name, shape in found.items() if name.startswith("bb_1_0.") and len(shape) == 4} == {
        "bb_1_0.conv0._conv.weight": [128, 256, 1, 1],
        "bb_1_0.conv1._conv.weight": [128, 128, 3, 3],
        "bb_1_0.conv2._conv.weight": [512, 128, 1, 1],
        "bb_1_0.short._conv.weight": [512, 256, 1, 1],
    }
    assert [layer._stride for layer in (backbone.bb_1_0.conv0._conv, backbone.bb_1_0.conv1._conv)] == [[1, 1], [2, 2]]
    assert backbone.bb_1_0.short._conv._stride == [1, 1]  # an average pool has halved it
    assert sum(len(shape) == 4 for shape in found.values()) == 3 + 3 * (3 + 4 + 6 + 3) + 4


@pytest.mark.parametrize("factor", [2, 8])
def test_enlarging_is_nearest_upsampling_in_both_directions(factor: int) -> None:
    paddle.seed(0)
    x = paddle.randn([2, 3, 4, 5])
    plain, ours = x.clone(), x.clone()
    plain.stop_gradient = ours.stop_gradient = False
    weights = paddle.randn([2, 3, 4 * factor, 5 * factor])

    expected, found = F.interpolate(plain, scale_factor=factor, mode="nearest"), enlarge(ours, factor)
    (expected * weights).sum().backward()
    (found * weights).sum().backward()

    assert np.array_equal(found.numpy(), expected.numpy())
    np.testing.assert_allclose(ours.grad.numpy(), plain.grad.numpy(), atol=1e-5)


@pytest.mark.parametrize(
    ("architecture", "message"),
    [
        ({"Backbone": {"name": "ResNet"}}, r"no component is named 'ResNet'\. Did you mean 'ResNet_vd'\?"),
        ({"Backbone": {"name": "ResNet_vd", "layers": 35}}, r"Backbone\.layers is 35\. Choose one of \[18, 34, 50"),
        (
            {"Backbone": {"name": "ResNet_vd", "dcn_stage": [False, True, True, True]}},
            r"Backbone\.dcn_stage is \[False, True, True, True\]: .* no deformable convolution\. Leave dcn_stage out",
        ),
        ({"Backbone": {"name": "MobileNetV3", "scale": 0.6}}, r"Backbone\.scale is 0\.6\. Choose one of \[0\.35"),
        ({"Backbone": {"name": "MobileNetV3", "model_name": "big"}}, r"model_name is 'big'\. Choose one of \['large'"),
        ({"Neck": {"name": "DBFPN", "out_channels": 90}}, r"Neck\.out_channels is 90: it must be a multiple of 4"),
        (
            {"Neck": {"name": "RSEFPN", "out_channels": 96}},
            r"no component is named 'RSEFPN'\. Choose one of \['DBFPN'\]",
        ),
        ({"Head": {"name": "DBHead", "fix_nan": True}}, r"DBHead has no setting 'fix_nan'\. Choose one of \['k'\]"),
        ({"algorithm": "EAST"}, r"the native engine trains Architecture\.algorithm=DB"),
        ({"Transform": {"name": "TPS"}}, r"DB without a Transform"),
    ],
)
def test_a_network_that_is_not_there_is_refused(architecture: dict[str, Any], message: str) -> None:
    plain = {
        "algorithm": "DB",
        "Backbone": {"name": "MobileNetV3"},
        "Neck": {"name": "DBFPN", "out_channels": 8},
        "Head": {"name": "DBHead"},
    }
    with pytest.raises(ConfigError, match=message):
        build_network({**plain, **architecture})


def test_a_picture_whose_size_is_no_multiple_of_32_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"pictures of 64 x 100 pixels: both must be multiples of 32\. Change East"):
        network()(paddle.zeros([1, 3, 64, 100]))
