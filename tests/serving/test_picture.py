"""The contact sheet."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from paddock.core.errors import PaddockError
from paddock.serving import picture
from paddock.serving.picture import contact_sheet, printable
from paddock.serving.predictor import Reading


def _readings(pictures: list[Path], text: str = "AB-12") -> list[Reading]:
    return [Reading(path, text, 0.5) for path in pictures]


def test_every_picture_and_reading_stands_on_the_sheet(pictures: list[Path], tmp_path: Path) -> None:
    target = tmp_path / "new" / "readings.png"

    assert contact_sheet(_readings(pictures), target) == 5

    sheet = np.asarray(Image.open(target))
    width, height = picture.CELL_WH
    assert sheet.shape == (2 * height, 3 * width, 3)
    for row, column in [(0, 0), (1, 0), (0, 1), (1, 1), (0, 2)]:
        cell = sheet[row * height : (row + 1) * height - 1, column * width : (column + 1) * width]
        middle = picture.PICTURE_WH[0] + picture.MARGIN_PX + 1
        assert (cell[:, :middle] != 255).any(), "a picture"
        assert (cell[:, middle:] != 255).any(), "its reading"
    assert (sheet[height : 2 * height - 1, 2 * width :] == 255).all(), "the sixth cell stays empty"


def test_a_long_reading_stays_inside_its_cell(pictures: list[Path], tmp_path: Path) -> None:
    contact_sheet(_readings(pictures[:1], "M" * 30), tmp_path / "readings.png")

    sheet = np.asarray(Image.open(tmp_path / "readings.png"))
    assert (sheet[:, -picture.MARGIN_PX :][: picture.CELL_WH[1] - 1] == 255).all()


def test_an_empty_reading_is_said_to_be_empty(pictures: list[Path], tmp_path: Path) -> None:
    contact_sheet(_readings(pictures[:1], ""), tmp_path / "empty.png")
    contact_sheet(_readings(pictures[:1], "(nothing)"), tmp_path / "word.png")

    empty, word = (np.asarray(Image.open(tmp_path / name)) for name in ("empty.png", "word.png"))
    assert empty.min() < 255
    assert (empty != word).any(), "an empty reading looks different from a text that says so"


def test_a_sheet_shows_no_more_than_fits(pictures: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "MAX_PICTURES", 4)

    assert contact_sheet(_readings(pictures), tmp_path / "readings.png") == 4


def test_characters_that_the_font_lacks_are_written_as_codes() -> None:
    assert printable("Größe 中") == "Größe \\u4e2d"


def test_a_sheet_that_cannot_be_written_is_an_error_in_one_line(pictures: list[Path], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(PaddockError, match=r"cannot write .*readings\.png"):
        contact_sheet(_readings(pictures), tmp_path / "file" / "readings.png")
