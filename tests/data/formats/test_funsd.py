import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from paddock.config.schema import DatasetConfig
from paddock.core.errors import DatasetError
from paddock.data.formats.funsd import read_funsd
from paddock.data.raw_data import RawData
from paddock.data.samples import Region

MakeDataset = Callable[..., DatasetConfig]

BOX = ((1, 2), (9, 2), (9, 6), (1, 6))
WORD = {"box": [1, 2, 9, 6], "text": "Date:"}


def read(raw: Path, make_dataset: MakeDataset, *entries: Any) -> RawData:
    """Read a folder with one form."""
    for name in ("training_data/annotations", "training_data/images"):
        (raw / name).mkdir(parents=True)
    (raw / "training_data/images/a.png").touch()
    (raw / "training_data/annotations/a.json").write_text(json.dumps({"form": entries}))
    return read_funsd(raw, make_dataset())


def test_words_are_read_where_there_are_words(tmp_path: Path, make_dataset: MakeDataset) -> None:
    entry = WORD | {"text": "Date: 5 May", "words": [WORD, WORD | {"text": "5"}], "label": "other", "linking": []}
    raw = read(tmp_path / "raw", make_dataset, entry, {"box": [9, 6, 1, 2], "text": "Total"})
    assert raw.pages[0].regions == (Region("Date:", BOX), Region("5", BOX), Region("Total", BOX))
    assert (raw.pages[0].group, raw.problems) == ("training_data/images/a.png", [])


def test_what_entries_mean_is_told_and_not_read(tmp_path: Path, make_dataset: MakeDataset) -> None:
    entries = [WORD | {"label": "question"}, WORD | {"linking": [[0, 1]]}, WORD]
    raw = read(tmp_path / "raw", make_dataset, *entries)
    assert [problem.code for problem in raw.problems] == ["not_read"]
    assert raw.problems[0].message.startswith("2 entries say what they mean on the form")
    assert len(raw.pages[0].regions) == 3


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"text": "A"}, "bad_points"),
        (WORD | {"box": [1, 2, 3]}, "bad_points"),
        (WORD | {"box": "1234"}, "bad_points"),
        ({"box": [1, 2, 3, 4]}, "bad_json"),
        (WORD | {"words": [5]}, "bad_json"),
        ("Date", "bad_json"),
    ],
)
def test_what_cannot_be_used_is_a_problem(entry: Any, code: str, tmp_path: Path, make_dataset: MakeDataset) -> None:
    raw = read(tmp_path / "raw", make_dataset, entry)
    assert ([problem.code for problem in raw.problems], raw.pages) == ([code], [])


def test_a_form_without_entries_is_a_page_without_text(tmp_path: Path, make_dataset: MakeDataset) -> None:
    raw = read(tmp_path / "raw", make_dataset)
    assert ([page.regions for page in raw.pages], raw.problems) == ([()], [])


def test_a_form_without_picture_is_a_problem_and_no_form_at_all_is_refused(
    tmp_path: Path, make_dataset: MakeDataset
) -> None:
    (tmp_path / "annotations").mkdir()
    with pytest.raises(DatasetError, match=r"no label file annotations/\*\.json below"):
        read_funsd(tmp_path, make_dataset())
    (tmp_path / "annotations/a.json").write_text("{}")
    assert [problem.code for problem in read_funsd(tmp_path, make_dataset()).problems] == ["image_missing"]
