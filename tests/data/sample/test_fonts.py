import pytest
from PIL import Image, ImageDraw

from paddock.data.sample.fonts import FACES, font, font_of_cap, ink_box
from paddock.data.sample.text import CHARACTERS


@pytest.mark.parametrize("face", FACES)
def test_every_face_draws_every_character_differently(face: str) -> None:
    letters = font(face, 32)
    drawn = {bytes(letters.getmask(character)) for character in CHARACTERS}
    assert len(drawn) == len(CHARACTERS)


def test_the_ink_box_leaves_the_bearings_out() -> None:
    letters = font("DejaVuSans", 40)
    left, top, right, bottom = ink_box(letters, "7")
    image = Image.new("L", (60, 60))
    ImageDraw.Draw(image).text((0, 0), "7", font=letters, fill=255)
    assert (left, top, right, bottom) == image.getbbox()
    assert left > 0


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("cap_px", [15, 24, 40])
def test_capitals_are_as_high_as_asked_for(face: str, cap_px: int) -> None:
    _, top, _, bottom = ink_box(font_of_cap(face, cap_px), "H")
    assert bottom - top == pytest.approx(cap_px, abs=1)


def test_a_blank_text_has_no_ink() -> None:
    with pytest.raises(ValueError, match="' ' leaves no ink"):
        ink_box(font("DejaVuSans", 40), " ")


def test_a_font_is_loaded_once() -> None:
    assert font("DejaVuSans", 32) is font("DejaVuSans", 32)
