from pathlib import Path

import pytest

from paddock.data.quad_lines import read_quads
from paddock.data.raw_data import RawData
from paddock.data.samples import PageSample, Region

POINTS = ((1, 2), (9, 2), (9, 6), (1, 6))


@pytest.fixture
def label_file(tmp_path: Path) -> Path:
    (tmp_path / "a.jpg").touch()
    return tmp_path / "gt_a.txt"


def read(label_file: Path, content: bytes) -> RawData:
    label_file.write_bytes(content)
    return read_quads({label_file: "a"}, {"a": [label_file.with_name("a.jpg")]}, lambda image: image.name)


def test_each_line_is_a_region_and_texts_may_have_commas_quotes_and_blanks(label_file: Path) -> None:
    raw = read(label_file, '\ufeff1,2,9,2,9,6,1,6,27, JALAN "X",\r\n\r\n1,2,9,2,9,6,1.0,6,###\r\n'.encode())
    regions = (Region('27, JALAN "X",', POINTS), Region("###", POINTS))
    assert raw.pages == [PageSample(label_file.with_name("a.jpg"), regions, "a.jpg", str(label_file))]
    assert raw.problems == []


def test_an_empty_file_is_a_page_without_text(label_file: Path) -> None:
    assert read(label_file, b"").pages[0].regions == ()


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"1,2,9,2,9,6,1,6", "few_fields"),
        (b"no box", "few_fields"),
        (b"1,2,9,2,9,6,1,six,A", "bad_points"),
        (b"1,2,9,2,9,6,1,nan,A", "bad_points"),
        (b"1,2,9,2,9,6,1,inf,A", "bad_points"),
        (b"1,2,9,2,9,6,1,6,\xe9", "not_utf8"),
    ],
)
def test_a_line_that_cannot_be_used_is_a_problem_and_leaves_the_others(
    label_file: Path, line: bytes, code: str
) -> None:
    raw = read(label_file, b"1,2,9,2,9,6,1,6,A\n" + line)
    assert [problem.code for problem in raw.problems] == [code]
    assert raw.problems[0].origin == f"{label_file}:2"
    assert raw.pages[0].regions == (Region("A", POINTS),)


def test_a_file_with_bad_lines_only_is_no_page_without_text(label_file: Path) -> None:
    raw = read(label_file, b"no box\n")
    assert (raw.pages, len(raw.problems)) == ([], 1)
