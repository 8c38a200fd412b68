from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from paddock.core.errors import ConfigError, DatasetError
from paddock.data.charset import Charset
from paddock.ocr.rec.augment import RecAug, RecRotate180
from paddock.ocr.rec.charset import CTCClasses
from paddock.ocr.rec.line import TextLine
from paddock.ocr.rec.transforms import RecResizeImg, build_pipeline, input_width
from paddock.ocr.transforms import DecodeImage

RNG = np.random.default_rng(0)
SHAPE = [3, 32, 100]
CLASSES = CTCClasses(Charset(("A", "B"), use_space_char=False))
Draw = Callable[..., TextLine]


@pytest.mark.parametrize(
    ("height", "width", "drawn", "padded"),
    [
        (32, 50, 50, 100),  # narrow: padded
        (32, 100, 100, 100),
        (32, 300, 300, 300),  # wide: stays wide, is not squeezed
        (64, 301, 150, 150),  # 150.5 is cut, as paddleocr cuts it
        (10, 2000, 3200, 3200),
    ],
)
def test_input_width_is_that_of_deployment(height: int, width: int, drawn: int, padded: int) -> None:
    assert input_width(height, width, SHAPE) == (drawn, padded)


def test_picture_is_scaled_normalised_and_padded_with_zero(draw: Draw) -> None:
    line = RecResizeImg(SHAPE)(DecodeImage()(draw(width=60, height=30), RNG), RNG)

    assert line.tensor is not None
    assert line.tensor.shape == (3, 32, 100)
    assert np.abs(line.tensor[:, :, :64]).max() <= 1
    assert not line.tensor[:, :, 64:].any()


def test_colours_are_bgr(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4), (255, 0, 0)).save(tmp_path / "red.png")

    line = DecodeImage()(TextLine(tmp_path / "red.png", "A", "x:1"), RNG)

    assert line.pixels[0, 0].tolist() == [0, 0, 255]


def test_exif_rotation_is_applied(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 20)).save(tmp_path / "turned.jpg", exif=exif)

    line = DecodeImage()(TextLine(tmp_path / "turned.jpg", "A", "x:1"), RNG)

    assert line.pixels.shape[:2] == (40, 20)


def test_missing_and_corrupt_pictures_are_named_with_their_label(tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"\x89PNG nothing")
    (tmp_path / "empty.png").write_bytes(b"")

    for name, message in (
        ("none", r"x:7: image .*none cannot be read"),
        ("broken.png", "corrupt"),
        ("empty.png", "corrupt"),
    ):
        with pytest.raises(DatasetError, match=message):
            DecodeImage()(TextLine(tmp_path / name, "A", "x:7"), RNG)


def test_pipeline_follows_the_order_of_the_config(draw: Draw) -> None:
    transforms: list[dict[str, Any]] = [
        {"DecodeImage": {"img_mode": "BGR", "channel_first": False}},
        {"CTCLabelEncode": None},
        {"RecResizeImg": {"image_shape": SHAPE}},
        {"KeepKeys": {"keep_keys": ["image", "label", "length"]}},
    ]

    line = build_pipeline(transforms, CLASSES, 25)(draw("BA"), RNG)

    assert line.label == (2, 1)
    assert line.tensor is not None


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"RecResizeImage": {}}, "Did you mean 'RecResizeImg'"),
        ({"RecAug": {"blur_probability": 1}}, "RecAug has no setting 'blur_probability'. Did you mean 'blur_prob'"),
        ({"RecAug": {}, "KeepKeys": {}}, "Write one transform a list entry"),
        ({"DecodeImage": {"img_mode": "RGB"}}, "img_mode BGR"),
        ({"RecResizeImg": {"image_shape": [1, 32, 100]}}, r"it must be \[3, height, width\]"),
    ],
)
def test_a_wrong_transform_is_refused(entry: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        build_pipeline([entry], CLASSES, 25)


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (60, 8), (64, 300)])
def test_every_augmentation_works_on_every_size(draw: Draw, size: tuple[int, int]) -> None:
    line = DecodeImage()(draw(height=size[0], width=size[1]), RNG)
    everything = RecAug(*[1.0] * 7)

    for seed in range(20):
        changed = everything(line, np.random.default_rng(seed)).pixels
        assert changed.dtype == np.uint8
        assert changed.ndim == 3
        assert min(changed.shape) > 0


def test_augmentation_follows_from_its_generator_and_spares_the_original(draw: Draw) -> None:
    line = DecodeImage()(draw(), RNG)
    before = line.pixels.copy()
    augment = RecAug()

    first, second = (augment(line, np.random.default_rng(4)).pixels for _ in range(2))

    assert np.array_equal(first, second)
    assert np.array_equal(line.pixels, before)


def test_augmentation_with_no_probability_changes_nothing(draw: Draw) -> None:
    line = DecodeImage()(draw(), RNG)

    assert np.array_equal(RecAug(*[0.0] * 7)(line, np.random.default_rng(1)).pixels, line.pixels)


def test_rotate_180_turns_its_share_of_the_lines_and_keeps_their_text(draw: Draw) -> None:
    line = DecodeImage()(draw(), RNG)
    turn = RecRotate180(prob=0.3)

    results = [turn(line, np.random.default_rng(seed)) for seed in range(200)]

    turned = [np.array_equal(one.pixels, np.rot90(line.pixels, 2)) for one in results]
    kept = [np.array_equal(one.pixels, line.pixels) for one in results]
    assert all(a != b for a, b in zip(turned, kept, strict=True))
    assert 40 <= sum(turned) <= 80
    assert {one.text for one in results} == {line.text}
