"""A small CRNN with invented weights that reads something else in every picture; for tests of export and serving."""

import zlib
from pathlib import Path

import cv2
import numpy as np
import paddle
from numpy.typing import NDArray

from paddock.config.schema import ExportConfig
from paddock.data.charset import Charset
from paddock.export.package import Identity, write_identity
from paddock.export.recognition import export_recognizer
from paddock.ocr.rec.charset import CTCClasses
from paddock.ocr.rec.line import TextLine
from paddock.ocr.rec.model import CRNN, build_network
from paddock.ocr.rec.transforms import RecResizeImg
from paddock.ocr.transforms import DecodeImage

CHARSET = Charset(tuple("0123456789ABCDEFGHJKLMN-./:#é中"), use_space_char=True)
IMAGE_SHAPE = (3, 32, 100)
ARCHITECTURE = {
    "algorithm": "CRNN",
    "Backbone": {"name": "MobileNetV3", "scale": 0.35, "model_name": "small", "small_stride": [1, 2, 2, 2]},
    "Neck": {"name": "SequenceEncoder", "encoder_type": "rnn", "hidden_size": 24},
    "Head": {"name": "CTCHead", "fc_decay": 0},
}
SETTINGS = ExportConfig(model_name="PP-OCRv3_mobile_rec", parity_samples=4, tolerance=1e-4)


def weights_of(network: paddle.nn.Layer) -> dict[str, NDArray[np.float32]]:
    """Weights that follow from a parameter's name; large enough for different pictures to read differently."""
    weights = {}
    for name, value in network.state_dict().items():
        shape = list(value.shape)
        noise = np.random.RandomState(zlib.crc32(name.encode())).standard_normal(shape)
        if name.endswith("._mean"):
            content = np.zeros(shape)
        elif name.endswith("._variance"):
            content = np.ones(shape)
        elif len(shape) >= 2:
            gain = 8 if name == "head.fc.weight" else 1.5
            content = gain * noise / np.sqrt(np.prod(shape[1:]) if len(shape) == 4 else shape[0])
        else:
            content = 0.01 * noise if "bias" in name.rsplit(".", 1)[-1] else 1 + 0.1 * noise
        weights[name] = content.astype(np.float32)
    return weights


def recognizer(charset: Charset = CHARSET) -> CRNN:
    """The network, filled and in evaluation mode."""
    network = build_network(ARCHITECTURE, len(CTCClasses(charset)))
    network.set_state_dict(weights_of(network))
    network.eval()
    return network


def write_pictures(folder: Path, sizes_hw: list[tuple[int, int]]) -> list[Path]:
    """Pictures of bars, each its own, as PNG files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, (height, width) in enumerate(sizes_hw):
        rng = np.random.default_rng(number)
        bars = np.repeat(rng.integers(0, 256, (1, -(-width // 4), 3)), 4, axis=1)[:, :width]
        path = folder / f"crop_{number}.png"
        path.write_bytes(cv2.imencode(".png", np.repeat(bars, height, axis=0).astype(np.uint8))[1].tobytes())
        paths.append(path)
    return paths


def lines_of(paths: list[Path], image_shape: tuple[int, int, int] = IMAGE_SHAPE) -> list[TextLine]:
    """The pictures as validation prepares them, each labelled with its number."""
    rng = np.random.default_rng(0)
    decode, resize = DecodeImage(), RecResizeImg(image_shape)
    return [
        resize(decode(TextLine(path, str(number), f"labels.txt:{number + 1}"), rng), rng)
        for number, path in enumerate(paths)
    ]


def identity(deployed_as: str = SETTINGS.model_name) -> Identity:
    """What a package of these tests is."""
    return Identity(
        model="rec_tiny",
        paddleocr_config="rec_mv3_none_bilstm_ctc",
        task="rec",
        dataset="bars",
        dataset_digest="0" * 64,
        seed=0,
        deployed_as=deployed_as,
        metrics={"val/acc": 1.0},
    )


def write_package(folder: Path, pictures: list[Path]) -> Path:
    """A whole package, as ``paddock export`` leaves it."""
    folder.mkdir(parents=True)
    export_recognizer(recognizer(), CHARSET, IMAGE_SHAPE, lines_of(pictures), SETTINGS, folder)
    write_identity(folder, identity())
    return folder
