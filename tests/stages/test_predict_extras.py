"""predict with PaddleOCR's own modules around the models: fetched, used, or one line where they cannot be had.

Each test starts a process of its own: PaddleOCR looks once, when it is imported, where its models are kept.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import paddle
import pytest
import yaml

from paddock.config.schema import Config
from paddock.export.static import save_static
from paddock.serving.ocr import EXTRA_MODELS
from tests.tiny_detector import BARS, PAGE_HW, drawn_page

pytestmark = pytest.mark.slow

LYING = "90"
"""What `write_orientation_model` says of every page: it was turned clockwise by so many degrees."""


def predict(kept: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`paddock predict` where PaddleOCR keeps its models in ``kept``, and no host of them can be reached."""
    nowhere = "http://127.0.0.1:9"
    network = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), nowhere)
    given = {"PADDLE_PDX_CACHE_HOME": str(kept), "NO_PROXY": "", "no_proxy": "", **network}
    command = [sys.executable, "-W", "ignore", "-m", "paddock", "predict", *words]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **given}, check=False)


def write_orientation_model(folder: Path) -> None:
    """A classifier of pages that always says the same, as PaddleOCR keeps its own."""

    class Lying(paddle.nn.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.fc = paddle.nn.Linear(3, 4)

        def forward(self, x: paddle.Tensor) -> paddle.Tensor:
            return paddle.nn.functional.softmax(self.fc(paddle.nn.functional.adaptive_avg_pool2d(x, 1).flatten(1)))

    network = Lying()
    network.fc.weight.set_value(paddle.zeros([3, 4]))
    network.fc.bias.set_value(paddle.to_tensor([0.0, 9.0, 0.0, 0.0]))
    folder.mkdir(parents=True)
    save_static(network, folder, [None, 3, 224, 224])
    content = {
        "Global": {"model_name": folder.name},
        "PreProcess": {
            "transform_ops": [
                {"ResizeImage": {"resize_short": 256}},
                {"CropImage": {"size": 224}},
                {"NormalizeImage": {"channel_num": 3, "order": ""}},
                {"ToCHWImage": None},
            ]
        },
        "PostProcess": {"Topk": {"topk": 1, "label_list": ["0", LYING, "180", "270"]}},
    }
    (folder / "inference.yml").write_text(yaml.safe_dump(content), encoding="utf-8")


@pytest.mark.parametrize(
    ("option", "setting"),
    [
        ("--orientation", "use_doc_orientation_classify"),
        ("--unwarping", "use_doc_unwarping"),
        ("--textline-orientation", "use_textline_orientation"),
    ],
)
def test_a_model_that_cannot_be_fetched_is_one_line(
    read_pages: Config, tmp_path: Path, option: str, setting: str
) -> None:
    page = min(Path("data/prepared/ppocrlabel/det/test_imgs").iterdir())

    done = predict(tmp_path / "kept", str(page), option)

    folder = tmp_path / "kept/official_models" / EXTRA_MODELS[setting]
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        f"paddock predict: PaddleOCR's model {EXTRA_MODELS[setting]} is not on this machine and no model host answers. "
        f"Connect this machine once, or copy the model from another machine's {folder}."
    ]


def test_a_page_that_lies_on_its_side_is_turned_read_and_drawn_as_it_was_read(
    read_pages: Config, tmp_path: Path
) -> None:
    write_orientation_model(tmp_path / "kept/official_models" / EXTRA_MODELS["use_doc_orientation_classify"])
    page = tmp_path / "lying.png"
    page.write_bytes(cv2.imencode(".png", np.rot90(drawn_page(0), -1))[1].tobytes())

    done = predict(tmp_path / "kept", str(page), "--orientation", "--out", "json", "--save", str(tmp_path / "out"))

    assert (done.returncode, done.stdout[:1]) == (0, "["), done.stdout + done.stderr
    (row,) = json.loads(done.stdout)
    for (box, _), bar in zip(row["lines"], BARS, strict=True):
        assert box[0] == pytest.approx(bar[:2], abs=10)
    drawn = cv2.imread(str(tmp_path / "out/result.jpg"))
    assert drawn.shape[:2] == (PAGE_HW[0], 2 * PAGE_HW[1])
    left, top, width, height = BARS[0]
    assert drawn[top + height // 2, left + width // 2].mean() > 100, "the bar is where the upright page has it"
