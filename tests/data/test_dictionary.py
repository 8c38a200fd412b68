from collections.abc import Callable
from pathlib import Path

import pytest

from paddock.config.schema import DatasetConfig, Difficult, OnError
from paddock.core.errors import DatasetError
from paddock.data.charset import Charset
from paddock.data.dictionary import summary, usage_of, write_dictionary
from paddock.data.raw_data import RawData
from paddock.data.samples import PageSample, RecSample, Region

MakeDataset = Callable[..., DatasetConfig]
BOX = ((0.0, 0.0), (9.0, 0.0), (9.0, 5.0), (0.0, 5.0))


@pytest.fixture
def raw() -> RawData:
    regions = (Region(" AB ", BOX), Region("###", BOX), Region("A é", BOX), Region("D", BOX, difficult=True))
    crops = [RecSample(Path(f"{n}.png"), text, str(n), f"rec_gt.txt:{n}") for n, text in enumerate(["BB", "\uff22"], 1)]
    return RawData(pages=[PageSample(Path("p.png"), regions, "p", "Label.txt:7")], crops=[*crops, crops[0]])


def test_texts_that_have_a_character_are_counted_with_their_places(raw: RawData, make_dataset: MakeDataset) -> None:
    usage = usage_of(raw, make_dataset())
    assert usage.num_texts == 5
    assert dict(usage.counts) == {"B": 2, "\uff22": 1, "A": 2, " ": 1, "é": 1, "D": 1}
    assert usage.places["A"] == ["Label.txt:7, box 1", "Label.txt:7, box 3"]
    assert usage.places["B"] == ["rec_gt.txt:1", "Label.txt:7, box 1"]


def test_labels_count_as_prepare_would_read_them(raw: RawData, make_dataset: MakeDataset) -> None:
    assert usage_of(raw, make_dataset(on_error=OnError.repair)).counts["B"] == 3
    assert usage_of(raw, make_dataset(on_error=OnError.repair), known="\uff22").counts["\uff22"] == 1
    assert "D" not in usage_of(raw, make_dataset(difficult=Difficult.ignore)).counts


def test_a_summary_names_strangers_with_their_lines_and_what_is_hardly_learnt(
    raw: RawData, make_dataset: MakeDataset
) -> None:
    lines = summary(usage_of(raw, make_dataset()), Charset(tuple("ABCD"), use_space_char=True), "dict.txt")
    assert lines == [
        "dict.txt: 4 characters and the space",
        "labels: 5 texts with 6 characters",
        "outside the dictionary: 2",
        "  'é' (U+00E9) in 1 text(s): Label.txt:7, box 3",
        "  '\uff22' (U+FF22) in 1 text(s): rec_gt.txt:2",
        "in fewer than 10 texts, so hardly learnt: ' ' 1, 'A' 2, 'B' 2, 'D' 1",
        "in no text, so never learnt: 1 of the dictionary's characters",
    ]


def test_a_table_has_a_row_for_each_character_the_most_frequent_first(raw: RawData, make_dataset: MakeDataset) -> None:
    rows = usage_of(raw, make_dataset()).rows(Charset(tuple("ABC"), use_space_char=False))
    assert [row["character"] for row in rows] == ["A", "B", " ", "D", "é", "\uff22", "C"]
    assert rows[2] == {
        "character": " ",
        "code_point": "U+0020",
        "texts": 1,
        "in_dictionary": False,
        "first": "Label.txt:7, box 3",
    }
    assert rows[-1]["texts"] == 0


def test_a_dictionary_that_is_there_is_only_appended_to(tmp_path: Path) -> None:
    path = tmp_path / "dict.txt"
    charset = Charset(("B", "A"), use_space_char=True)
    write_dictionary(path, charset)
    write_dictionary(path, charset.extended("CA B"))
    assert path.read_text() == "B\nA\nC\n"
    with pytest.raises(DatasetError, match=r"dict\.txt is there and is not the beginning of the new dictionary"):
        write_dictionary(path, Charset(("A", "B", "C"), use_space_char=True))
    assert path.read_text() == "B\nA\nC\n"


def test_an_extension_keeps_every_line_and_says_when_a_space_is_wanted() -> None:
    assert Charset(("B",), False).extended("A BA") == Charset(("B", "A"), True)
    assert Charset(("B",), True).extended("B") == Charset(("B",), True)
