"""Class numbers of structures."""

from pathlib import Path

import pytest

from paddock.core.errors import DatasetError
from paddock.ocr.table.tokens import TableClasses, read_classes

ROW = ("<tr>", "<td>", "</td>", "<td", ' colspan="2"', ">", "</td>", "</tr>")


def test_the_dictionary_is_paddleocrs_with_start_end_and_the_merged_cell_last() -> None:
    characters = TableClasses().characters

    assert (len(characters), characters[0], characters[1], characters[-2:]) == (
        50,
        "sos",
        "<thead>",
        ["<td></td>", "eos"],
    )
    assert "<td>" not in characters
    assert characters[characters.index("</td>") + 1] == ' colspan="2"'
    assert characters[-3] == ' rowspan="20"'


def test_a_structure_is_encoded_between_start_and_end_with_merged_cells() -> None:
    classes = TableClasses()

    label = classes.encode(ROW, 7)

    assert label is not None
    assert [classes.characters[number] for number in label] == [
        *("sos", "<tr>", "<td></td>", "<td", ' colspan="2"', ">", "</td>", "</tr>", "eos")
    ]


def test_without_merging_all_48_tokens_are_classes() -> None:
    classes = TableClasses(merge_no_span_structure=False)

    label = classes.encode(ROW, 8)

    assert (len(classes), label and len(label)) == (50, 10)
    assert "<td>" in classes.characters


@pytest.mark.parametrize("structure", [(), ("<tr>",) * 8, ("<tr>", "<th>", "</tr>")])
def test_what_is_empty_too_long_or_unknown_is_not_encoded(structure: tuple[str, ...]) -> None:
    assert TableClasses().encode(structure, 7) is None


def test_the_dictionary_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    classes = TableClasses()
    (tmp_path / "dict.txt").write_text(classes.file_text(), encoding="utf-8")

    assert read_classes(tmp_path / "dict.txt", merge_no_span_structure=True) == classes


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "is empty"), (b"<tr>\n<tr>\n", "'<tr>' twice"), (b"\xff\xfe", "is not UTF-8"), (None, "cannot be read")],
)
def test_a_damaged_dictionary_is_refused(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "dict.txt"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(DatasetError, match=message):
        read_classes(path, merge_no_span_structure=True)
