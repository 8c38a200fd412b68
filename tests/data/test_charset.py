from pathlib import Path

import pytest

from paddock.core.errors import DatasetError
from paddock.data.charset import Charset, charset_of, read_charset


def write(path: Path, content: str) -> Path:
    path.write_bytes(content.encode())
    return path


def test_the_charset_of_texts_is_sorted_by_code_point_and_has_the_space_apart() -> None:
    charset = charset_of(["b a", "Z0", "ä"])
    assert charset == Charset(("0", "Z", "a", "b", "ä"), use_space_char=True)
    assert len(charset) == 6
    assert charset.file_text() == "0\nZ\na\nb\nä\n"


def test_a_written_charset_is_read_back(tmp_path: Path) -> None:
    charset = charset_of(["AB", "12"])
    assert read_charset(write(tmp_path / "dict.txt", charset.file_text())) == charset


def test_line_ends_of_windows_a_byte_order_mark_and_empty_last_lines_are_tolerated(tmp_path: Path) -> None:
    assert read_charset(write(tmp_path / "dict.txt", "\ufeffa\r\nb\r\n\r\n")).characters == ("a", "b")


def test_a_separator_that_python_takes_for_a_line_end_can_be_listed(tmp_path: Path) -> None:
    assert read_charset(write(tmp_path / "dict.txt", "a\n\u2028\n")).characters == ("a", "\u2028")


def test_a_last_line_with_the_space_becomes_use_space_char(tmp_path: Path) -> None:
    assert read_charset(write(tmp_path / "en_dict.txt", "a\nb\n \n")) == Charset(("a", "b"), use_space_char=True)


def test_texts_with_a_space_turn_use_space_char_on(tmp_path: Path) -> None:
    path = write(tmp_path / "dict.txt", "a\nb\n")
    assert not read_charset(path, ["ab"]).use_space_char
    assert read_charset(path, ["a b"]).use_space_char


def test_characters_outside_are_named_once_in_order() -> None:
    charset = Charset(("a", "b"), use_space_char=False)
    assert charset.outside("xa yxb") == ["x", " ", "y"]
    assert Charset(("a", "b"), use_space_char=True).outside("a b") == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a\n\nb\n", r"dict\.txt:2: the line is empty; a dictionary has one character a line"),
        ("a\nbc\n", r"dict\.txt:2: the line holds 2 characters \('bc'\)"),
        ("a\nb\na\n", r"dict\.txt:3: 'a' stands in line 1 already"),
        ("a\n \nb\n", r"dict\.txt:2: the space must be the last line, or absent"),
        ("\n", r"dict\.txt is empty"),
    ],
)
def test_a_damaged_dictionary_is_refused(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        read_charset(write(tmp_path / "dict.txt", content))


def test_a_missing_dictionary_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"dict\.txt is missing\. Check dataset\.dictionary"):
        read_charset(tmp_path / "dict.txt")


def test_a_folder_in_place_of_a_dictionary_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="cannot be read: Is a directory"):
        read_charset(tmp_path)


def test_a_dictionary_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "dict.txt").write_bytes("ä\n".encode("latin-1"))
    with pytest.raises(DatasetError, match=r"dict\.txt is not UTF-8"):
        read_charset(tmp_path / "dict.txt")
