from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from paddock.config.schema import DatasetConfig, OnError
from paddock.core.errors import DatasetError
from paddock.data.formats.paddleocr_rec import read_paddleocr_rec
from paddock.data.raw_data import RawData

MakeDataset = Callable[..., DatasetConfig]


@pytest.fixture
def rec(tmp_path: Path) -> Path:
    """A rec/ folder with images in train/, dev/ and beside the label files."""
    for name in ("train/a.jpg", "train/b.jpg", "dev/a.jpg", "c.jpg", "[1].jpg"):
        (tmp_path / "rec" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "rec" / name).touch()
    return tmp_path / "rec"


def read(rec: Path, make_dataset: MakeDataset, content: str, files: Sequence[str] = ()) -> RawData:
    (rec / "rec_gt_train.txt").write_text(content, encoding="utf-8")
    return read_paddleocr_rec(rec, make_dataset(label_files=list(files)))


def images(raw: RawData, rec: Path) -> list[str]:
    return [sample.image.relative_to(rec).as_posix() for sample in raw.crops]


def test_images_lie_beside_the_labels_below_them_or_in_the_folder_of_their_name(
    rec: Path, make_dataset: MakeDataset
) -> None:
    raw = read(rec, make_dataset, "train/a.jpg\tA\nb.jpg\tB\nc.jpg\tC\n/data/rec/train/a.jpg\tX\n")
    assert images(raw, rec) == ["train/a.jpg", "train/b.jpg", "c.jpg", "train/a.jpg"]
    assert [(problem.code, problem.origin[-2:]) for problem in raw.problems] == [("absolute_path", ":4")]


def test_all_label_files_are_read_where_none_is_named(rec: Path, make_dataset: MakeDataset) -> None:
    (rec / "rec_gt_dev.txt").write_text("a.jpg\tA\n", encoding="utf-8")
    (rec / "other.txt").write_text("a.jpg\tA\n", encoding="utf-8")
    assert images(read(rec, make_dataset, "a.jpg\tA\n"), rec) == ["dev/a.jpg", "train/a.jpg"]


def test_label_files_may_lie_deeper_than_the_images(rec: Path, make_dataset: MakeDataset) -> None:
    (rec / "labels").mkdir()
    (rec / "labels" / "gt_train.txt").write_text("a.jpg\tA\nc.jpg\tC\n", encoding="utf-8")
    raw = read_paddleocr_rec(rec, make_dataset(label_files=["labels/gt_train.txt"]))
    assert images(raw, rec) == ["train/a.jpg", "c.jpg"]


def test_a_list_of_images_gives_one_sample_each(rec: Path, make_dataset: MakeDataset) -> None:
    raw = read(rec, make_dataset, '["a.jpg", "train/b.jpg", "gone.jpg"]\tA\n')
    assert images(raw, rec) == ["train/a.jpg", "train/b.jpg"]
    assert {sample.text for sample in raw.crops} == {"A"}
    assert [problem.code for problem in raw.problems] == ["image_missing"]


def test_a_name_that_begins_with_a_bracket_is_a_name(rec: Path, make_dataset: MakeDataset) -> None:
    assert images(read(rec, make_dataset, "[1].jpg\tA\n"), rec) == ["[1].jpg"]


def test_unreadable_text_is_left_out_and_a_star_is_text(rec: Path, make_dataset: MakeDataset) -> None:
    raw = read(rec, make_dataset, "a.jpg\t###\nb.jpg\t*\n")
    assert (images(raw, rec), [problem.code for problem in raw.problems]) == (["train/b.jpg"], ["not_labelled"])


def test_a_line_that_cannot_be_parsed_is_a_problem(rec: Path, make_dataset: MakeDataset) -> None:
    assert [problem.code for problem in read(rec, make_dataset, "a.gif A\n").problems] == ["no_tab"]


@pytest.mark.parametrize(("on_error", "names"), [("drop", []), ("repair", ["train/a.jpg", "c.jpg"])])
def test_lines_are_mended_where_that_is_asked_for(
    rec: Path, make_dataset: MakeDataset, on_error: str, names: list[str]
) -> None:
    (rec / "rec_gt_train.txt").write_text('train/A.JPG\tA\nc.jpg, "C"\n', encoding="utf-8")
    raw = read_paddleocr_rec(rec, make_dataset(on_error=OnError(on_error)))
    assert images(raw, rec) == names
    assert [problem.code for problem in raw.problems] == ["name_differs", "no_tab"]
    assert [crop.text for crop in raw.crops] == ["A", "C"][: len(names)]


def test_a_folder_without_label_files_is_refused(rec: Path, make_dataset: MakeDataset) -> None:
    with pytest.raises(DatasetError, match=r"no label file rec_gt\*\.txt in .*rec\. Name the files in dataset\.label"):
        read_paddleocr_rec(rec, make_dataset())


def test_a_named_label_file_that_is_missing_is_refused(rec: Path, make_dataset: MakeDataset) -> None:
    with pytest.raises(DatasetError, match=r"label file .*rec_gt_val\.txt is missing"):
        read(rec, make_dataset, "a.jpg\tA\n", ["rec_gt_train.txt", "rec_gt_val.txt"])
