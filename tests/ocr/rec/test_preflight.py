from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from paddock.config.schema import OnError
from paddock.core.errors import DatasetError
from paddock.data.charset import Charset
from paddock.ocr.rec.charset import required_steps
from paddock.ocr.rec.line import TextLine
from paddock.ocr.rec.preflight import Checked, check, widths_or_zero

Draw = Callable[..., TextLine]
SHAPE = [3, 32, 100]


def checked(lines: list[TextLine], on_error: OnError = OnError.stop, max_text_length: int = 25) -> Checked:
    return check(lines, Charset(("A", "B"), use_space_char=True), max_text_length, SHAPE, on_error)


def test_learnable_lines_pass_with_their_input_widths(draw: Draw) -> None:
    found = checked([draw("AB", width=60, height=30), draw("B A", width=300, height=30)])

    assert found.widths == [100, 320]
    assert found.report[0] == "labels encodable: 2 of 2 (100.0%)"
    assert found.report[2].endswith("(25 to 80 time steps)")


def test_time_steps_count_a_blank_between_equal_letters() -> None:
    assert [required_steps(text) for text in ("A", "AB", "AA", "AAAB")] == [1, 2, 3, 6]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("AXYB", r"labels\.txt:1: label 'AXYB' has characters outside the dictionary: 'X' 'Y'"),
        ("A" * 14, r"needs 27 time steps for 14 characters; its picture gives 25"),
        ("AB" * 15, r"'AB.*AB' needs 30 time steps"),
    ],
)
def test_a_label_that_cannot_be_learnt_stops_with_its_line(draw: Draw, text: str, message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        checked([draw(text)])


def test_a_label_above_max_text_length_stops(draw: Draw) -> None:
    with pytest.raises(DatasetError, match=r"raise Global\.max_text_length, or set dataset\.on_error=drop"):
        checked([draw("ABABA", width=300)], max_text_length=4)


def test_dropped_labels_are_counted_by_reason_and_character(draw: Draw) -> None:
    found = checked([draw("AB"), draw("AX"), draw("XX"), draw("A" * 30)], OnError.drop)

    assert [line.text for line in found.lines] == ["AB"]
    assert "left out, characters outside the dictionary: 2" in found.report
    assert "left out, longer than Global.max_text_length=25: 1" in found.report
    assert "characters outside the dictionary: 'X' 2x" in found.report


def test_nothing_left_is_an_error(draw: Draw) -> None:
    with pytest.raises(DatasetError, match="no training label can be learnt"):
        checked([draw("X")], OnError.drop)


def test_pictures_are_missed_before_the_first_step(draw: Draw, tmp_path: Path) -> None:
    line = draw()
    (tmp_path / "broken.png").write_bytes(b"GIF89a")

    with pytest.raises(DatasetError, match=r"labels\.txt:1: image .*none\.png is missing"):
        checked([replace(line, image=tmp_path / "none.png")])
    with pytest.raises(DatasetError, match=r"broken\.png is corrupt"):
        checked([replace(line, image=tmp_path / "broken.png")])


def test_evaluation_keeps_unreadable_pictures_in_its_list(draw: Draw, tmp_path: Path) -> None:
    lines = [draw(), replace(draw(), image=tmp_path / "none.png")]

    assert widths_or_zero(lines, SHAPE) == [100, 0]
