from collections.abc import Callable
from pathlib import Path

import pytest

from paddock.config.schema import DatasetConfig
from paddock.core.errors import DatasetError
from paddock.data.formats.icdar2015 import read_icdar2015

MakeDataset = Callable[..., DatasetConfig]


def add(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("1,2,9,2,9,6,1,6,A\n" if name.endswith(".txt") else "")


def test_pictures_lie_beside_their_labels_or_in_a_folder_of_their_own(
    tmp_path: Path, make_dataset: MakeDataset
) -> None:
    add(tmp_path, "gt/gt_img_1.txt", "images/img_1.JPG", "more/gt_img_2.txt", "more/img_2.png", "images/img_2.jpg")
    raw = read_icdar2015(tmp_path, make_dataset())
    assert [page.image for page in raw.pages] == [tmp_path / "images/img_1.JPG", tmp_path / "more/img_2.png"]
    assert [page.group for page in raw.pages] == ["images/img_1.JPG", "more/img_2.png"]


def test_a_picture_that_is_not_there_is_a_problem(tmp_path: Path, make_dataset: MakeDataset) -> None:
    add(tmp_path, "gt_img_1.txt", "img_2.jpg")
    (problem,) = read_icdar2015(tmp_path, make_dataset()).problems
    assert problem.code == "image_missing"
    assert str(problem) == (
        f"{tmp_path / 'gt_img_1.txt'}: there is no image img_1.* for it. Restore it or delete the label file."
    )


def test_two_pictures_of_one_name_are_a_problem(tmp_path: Path, make_dataset: MakeDataset) -> None:
    add(tmp_path, "gt/gt_img_1.txt", "test/img_1.jpg", "train/img_1.jpg")
    (problem,) = read_icdar2015(tmp_path, make_dataset()).problems
    assert problem.code == "image_ambiguous"
    assert problem.message == (
        f"it may be for {tmp_path / 'test/img_1.jpg'} or {tmp_path / 'train/img_1.jpg'}. "
        "Put each label file beside its image."
    )


def test_only_the_named_label_files_are_read(tmp_path: Path, make_dataset: MakeDataset) -> None:
    add(tmp_path, "gt/gt_img_1.txt", "gt/gt_img_2.txt", "img_1.jpg", "img_2.jpg")
    raw = read_icdar2015(tmp_path, make_dataset(label_files=["gt/gt_img_2.txt"]))
    assert [page.image.name for page in raw.pages] == ["img_2.jpg"]


def test_a_folder_without_label_files_is_refused(tmp_path: Path, make_dataset: MakeDataset) -> None:
    with pytest.raises(DatasetError, match=r"no label file gt_\*\.txt below .*\. Check dataset\.raw and dataset\.form"):
        read_icdar2015(tmp_path, make_dataset())
