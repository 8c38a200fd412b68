from pathlib import Path

import pytest

from paddock.data.check import CheckedSample
from paddock.data.label_text import check_characters, plain_text, text_faults, too_long
from paddock.data.samples import PageSample, RecSample, Region

BOX = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))


def crop(text: str) -> RecSample:
    return RecSample(Path("a.png"), text, "a", "rec_gt.txt:3")


@pytest.mark.parametrize(
    ("text", "code", "plain"),
    [
        ("A\u200b1", "invisible_character", "A1"),
        ("\ufeffA1", "invisible_character", "A1"),
        ("A\u202e1", "invisible_character", "A1"),
        ("A\x07", "invisible_character", "A"),
        ("A\u00a01", "odd_blank", "A 1"),
        ("A\u30001", "odd_blank", "A 1"),
        ("Ａ１ｚ", "full_width", "A1z"),
        ("Cafe\u0301", "not_composed", "Caf\u00e9"),
        ("o\u0358", "combining_mark", None),
        ("CАT", "look_alike", None),
        ("ΗELLO", "look_alike", None),
        ("5\u22123", "look_alike", None),
    ],
)
def test_odd_characters_are_told_with_what_a_repair_makes_of_them(text: str, code: str, plain: str | None) -> None:
    (problem,) = text_faults(text, "rec_gt.txt:3")
    assert problem.code == code
    assert problem.repair == ("" if plain is None else f"read as {plain!r}")
    assert plain_text(text) == (text if plain is None else plain)
    assert "\n" not in str(problem)


@pytest.mark.parametrize(
    "text",
    ["A 1/2: (x)", "5 €", "（中文）：好，。", "МОСКВА 2", "ΑΘΗΝΑ", "Straße", "n'été", "می\u200cخواهم", "क्\u200dष", "Ω"],
)
def test_what_belongs_into_a_script_is_not_odd(text: str) -> None:
    assert text_faults(text, "rec_gt.txt:3") == []
    assert plain_text(text) == text


def test_a_look_alike_is_named_by_its_code_and_by_what_it_looks_like() -> None:
    (problem,) = text_faults("CАT", "rec_gt.txt:3")
    assert problem.message == "'CАT' has 'А' (U+0410), which look(s) like 'A'. Write the usual ones."


def test_what_a_given_dictionary_has_is_there_on_purpose() -> None:
    text = "Ａ\u3000e\u0301"
    known = frozenset("Ａ\u3000e\u0301")
    assert {problem.code for problem in text_faults(text, "x:1")} == {"full_width", "odd_blank", "not_composed"}
    assert [problem.code for problem in text_faults(text, "x:1", known)] == []
    assert plain_text(text, known) == text


def test_texts_are_mended_only_on_request() -> None:
    page = PageSample(Path("p.png"), (Region("B", BOX), Region("Ｂ", BOX)), "p", "Label.txt:4")
    for repair, text in ((False, "Ｂ"), (True, "B")):
        (checked,), (kept,), problems = check_characters([page], [crop("Ｂ")], frozenset(), repair=repair)
        assert (kept.text, [region.text for region in checked.regions]) == (text, ["B", text])
        assert [(problem.code, problem.origin) for problem in problems] == [
            ("full_width", "rec_gt.txt:3"),
            ("full_width", "Label.txt:4, box 2"),
        ]
        assert (problems[1].images, problems[1].points) == ((Path("p.png"),), BOX)


def test_a_text_of_which_nothing_is_left_is_no_text() -> None:
    _, kept, problems = check_characters([], [crop("\u200b")], frozenset(), repair=True)
    assert (kept, [problem.code for problem in problems]) == ([], ["invisible_character", "empty_label"])


@pytest.mark.parametrize("text", ["###", "待识别"])
def test_what_is_not_labelled_is_not_looked_at(text: str) -> None:
    _, (kept,), problems = check_characters([], [crop(text)], frozenset(), repair=True)
    assert (kept.text, problems) == (text, [])


def test_texts_longer_than_the_model_writes_are_told() -> None:
    checked = CheckedSample(crop("ABCDE"), "", 9, 9, points=BOX)
    assert too_long(checked, 5) == []
    (problem,) = too_long(checked, 4)
    assert problem.message == (
        "'ABCDE' has 5 characters, above Global.max_text_length=4. Raise that, or cut the box in two."
    )
    assert (problem.code, problem.points) == ("text_too_long", BOX)
