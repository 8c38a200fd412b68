from pathlib import Path

import pytest

from paddock.data.copies import Labelled, check_copies, check_lists, orphans, split_of
from paddock.data.samples import Problem

LOOK = 0b1011 << 200


def labelled(name: str, sha256: str, *words: str, look: int = 0, group: str = "") -> Labelled:
    return Labelled(Path(name), f"Label.txt:{name[0]}", group or name, sha256, look, frozenset(words))


def told(problems: list[Problem]) -> list[tuple[str, str]]:
    return [(problem.code, problem.origin) for problem in problems]


def test_the_same_file_under_two_names_is_told_and_worse_if_its_labels_differ() -> None:
    pictures = [labelled("1.png", "x", "A"), labelled("2.png", "x", "A"), labelled("3.png", "x", "B")]
    problems = check_copies(pictures)
    assert told(problems) == [("duplicate_image", "Label.txt:2"), ("contradictory_image", "Label.txt:3")]
    assert problems[0].message == "2.png is the same file as 1.png (Label.txt:1). Delete one."
    assert problems[1].images == (Path("3.png"), Path("1.png"))


def test_a_copy_looks_the_same_and_says_much_of_the_same() -> None:
    pictures = [
        labelled("1.png", "a", "SHOP", "12.50", look=LOOK),
        labelled("2.png", "b", "SHOP", "12.50", look=LOOK ^ 0b111),
        labelled("3.png", "c", "SHOP", "9.80", "A", "B", look=LOOK),
        labelled("4.png", "d", look=LOOK, group="1.png"),
    ]
    problems = check_copies(pictures)
    assert told(problems) == [("near_duplicate", "Label.txt:2")]
    assert "2.png looks like 1.png (Label.txt:1). Delete one, or have dataset.group_pattern" in problems[0].message


def test_pictures_of_one_group_may_look_the_same() -> None:
    pictures = [labelled(f"{number}.png", str(number), look=LOOK, group="scene") for number in range(3)]
    assert check_copies(pictures) == []


def test_a_picture_in_the_lists_of_two_splits_is_told_by_path_and_by_content() -> None:
    a, b, c = Path("a.png"), Path("b.png"), Path("c.png")
    lines = [(a, "train.txt:1"), (b, "train.txt:2"), (a, "test.txt:1"), (c, "test.txt:2"), (a, "other.txt:1")]
    problems = check_lists(lines, {a: "1", b: "2", c: "2"})
    assert told(problems) == [("in_two_splits", "test.txt:1"), ("in_two_splits", "test.txt:2")]
    assert problems[0].message == "a.png is in a list of test, and in one of train (train.txt:1). Take one out."
    assert problems[1].images == (c, b)


@pytest.mark.parametrize(
    ("label_file", "split"),
    [
        ("rec_gt_train.txt", "train"),
        ("/data/train/rec/test.txt", "test"),
        ("Val.txt", "val"),
        ("rec_gt_dev.txt", "val"),
        ("Label.txt", None),
        ("latest.txt", None),
        ("train_test.txt", None),
        ("training.txt", None),
    ],
)
def test_a_list_is_of_the_split_it_is_called_after(label_file: str, split: str | None) -> None:
    assert split_of(label_file) == split


def test_images_beside_labelled_ones_that_no_line_names_are_told(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    for name in ("a.png", "b.JPG", "notes.txt", "elsewhere/c.png"):
        (tmp_path / name).touch()
    assert told(orphans({tmp_path / "a.png"})) == [("orphan_image", str(tmp_path / "b.JPG"))]
    assert orphans(set()) == []
