from pathlib import Path

import pytest

from paddock.core.errors import DatasetError
from paddock.data.label_lines import LabelLine, file_faults, parse_lines
from paddock.data.samples import Problem


def parse(path: Path, content: bytes) -> list[LabelLine | Problem]:
    path.write_bytes(content)
    return list(parse_lines(path))


def problem(path: Path, content: bytes) -> Problem:
    (found,) = parse(path, content)
    assert isinstance(found, Problem)
    return found


def test_byte_order_mark_crlf_and_empty_lines_are_tolerated(tmp_path: Path) -> None:
    path = tmp_path / "rec_gt.txt"
    lines = parse(path, "\ufeffa.jpg\tone\r\n\r\nb.jpg\t two words \r\n\n".encode())
    assert lines == [LabelLine("a.jpg", "one", f"{path}:1"), LabelLine("b.jpg", "two words", f"{path}:3")]


def test_a_text_may_hold_characters_that_other_tools_take_for_line_ends(tmp_path: Path) -> None:
    (line,) = parse(tmp_path / "rec_gt.txt", "a.jpg\tx\u2028y\n".encode())
    assert isinstance(line, LabelLine)
    assert line.text == "x\u2028y"


def test_a_line_without_tab_is_named_by_file_and_number(tmp_path: Path) -> None:
    path = tmp_path / "rec_gt.txt"
    found = problem(path, b"a.jpg one\n")
    assert found.code == "no_tab"
    assert str(found) == f"{path}:1: no tab between image and text in 'a.jpg one'. Write IMAGE<TAB>TEXT."


def test_a_line_with_two_tabs_is_a_problem(tmp_path: Path) -> None:
    found = problem(tmp_path / "rec_gt.txt", b"a.jpg\tone\ttwo\n")
    assert found.code == "extra_tab"
    assert "more than one tab" in found.message


@pytest.mark.parametrize("text", ["", "  ", "\r"])
def test_an_empty_label_is_a_problem(tmp_path: Path, text: str) -> None:
    found = problem(tmp_path / "rec_gt.txt", f"a.jpg\t{text}\n".encode())
    assert found.code == "empty_label"
    assert "no text after the image in" in found.message


def test_a_line_that_is_not_utf8_is_a_problem_of_that_line_only(tmp_path: Path) -> None:
    found, line = parse(tmp_path / "rec_gt.txt", "a.jpg\tKäse\n".encode("latin-1") + b"b.jpg\tham\n")
    assert isinstance(found, Problem)
    assert (found.code, found.message) == ("not_utf8", "the line is not UTF-8. Save the label file as UTF-8.")
    assert isinstance(line, LabelLine)


def test_another_delimiter_can_be_chosen(tmp_path: Path) -> None:
    path = tmp_path / "rec_gt.txt"
    path.write_text("a.jpg,one\nb.jpg\n", encoding="utf-8")
    line, found = parse_lines(path, ",")
    assert line == LabelLine("a.jpg", "one", f"{path}:1")
    assert "no ',' between" in str(found)


@pytest.mark.parametrize(
    ("line", "image", "text"),
    [
        ("a.jpg one two", "a.jpg", "one two"),
        ("my page.JPG  one", "my page.JPG", "one"),
        ("a.jpg, one", "a.jpg", "one"),
        ('word_1.png, "Genaxis, \\"Theatre\\""', "word_1.png", 'Genaxis, "Theatre"'),
        ("a.jpg;one", "a.jpg", "one"),
        ("a.jpg\\tone", "a.jpg", "one"),
        ('a.jpg [{"transcription": "b"}]', "a.jpg", '[{"transcription": "b"}]'),
        ("a.jpg\t\tone", "a.jpg", "one"),
        ("a.jpg\tone\t", "a.jpg", "one"),
        ("\ta.jpg\tone", "a.jpg", "one"),
    ],
)
def test_a_line_of_other_separators_is_read_on_request(tmp_path: Path, line: str, image: str, text: str) -> None:
    path = tmp_path / "rec_gt.txt"
    refused = problem(path, line.encode())
    assert refused.code in ("no_tab", "extra_tab")
    assert refused.repair == f"read as image {image!r} and text {text!r}"
    (mended,) = parse_lines(path, repair=True)
    assert mended == LabelLine(image, text, f"{path}:1")
    assert isinstance(mended, LabelLine)
    assert mended.mended == (refused,)


@pytest.mark.parametrize("line", ["a.jpg", "one two", "a.jpg b.jpg one", "a.jpg\tone\ttwo", "a.gif one"])
def test_a_line_that_could_be_parted_in_several_ways_is_not(tmp_path: Path, line: str) -> None:
    path = tmp_path / "rec_gt.txt"
    path.write_text(line, encoding="utf-8")
    (found,) = parse_lines(path, repair=True)
    assert isinstance(found, Problem)
    assert found.repair == ""


def test_blanks_around_a_text_are_told(tmp_path: Path) -> None:
    (line,) = parse(tmp_path / "rec_gt.txt", "a.jpg\t one\u3000\n".encode())
    assert isinstance(line, LabelLine)
    assert (line.text, [fault.code for fault in line.mended]) == ("one", ["outer_blanks"])


def test_what_is_read_past_is_told_once_a_file(tmp_path: Path) -> None:
    path = tmp_path / "rec_gt.txt"
    path.write_bytes("\ufeffa.jpg\tone\n\n \nb.jpg\ttwo\r\nc.jpg\tthree\r\n".encode())
    faults = file_faults(path)
    assert [(fault.code, fault.origin) for fault in faults] == [
        ("byte_order_mark", f"{path}:1"),
        ("crlf", f"{path}:4"),
        ("blank_line", f"{path}:2"),
    ]
    assert faults[1].message.startswith("2 lines end as on Windows")
    assert faults[2].message.startswith("2 blank line(s), of which this is the first")
    for content in (b"", b"a.jpg\tone\n", b"a.jpg\tone"):
        path.write_bytes(content)
        assert file_faults(path) == []


def test_a_missing_label_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"label file .*rec_gt\.txt is missing\. Check dataset\.raw and"):
        list(parse_lines(tmp_path / "rec_gt.txt"))


def test_a_folder_in_place_of_a_label_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="cannot be read: Is a directory"):
        list(parse_lines(tmp_path))
