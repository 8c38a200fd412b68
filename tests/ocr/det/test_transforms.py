import pickle
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from paddlex.inference.models.text_detection.processors import DetResizeForTest as DeployedResize
from paddlex.inference.models.text_detection.processors import NormalizeImage as DeployedNormalize

from paddock.core.errors import ConfigError, DatasetError
from paddock.ocr.det.page import Page
from paddock.ocr.det.transforms import DetLabelEncode, DetResizeForTest, build_pipeline
from paddock.ocr.transforms import NormalizeImage, ToCHWImage
from tests.ocr.det_pages import make_page

RNG = np.random.default_rng(0)
WORD = [[40, 30], [140, 30], [140, 60], [40, 60]]
NORMALIZE = {"scale": "1./255.", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "order": "hwc"}
TRAIN: list[dict[str, Any]] = [
    {"DecodeImage": {"img_mode": "BGR", "channel_first": False}},
    {"DetLabelEncode": None},
    {"IaaAugment": {"augmenter_args": None}},
    {"EastRandomCropData": {"size": [96, 64], "max_tries": 50, "keep_ratio": True}},
    {"ColorJitter": {"brightness": 0.3}},
    {"MakeBorderMap": {"shrink_ratio": 0.4, "thresh_min": 0.3, "thresh_max": 0.7}},
    {"MakeShrinkMap": {"shrink_ratio": 0.4, "min_text_size": 8}},
    {"NormalizeImage": NORMALIZE},
    {"ToCHWImage": None},
    {"KeepKeys": {"keep_keys": ["image", "threshold_map", "threshold_mask", "shrink_map", "shrink_mask"]}},
]
EVAL: list[dict[str, Any]] = [
    *TRAIN[:2],
    {"DetResizeForTest": {"limit_side_len": 64, "limit_type": "min"}},
    *TRAIN[7:9],
]
RESIZE_SETTINGS: list[dict[str, Any]] = [
    {},
    {"limit_side_len": 736, "limit_type": "min"},
    {"limit_side_len": 960, "limit_type": "max"},
    {"limit_side_len": 640, "limit_type": "resize_long"},
    {"limit_side_len": 64},
    {"limit_side_len": 900, "limit_type": "min", "max_side_limit": 1000},
    {"resize_long": 960},
    {"image_shape": [736, 1280]},
    {"image_shape": [320, 640], "keep_ratio": True},
    {"input_shape": [3, 320, 640]},
]


@pytest.mark.parametrize("settings", RESIZE_SETTINGS, ids=str)
def test_a_page_is_resized_as_in_deployment(settings: dict[str, Any]) -> None:
    rng = np.random.default_rng(1)
    resize, deployed = DetResizeForTest(**settings), DeployedResize(**settings)
    for image_hw in [(720, 1280), (32, 32), (7, 9), (20, 60), (333, 47), *rng.integers(8, 700, size=(6, 2)).tolist()]:
        page = make_page([WORD], (image_hw[0], image_hw[1]))

        found = resize(page, RNG)

        (expected,), (shape,) = deployed([page.pixels])
        assert np.array_equal(found.pixels, expected), image_hw
        assert found.source_size == tuple(shape[:2].astype(int))
        assert resize.size((image_hw[0], image_hw[1])) == expected.shape[:2]
        assert found.polygons is page.polygons


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"limit_side_len": 960, "limit_type": "longest"}, r"limit_type is 'longest'. Choose one of"),
        ({"image_shape": [700, 1280]}, "image_shape: height and width must be two multiples of 32"),
        ({"limit_side_len": 0}, "limit_side_len is 0: it must be 32 or more"),
    ],
)
def test_a_wrong_size_is_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=rf"DetResizeForTest\.{message}"):
        DetResizeForTest(**settings)


def test_values_are_normalised_as_in_deployment() -> None:
    page = make_page([WORD])

    found = ToCHWImage()(NormalizeImage(**NORMALIZE)(page, RNG), RNG).values  # type: ignore[arg-type]

    (expected,) = DeployedNormalize(scale=1 / 255, mean=NORMALIZE["mean"], std=NORMALIZE["std"], order="hwc")(
        [page.pixels]
    )
    assert np.abs(found - expected.transpose(2, 0, 1)).max() < 1e-6
    assert found.flags["C_CONTIGUOUS"]
    assert found.dtype == np.float32


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"scale": "one"}, "NormalizeImage.scale is 'one': write a number or a fraction"),
        ({"scale": "1/0"}, "NormalizeImage.scale is '1/0'"),
        ({"scale": "__import__('os').getcwd()"}, "write a number or a fraction"),
        ({"std": [1, 1]}, "must hold 3 numbers each"),
        ({"std": [1, 0, 1]}, "none that is 0"),
        ({"order": "chw"}, "order hwc"),
    ],
)
def test_a_wrong_normalisation_is_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        NormalizeImage(**settings)


def test_what_paddleocr_marks_as_unreadable_is_ignored() -> None:
    page = replace(make_page([WORD] * 4, texts=["a", "###", "*", "b"]), ignored=(False, False, False, True))

    assert DetLabelEncode()(page, RNG).ignored == (False, True, True, True)


def test_the_training_pipeline_ends_with_a_tensor_and_its_maps(stored_page: Callable[..., Page]) -> None:
    pipeline = pickle.loads(pickle.dumps(build_pipeline(TRAIN)))  # it travels to worker processes

    first, second = (pipeline(stored_page([WORD]), np.random.default_rng(3)) for _ in range(2))

    assert first.values.shape == (3, 64, 96)
    assert {name: values.shape for name, values in first.maps.items()} == dict.fromkeys(
        ("threshold_map", "threshold_mask", "shrink_map", "shrink_mask"), (64, 96)
    )
    assert np.array_equal(first.values, second.values)
    assert all(np.array_equal(first.maps[name], second.maps[name]) for name in first.maps)


def test_the_evaluation_pipeline_keeps_regions_in_pixels_of_the_file(stored_page: Callable[..., Page]) -> None:
    page = build_pipeline(EVAL)(stored_page([WORD]), RNG)

    assert page.values.shape == (3, 96, 192)  # 100 x 200 exceeds 64 already, and is rounded to multiples of 32
    assert page.source_size == (100, 200)
    assert page.polygons[0].tolist() == WORD


def test_a_page_without_picture_is_named(stored_page: Callable[..., Page], tmp_path: Any) -> None:
    page = replace(stored_page([WORD]), image=tmp_path / "none.png")

    with pytest.raises(DatasetError, match=r"labels.txt:1: image .*none.png cannot be read"):
        build_pipeline(EVAL)(page, RNG)


@pytest.mark.parametrize("step", [{"ToCHWImage": None}, {"NormalizeImage": NORMALIZE}])
def test_transforms_in_the_wrong_order_say_which_comes_first(step: dict[str, Any]) -> None:
    page = replace(make_page([WORD]), bgr=None)

    with pytest.raises(ValueError, match="first in the transforms"):
        build_pipeline([step])(page, RNG)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"EastRandomCrop": {}}, "Did you mean 'EastRandomCropData'"),
        ({"MakeShrinkMap": {"min_size": 8}}, "MakeShrinkMap has no setting 'min_size'"),
        ({"DetLabelEncode": None, "ToCHWImage": None}, "Write one transform a list entry"),
    ],
)
def test_a_wrong_transform_is_refused(entry: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        build_pipeline([entry])
