"""The network beyond its parity: what it refuses, when it stops, and as a static graph."""

from pathlib import Path
from typing import Any

import numpy as np
import paddle
import pytest
from paddle import inference

from paddock.core.errors import ConfigError
from paddock.export.static import save_static
from paddock.ocr.table.loss import SLALoss
from paddock.ocr.table.model import SLANet, build_network

NUM_CLASSES, MAX_TEXT_LENGTH = 7, 9


def _architecture(**changes: Any) -> dict[str, Any]:
    return {
        "algorithm": "SLANet",
        "Backbone": {"name": "PPLCNet", "scale": 0.25},
        "Neck": {"name": "CSPPAN", "out_channels": 16},
        "Head": {"name": "SLAHead", "hidden_size": 12, "max_text_length": MAX_TEXT_LENGTH, "loc_reg_num": 8},
    } | changes


def _network(end_bias: float = 0.0) -> SLANet:
    """With a head that ends at once where ``end_bias`` is large."""
    paddle.seed(1)
    network = build_network(_architecture(), NUM_CLASSES)
    bias = network.head.structure_generator[1].bias
    bias.set_value(paddle.to_tensor(np.eye(NUM_CLASSES, dtype=np.float32)[-1] * end_bias))
    return network


def _images(count: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.random.default_rng(0).standard_normal((count, 3, 72, 72)).astype(np.float32)  # maps of 18, 9, 5, 3


def test_decoding_goes_to_the_limit_or_until_every_sequence_has_ended() -> None:
    images = paddle.to_tensor(_images(2))
    long, short = _network(-9.0), _network(9.0)
    long.eval()
    short.eval()

    assert [list(output.shape) for output in long(images)] == [[2, 10, 8], [2, 10, NUM_CLASSES]]
    assert [list(output.shape) for output in short(images)] == [[2, 1, 8], [2, 1, NUM_CLASSES]]


def test_training_without_the_structure_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="call the network with the structure"):
        _network()(paddle.to_tensor(_images(1)))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"algorithm": "TableMaster"}, "algorithm=SLANet"),
        ({"Backbone": {"name": "PPLCNet", "scale": 3}}, r"scale is 3\. Choose one of"),
        ({"Backbone": {"name": "PPLCNet", "pretrained": True}}, "Global.pretrained_model"),
        ({"Neck": {"name": "FPN"}}, "no component is named 'FPN'"),
        ({"Head": {"name": "SLAHead", "hidden_size": 8, "use_attn": True}}, "no setting 'use_attn'"),
    ],
)
def test_what_the_native_engine_does_not_have_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        build_network(_architecture(**changes), NUM_CLASSES)


def test_an_unknown_loss_of_boxes_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"Loss\.loc_loss is 'l1'.*smooth_l1"):
        SLALoss(loc_loss="l1")


def test_a_batch_without_a_box_has_no_loss_of_boxes() -> None:
    outputs = paddle.ones([1, 2, 8]), paddle.zeros([1, 2, 4]), paddle.full([1, 2, 3, 3], 1 / 9)
    nothing = paddle.zeros([1, 2, 8]), paddle.zeros([1, 2, 1]), paddle.ones([1, 2])

    terms = SLALoss(1.0, 2.0, "smooth_l1", 1.0)(outputs, paddle.zeros([1, 2], "int64"), *nothing)

    assert float(terms["loc_loss"]) == float(terms["attention_loss"]) == 0
    assert float(terms["loss"]) == pytest.approx(np.log(4))
    assert float(SLALoss(1.0, 2.0, "mse")(outputs, paddle.zeros([1, 2], "int64"), *nothing)["loc_loss"]) == 0


def test_attention_is_to_lie_where_the_box_is_on_the_padded_square() -> None:
    attention = np.full((1, 2, 4, 4), 1e-3, np.float32)
    attention[0, 0, 1, 2:] = 0.25, 0.75  # the first step has a box; the second has none and may look anywhere
    boxes = np.zeros((1, 2, 8), np.float32)
    boxes[0, 0] = [0.5, 0.5, 0.875, 0.5, 0.875, 1, 0.5, 1]  # of a picture half as high as wide
    mask = np.array([[[1], [0]]], np.float32)
    given = [paddle.to_tensor(value) for value in (boxes, mask, np.array([[0.5, 1]], np.float32))]
    outputs = paddle.zeros([1, 2, 8]), paddle.zeros([1, 2, 4]), paddle.to_tensor(attention)

    terms = SLALoss(attention_weight=2.0)(outputs, paddle.zeros([1, 2], "int64"), *given)

    assert float(terms["attention_loss"]) == pytest.approx(-2 * (np.log(0.25) * 2 / 3 + np.log(0.75) / 3))
    assert "attention_loss" not in SLALoss()(outputs, paddle.zeros([1, 2], "int64"), *given)


@pytest.mark.slow
@pytest.mark.parametrize(("end_bias", "steps"), [(-9.0, 10), (9.0, 1)])
def test_the_static_graph_gives_the_same_for_any_batch_and_stops_as_early(
    tmp_path: Path, end_bias: float, steps: int
) -> None:
    network = _network(end_bias)
    network.eval()
    expected = {count: network(paddle.to_tensor(_images(count))) for count in (2, 1)}

    save_static(network, tmp_path, [None, 3, 72, 72])

    for uses_onednn in (True, False):
        predictor = _predictor(tmp_path, uses_onednn)
        for count, outputs in expected.items():
            predictor.get_input_handle("x").copy_from_cpu(_images(count))
            predictor.run()
            for name, output in zip(predictor.get_output_names(), outputs, strict=True):
                found = predictor.get_output_handle(name).copy_to_cpu()
                assert found.shape[1] == steps
                np.testing.assert_allclose(found, output.numpy(), atol=1e-5)


def _predictor(folder: Path, uses_onednn: bool) -> inference.Predictor:
    config = inference.Config(str(folder / "inference.json"), str(folder / "inference.pdiparams"))
    config.disable_glog_info()
    if uses_onednn:
        config.enable_mkldnn()
    else:
        config.disable_mkldnn()
    return inference.create_predictor(config)
