"""preview: pictures of what each task's network sees."""

import argparse
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from paddock.cli import main
from paddock.config.schema import Config
from paddock.core.errors import ConfigError
from paddock.stages import preview
from tests.tiny_detector import prepared_pages
from tests.tiny_table import prepared_tables

Preview = Callable[..., list[NDArray[np.uint8]]]


@pytest.fixture
def drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Preview:
    """Run the stage; the pictures that it names, as RGB."""
    monkeypatch.chdir(tmp_path)

    def run(config: Config, **options: object) -> list[NDArray[np.uint8]]:
        preview.run(config, argparse.Namespace(**{"num": 2, "epochs": 2, "split": "train"} | options))
        paths = capsys.readouterr().out.split()
        assert {Path(path).parent for path in paths} == {Path("outputs/preview") / config.dataset.name / config.task}
        return [cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB) for path in paths]

    return run


def num_green(picture: NDArray[np.uint8]) -> int:
    """Pixels of outlines, as JPEG leaves them."""
    red, green, blue = np.moveaxis(picture.astype(int), 2, 0)
    return int(((green > red + 30) & (green > blue + 10)).sum())


def test_pages_are_drawn_with_their_boxes_and_maps(tmp_path: Path, drawn: Preview) -> None:
    config = prepared_pages(tmp_path, "Global.d2s_train_image_shape=[3,64,96]")
    pictures = drawn(config)
    assert len(pictures) == 2
    assert all(num_green(picture) > 50 for picture in pictures)
    again = drawn(config)
    assert all((one == other).all() for one, other in zip(pictures, again, strict=True))
    (whole,) = drawn(config, split="val", num=1)
    assert num_green(whole) > 50


def test_tables_are_drawn_with_cells_and_structure(tmp_path: Path, drawn: Preview) -> None:
    for split in ("train", "test"):
        pictures = drawn(prepared_tables(tmp_path / split), split=split)
        assert len(pictures) == 2
        assert all(num_green(picture) > 50 for picture in pictures)


@pytest.mark.slow
def test_lines_are_drawn_on_sheets(trained: Config, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["dataset.sample.num_pages=3", "dataset.sample.num_tables=0", "experiment=rec_own_data", "dataset=sample"]
    assert main(["preview", *words, "--num", "13"]) == 0
    assert capsys.readouterr().out.split() == [f"outputs/preview/sample/rec/sheet_{number}.png" for number in (1, 2)]
    sheet = cv2.imread("outputs/preview/sample/rec/sheet_1.png")
    assert sheet.shape[0] > 12 * 48


@pytest.mark.slow
@pytest.mark.parametrize("option", ["num", "epochs"])
def test_nothing_cannot_be_shown(trained: Config, option: str) -> None:
    options = {"num": 1, "epochs": 1, "split": "train", option: 0}
    with pytest.raises(ConfigError, match=rf"--{option} 0: it must be 1 or more\."):
        preview.run(trained, argparse.Namespace(**options))
