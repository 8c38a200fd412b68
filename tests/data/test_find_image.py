from pathlib import Path

import pytest

from paddock.data.find_image import ImageFinder, find_file, find_image
from paddock.data.samples import Problem


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    (tmp_path / "raw" / "crop_img").mkdir(parents=True)
    (tmp_path / "raw" / "crop_img" / "a.jpg").touch()
    (tmp_path / "outside.jpg").touch()
    return tmp_path / "raw"


@pytest.mark.parametrize(
    "name",
    [
        "crop_img/a.jpg",
        "./crop_img/a.jpg",
        "raw/crop_img/a.jpg",
        "crop_img\\a.jpg",
        "/home/somebody/project/crop_img/a.jpg",
        "/home/somebody/rec/train/a.jpg",
        "D:\\labels\\crop_img\\a.jpg",
        "\\\\server\\share\\crop_img\\a.jpg",
        "/a.jpg",
    ],
)
def test_an_image_is_found_by_what_its_path_ends_in(raw: Path, name: str) -> None:
    assert find_image(name, (raw / "crop_img", raw), "rec_gt.txt:1") == raw / "crop_img" / "a.jpg"


@pytest.mark.parametrize("name", ["../outside.jpg", "crop_img/../../outside.jpg", "..\\outside.jpg", "a\0.jpg"])
def test_a_path_that_leaves_the_folder_is_a_problem(raw: Path, name: str) -> None:
    found = find_image(name, (raw,), "rec_gt.txt:1")
    assert isinstance(found, Problem)
    assert found.code == "outside_folder"
    assert "leaves the data folder. Write paths below dataset.raw." in found.message


def test_a_name_that_no_file_could_have_is_missing(raw: Path) -> None:
    found = find_image("a" * 300 + ".jpg", (raw,), "rec_gt.txt:1")
    assert isinstance(found, Problem)
    assert found.code == "image_missing"
    assert ImageFinder((raw,), repair=True).find("[" * 3000, "rec_gt.txt:1")[0] is None


def test_an_absolute_path_is_not_followed_although_it_exists(raw: Path) -> None:
    found = find_image(str(raw.parent / "outside.jpg"), (raw,), "rec_gt.txt:1")
    assert isinstance(found, Problem)
    assert found.code == "image_missing"


def test_a_page_is_not_taken_for_the_missing_crop_of_its_name(raw: Path) -> None:
    (raw / "b.jpg").touch()
    found = find_image("crop_img/b.jpg", (raw / "crop_img", raw), "rec_gt.txt:7")
    expected = (
        f"image 'crop_img/b.jpg' is missing (looked in {raw / 'crop_img'}, {raw}). Restore it or delete the line."
    )
    assert found == Problem("image_missing", "rec_gt.txt:7", expected)


@pytest.mark.parametrize("name", ["", ".", "/", "crop_img"])
def test_a_name_that_is_no_file_is_missing(raw: Path, name: str) -> None:
    found = find_image(name, (raw,), "rec_gt.txt:1")
    assert isinstance(found, Problem)
    assert found.code == "image_missing"


def test_a_page_is_found_by_its_base_name_where_asked_for(raw: Path) -> None:
    (raw / "b.jpg").touch()
    assert find_image("old_name/b.jpg", (raw,), "Label.txt:7", by_base_name=True) == raw / "b.jpg"
    assert isinstance(find_image("old_name/b.jpg", (raw,), "Label.txt:7"), Problem)


@pytest.mark.parametrize("name", ["crop_img/A.JPG", "CROP_IMG/a.jpg", "D:\\x\\crop_img\\A.jpg"])
def test_an_image_of_other_letters_is_taken_on_request(raw: Path, name: str) -> None:
    image = raw / "crop_img" / "a.jpg"
    for repair in (False, True):
        found, problems = ImageFinder((raw,), repair=repair).find(name, "rec_gt.txt:7")
        assert (found, problems[0].code, problems[0].repair) == (
            image if repair else None,
            "name_differs",
            "read as a.jpg",
        )


def test_the_two_unicode_forms_of_a_name_are_one(raw: Path) -> None:
    (raw / "cafe\u0301.jpg").touch()  # as macOS writes it
    found, problems = ImageFinder((raw,), repair=True).find("caf\u00e9.jpg", "rec_gt.txt:7")
    assert found == raw / "cafe\u0301.jpg"
    assert [problem.code for problem in problems] == ["name_differs", "non_ascii_name"]


def test_an_image_that_may_be_one_of_two_is_missing(raw: Path) -> None:
    (raw / "b.jpg").touch()
    (raw / "B.jpg").touch()
    found, problems = ImageFinder((raw,), repair=True).find("b.JPG", "rec_gt.txt:7")
    assert (found, [problem.code for problem in problems]) == (None, ["image_missing"])


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("crop_img/a.jpg", []),
        ("crop_img\\a.jpg", ["windows_path"]),
        ("/home/x/crop_img/a.jpg", ["absolute_path"]),
        ("C:\\x\\crop_img\\a.jpg", ["windows_path", "absolute_path"]),
    ],
)
def test_names_that_hold_on_one_machine_only_are_told(raw: Path, name: str, codes: list[str]) -> None:
    finder = ImageFinder((raw,))
    found, problems = finder.find(name, "rec_gt.txt:7")
    assert found == raw / "crop_img" / "a.jpg"
    assert [problem.code for problem in problems] == codes
    assert all(problem.is_mended(repairing=False) for problem in problems)
    assert finder.named == {found}


@pytest.mark.parametrize("written", ["filestate.txt", "FILESTATE.TXT", "fileState.txt"])
def test_a_file_is_found_in_any_letter_case(raw: Path, written: str) -> None:
    assert find_file(raw, "fileState.txt") is None
    (raw / written).touch()
    assert find_file(raw, "fileState.txt") == raw / written


def test_the_exact_name_comes_first(raw: Path) -> None:
    (raw / "FILESTATE.txt").touch()
    (raw / "fileState.txt").touch()
    assert find_file(raw, "fileState.txt") == raw / "fileState.txt"


def test_a_linked_image_is_used_because_dvc_links_its_cache(raw: Path) -> None:
    (raw / "linked.jpg").symlink_to(raw.parent / "outside.jpg")
    assert find_image("linked.jpg", (raw,), "rec_gt.txt:1") == raw / "linked.jpg"
