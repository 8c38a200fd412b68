from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from paddock.core.errors import PaddockError
from paddock.data import sheet
from paddock.data.sheet import Cell, contact_sheet, printable


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "grey.png"
    Image.new("RGB", (80, 30), (90, 90, 90)).save(path)
    return path


def drawn(target: Path, cells: list[Cell]) -> np.ndarray:
    contact_sheet(cells, target)
    return np.asarray(Image.open(target).convert("RGB"))


def test_every_picture_stands_beside_its_words_down_the_columns(picture: Path, tmp_path: Path) -> None:
    found = drawn(tmp_path / "new" / "sheet.png", [Cell(picture, ("AB-12",), "0.500")] * 5)

    width, height = sheet.CELL_WH
    middle = sheet.PICTURE_WH[0] + sheet.MARGIN_PX + 1
    assert found.shape == (2 * height, 3 * width, 3)
    for row, column in [(0, 0), (1, 0), (0, 1), (1, 1), (0, 2)]:
        cell = found[row * height : (row + 1) * height - 1, column * width : (column + 1) * width]
        assert (cell[:, :middle] == 90).any(), "a picture"
        assert (cell[:, middle:] < 100).any(), "its words"
    assert (found[height : 2 * height - 1, 2 * width :] == 255).all(), "the sixth cell stays empty"


def test_a_long_text_stays_inside_its_cell(picture: Path, tmp_path: Path) -> None:
    found = drawn(tmp_path / "sheet.png", [Cell(picture, ("M" * 30, "M" * 30), "")])

    assert (found[: sheet.CELL_WH[1] - 1, -sheet.MARGIN_PX :] == 255).all()


def test_the_last_text_of_an_emphasised_cell_is_red(picture: Path, tmp_path: Path) -> None:
    plain = drawn(tmp_path / "a.png", [Cell(picture, ("AB", "AC"), "")])
    loud = drawn(tmp_path / "b.png", [Cell(picture, ("AB", "AC"), "", emphasised=True)])

    def is_red(pixels: np.ndarray) -> np.ndarray:
        return (pixels[..., 0] > 150) & (pixels[..., 1] < 80)

    assert not is_red(plain).any()
    half = sheet.CELL_WH[1] // 2
    assert is_red(loud[half:]).any()
    assert not is_red(loud[: half - 6]).any()


def test_a_picture_that_cannot_be_read_leaves_its_place_empty(tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"nothing")

    found = drawn(tmp_path / "sheet.png", [Cell(tmp_path / name, ("A",), "") for name in ("none.png", "broken.png")])

    assert (found[: sheet.CELL_WH[1] - 1, : sheet.PICTURE_WH[0]] == 255).all()


def test_characters_that_the_font_lacks_are_written_as_codes() -> None:
    assert printable("Größe 中") == "Größe \\u4e2d"


def test_a_sheet_that_cannot_be_written_is_an_error_in_one_line(picture: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(PaddockError, match=r"cannot write .*readings\.png"):
        contact_sheet([Cell(picture, ("A",), "")], tmp_path / "file" / "readings.png")
