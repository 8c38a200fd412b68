from pathlib import Path

import pytest

from paddock.data.covering_font import covering_font, glyphs
from paddock.data.sample.fonts import font_file
from paddock.data.sample.text import CHARACTERS


@pytest.mark.parametrize("characters", [CHARACTERS, "äöüßéèñ€", "ΑΒΓабв", ""])
def test_the_font_that_comes_along_is_used_where_it_suffices(characters: str) -> None:
    assert covering_font(set(characters)) == font_file("DejaVuSans")


def test_a_script_that_it_lacks_gets_the_installed_font_that_lacks_least() -> None:
    characters = set("中文字ABC")
    found = covering_font(characters)
    assert found.is_file()
    codes = set(map(ord, characters))
    assert len(codes - glyphs(found)) <= len(codes - glyphs(font_file("DejaVuSans")))


def test_glyphs_are_what_the_font_can_draw(tmp_path: Path) -> None:
    known = glyphs(font_file("DejaVuSansMono"))
    assert ord("ß") in known
    assert ord("中") not in known
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    assert glyphs(tmp_path / "broken.ttf") == frozenset()
