"""Whole exports of recognisers."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from paddock.core.errors import ExportError
from paddock.data.charset import Charset, read_charset
from paddock.export.recognition import export_recognizer
from paddock.export.recognizer import Recognizer
from tests.tiny_recognizer import CHARSET, IMAGE_SHAPE, SETTINGS, lines_of, recognizer

pytestmark = pytest.mark.slow


def test_the_dictionary_in_the_package_is_that_of_the_training(package: Path) -> None:
    assert read_charset(package / "dict.txt", [" "]) == CHARSET


@pytest.mark.parametrize(("use_space_char", "last"), [(True, " "), (False, "B")])
def test_the_networks_last_class_is_the_space_only_where_the_charset_has_one(
    tmp_path: Path, pictures: list[Path], use_space_char: bool, last: str
) -> None:
    charset = Charset(("A", "B"), use_space_char)
    network = recognizer(charset)
    network.head.fc.bias.set_value(np.array([0.0] * len(charset) + [100.0], dtype=np.float32))

    export_recognizer(network, charset, IMAGE_SHAPE, lines_of(pictures), SETTINGS, tmp_path)

    assert {result.text for result in Recognizer(tmp_path, SETTINGS.model_name).read(pictures)} == {last}


def test_a_wider_image_shape_travels_with_the_package(tmp_path: Path, pictures: list[Path]) -> None:
    shape = (3, 32, 176)

    export_recognizer(recognizer(), CHARSET, shape, lines_of(pictures, shape), SETTINGS, tmp_path)

    runtime = Recognizer(tmp_path, SETTINGS.model_name)
    assert runtime.image_shape == shape
    assert [result.pixels.shape[2] for result in runtime.read(pictures)] == [176, 176, 176, 224]


def test_a_difference_above_the_tolerance_fails_the_export(tmp_path: Path, pictures: list[Path]) -> None:
    settings = replace(SETTINGS, tolerance=-1.0)

    with pytest.raises(ExportError, match=r"above export\.tolerance=-1"):
        export_recognizer(recognizer(), CHARSET, IMAGE_SHAPE, lines_of(pictures), settings, tmp_path)


def test_an_export_without_pictures_to_compare_on_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="no validation picture is left"):
        export_recognizer(recognizer(), CHARSET, IMAGE_SHAPE, [], SETTINGS, tmp_path)
