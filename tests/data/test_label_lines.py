from pathlib import Path

import pytest

from paddock.core.errors import DatasetError
from paddock.data.label_lines import LabelLine, parse_lines
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


def test_a_missing_label_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"label file .*rec_gt\.txt is missing\. Check dataset\.raw and"):
        list(parse_lines(tmp_path / "rec_gt.txt"))


def test_a_folder_in_place_of_a_label_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="cannot be read: Is a directory"):
        list(parse_lines(tmp_path))
