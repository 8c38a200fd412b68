from collections.abc import Callable
from pathlib import Path

import pytest

from paddock.config.schema import DatasetConfig
from paddock.core.errors import DatasetError
from paddock.data.formats.icdar2015_rec import read_icdar2015_rec
from paddock.data.raw_data import RawData

MakeDataset = Callable[..., DatasetConfig]


def read(raw: Path, make_dataset: MakeDataset, content: str) -> RawData:
    """Read a gt.txt beside two crops."""
    for name in ("word_1.png", "word, 2.png"):
        (raw / name).touch()
    (raw / "gt.txt").write_text(content, encoding="utf-8")
    return read_icdar2015_rec(raw, make_dataset())


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ('word_1.png, "EXIT"', "EXIT"),
        ('\ufeffword_1.png, "EXIT"\r', "EXIT"),
        ('word_1.png,"27, JALAN"', "27, JALAN"),
        (r'word_1.png, "\"no\""', '"no"'),
        ('word_1.png, "a ""no"""', 'a "no"'),
        ('word_1.png, "a\\"', "a\\"),
        ("word_1.png, 27, JALAN", "27, JALAN"),
        ('word, 2.png, "EXIT"', "EXIT"),
    ],
)
def test_texts_are_read_without_their_quotation_marks(
    line: str, text: str, tmp_path: Path, make_dataset: MakeDataset
) -> None:
    raw = read(tmp_path, make_dataset, line)
    assert ([crop.text for crop in raw.crops], raw.problems) == ([text], [])


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("word_1.png EXIT", "few_fields"),
        ('word_1.png, "EXIT', "few_fields"),
        ('word_1.png, ""', "empty_label"),
        ('word_1.png, "###"', "not_labelled"),
        ('word_1.png, "A\tB"', "line_break"),
        ('gone.png, "EXIT"', "image_missing"),
        ('../word_1.png, "EXIT"', "outside_folder"),
    ],
)
def test_what_cannot_be_used_is_a_problem(line: str, code: str, tmp_path: Path, make_dataset: MakeDataset) -> None:
    raw = read(tmp_path, make_dataset, f'{line}\nword_1.png, " A"')
    assert [(problem.code, problem.origin) for problem in raw.problems] == [
        (code, f"{tmp_path / 'gt.txt'}:1"),
        ("outer_blanks", f"{tmp_path / 'gt.txt'}:2"),
    ]
    assert [crop.text for crop in raw.crops] == ["A"]


def test_a_folder_without_labels_is_refused(tmp_path: Path, make_dataset: MakeDataset) -> None:
    with pytest.raises(DatasetError, match=r"no label file gt\.txt in .*Name the files"):
        read_icdar2015_rec(tmp_path, make_dataset())
