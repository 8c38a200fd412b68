"""Static models: dynamic in batch and width, equal to the network."""

from pathlib import Path

import numpy as np
import paddle
import pytest

from paddock.core.errors import ExportError
from paddock.export.static import save_static
from paddock.ocr.det.model import build_network
from tests.tiny_recognizer import recognizer

pytestmark = pytest.mark.slow

SHAPE = [None, 3, 32, None]


def test_the_static_model_gives_the_networks_probabilities_for_any_batch_and_width(tmp_path: Path) -> None:
    network = recognizer()

    save_static(network, tmp_path, SHAPE)

    static = paddle.jit.load(str(tmp_path / "inference"))
    for batch, width in [(1, 100), (3, 101), (2, 176)]:
        pixels = paddle.to_tensor(np.random.default_rng(width).uniform(-1, 1, (batch, 3, 32, width)).astype(np.float32))
        np.testing.assert_allclose(static(pixels).numpy(), network(pixels).numpy(), atol=1e-6)


def test_a_detector_runs_with_onednn_on_pictures_of_any_multiple_of_32(tmp_path: Path) -> None:
    """As paddleocr 3.x runs it on a CPU unless told otherwise; Paddle's upsampling operator would end it there."""
    network = build_network(
        {
            "algorithm": "DB",
            "Backbone": {"name": "MobileNetV3", "model_name": "small", "scale": 0.35},
            "Neck": {"name": "DBFPN", "out_channels": 8},
            "Head": {"name": "DBHead"},
        }
    )

    save_static(network, tmp_path, [None, 3, None, None])

    settings = paddle.inference.Config(str(tmp_path / "inference.json"), str(tmp_path / "inference.pdiparams"))
    settings.disable_glog_info()
    settings.enable_mkldnn()
    settings.enable_new_ir()
    settings.enable_new_executor()
    predictor = paddle.inference.create_predictor(settings)
    network.eval()
    for batch, height, width in [(1, 64, 96), (2, 96, 32)]:
        pixels = np.random.default_rng(width).uniform(-1, 1, (batch, 3, height, width)).astype(np.float32)
        predictor.get_input_handle("x").copy_from_cpu(pixels)
        predictor.run()
        found = predictor.get_output_handle(predictor.get_output_names()[0]).copy_to_cpu()
        np.testing.assert_allclose(found, network(paddle.to_tensor(pixels)).numpy(), atol=1e-5)


def test_a_network_in_training_is_exported_for_evaluation_and_goes_on_training(tmp_path: Path) -> None:
    network = recognizer()
    network.train()

    save_static(network, tmp_path, SHAPE)

    assert network.training
    probabilities = paddle.jit.load(str(tmp_path / "inference"))(paddle.zeros([1, 3, 32, 100])).numpy()
    np.testing.assert_allclose(probabilities.sum(axis=2), 1, atol=1e-5)


def test_a_network_that_cannot_be_traced_is_named(tmp_path: Path) -> None:
    class Untraceable(paddle.nn.Layer):
        def forward(self, images: paddle.Tensor) -> paddle.Tensor:
            raise RuntimeError("no graph of this")

    with pytest.raises(ExportError, match=r"cannot make a static graph of Untraceable: .*no graph of this.*Check Arch"):
        save_static(Untraceable(), tmp_path, SHAPE)
