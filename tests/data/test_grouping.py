from pathlib import Path

import pytest

from paddock.core.errors import ConfigError
from paddock.data.grouping import group_of

RAW = Path("raw")


def test_crops_of_one_picture_share_a_group() -> None:
    group = group_of(r"^(.*?)_crop_\d+", RAW)
    assert group(RAW / "crop_img/page7_crop_0.jpg") == group(RAW / "crop_img/page7_crop_12.jpg") == "crop_img/page7"


def test_a_rotated_picture_belongs_to_its_sibling() -> None:
    group = group_of(r"^(.*?)(?:_rotated)?_crop_\d+", RAW)
    assert group(RAW / "wire_1043_rotated_crop_0.jpg") == group(RAW / "wire_1043_crop_1.jpg") == "wire_1043"


def test_pictures_of_one_name_in_two_folders_are_two_groups() -> None:
    group = group_of(r"^(.*?)_crop_\d+", RAW)
    assert group(RAW / "train/word_1_crop_0.jpg") != group(RAW / "dev/word_1_crop_0.jpg")


@pytest.mark.parametrize("pattern", [r"^(.*?)_crop_\d+", "()"])
def test_a_name_that_yields_no_group_is_one_of_its_own(pattern: str) -> None:
    assert group_of(pattern, RAW)(RAW / "scan.jpg") == "scan.jpg"


def test_a_pattern_that_is_no_regular_expression_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"dataset\.group_pattern '\(' is no regular expression: missing \)"):
        group_of("(", RAW)


def test_a_pattern_without_a_group_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"has no group \(\.\.\.\)\. For example"):
        group_of("^.*", RAW)
