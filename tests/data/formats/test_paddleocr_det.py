from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from paddock.config.schema import DatasetConfig
from paddock.core.errors import ConfigError, DatasetError
from paddock.data.formats.paddleocr_det import read_paddleocr_det
from paddock.data.raw_data import RawData

MakeDataset = Callable[..., DatasetConfig]

BOXES = '[{"transcription": "A", "points": [[1, 2], [9, 2], [9, 6], [1, 6]]}]'


@pytest.fixture
def det(tmp_path: Path) -> Path:
    """A det/ folder with pages in train_imgs/, test_imgs/ and beside the label files."""
    for name in ("train_imgs/a.jpg", "train_imgs/b.jpg", "test_imgs/a.jpg", "c.jpg"):
        (tmp_path / "det" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "det" / name).touch()
    return tmp_path / "det"


def read(det: Path, make_dataset: MakeDataset, content: str, files: Sequence[str] = ()) -> RawData:
    (det / "train_label.txt").write_text(content, encoding="utf-8")
    return read_paddleocr_det(det, make_dataset(label_files=list(files)))


def images(raw: RawData, det: Path) -> list[str]:
    return [page.image.relative_to(det).as_posix() for page in raw.pages]


def test_pages_come_with_boxes_group_and_line(det: Path, make_dataset: MakeDataset) -> None:
    (page,) = read(det, make_dataset, f"\ufefftrain_imgs/a.jpg\t{BOXES}\r\n").pages
    assert (page.image, page.group) == (det / "train_imgs/a.jpg", "train_imgs/a.jpg")
    assert (page.regions[0].text, page.origin) == ("A", f"{det / 'train_label.txt'}:1")


def test_pages_are_found_by_the_ends_of_paths_from_anywhere(det: Path, make_dataset: MakeDataset) -> None:
    names = ["c.jpg", "icdar/train_imgs/a.jpg", "D:\\ocr\\test_imgs\\a.jpg", "/home/x/det/c.jpg"]
    raw = read(det, make_dataset, "".join(f"{name}\t{BOXES}\n" for name in names))
    assert images(raw, det) == ["c.jpg", "train_imgs/a.jpg", "test_imgs/a.jpg", "c.jpg"]


def test_all_label_files_of_the_tutorials_are_read_where_none_is_named(det: Path, make_dataset: MakeDataset) -> None:
    (det / "test_label.txt").write_text(f"test_imgs/a.jpg\t{BOXES}\n")
    (det / "other.txt").write_text(f"c.jpg\t{BOXES}\n")
    assert images(read(det, make_dataset, f"c.jpg\t{BOXES}\n"), det) == ["test_imgs/a.jpg", "c.jpg"]


def test_named_label_files_may_lie_deeper(det: Path, make_dataset: MakeDataset) -> None:
    (det / "lists").mkdir()
    (det / "lists/train.txt").write_text(f"train_imgs/b.jpg\t{BOXES}\n")
    assert images(read(det, make_dataset, "", ["lists/train.txt"]), det) == ["train_imgs/b.jpg"]


def test_lines_that_cannot_be_used_are_listed_in_order(det: Path, make_dataset: MakeDataset) -> None:
    content = f"c.gif {BOXES}\ngone.jpg\t{BOXES}\n../c.jpg\t{BOXES}\nc.jpg\tA1\nc.jpg\t\n"
    raw = read(det, make_dataset, content)
    codes = [problem.code for problem in raw.problems]
    assert codes == ["no_tab", "image_missing", "outside_folder", "bad_json", "empty_label"]
    assert raw.problems[3].origin == f"{det / 'train_label.txt'}:4"
    assert raw.pages == []


def test_the_key_point_is_counted_for_the_whole_file(det: Path, make_dataset: MakeDataset) -> None:
    line = BOXES.replace("points", "point")
    raw = read(det, make_dataset, f"c.jpg\t{line}\ntrain_imgs/a.jpg\t{line}\n")
    assert (len(raw.pages), [problem.code for problem in raw.problems]) == (2, ["point_key"] * 2)
    assert raw.problems[0].origin == f"{det / 'train_label.txt'}:1, box 1"
    assert all(problem.is_mended(repairing=False) for problem in raw.problems)


def test_a_folder_without_label_files_is_refused(det: Path, make_dataset: MakeDataset) -> None:
    with pytest.raises(DatasetError, match=r"no label file \*_label\.txt in .*det\. Name the files in dataset\.label"):
        read_paddleocr_det(det, make_dataset())


def test_a_named_label_file_that_is_missing_is_refused(det: Path, make_dataset: MakeDataset) -> None:
    with pytest.raises(DatasetError, match=r"label file .*val\.txt is missing"):
        read(det, make_dataset, "", ["val.txt"])


def test_a_bad_group_pattern_is_refused(det: Path, make_dataset: MakeDataset) -> None:
    with pytest.raises(ConfigError, match=r"dataset\.group_pattern"):
        read_paddleocr_det(det, make_dataset(group_pattern="("))
