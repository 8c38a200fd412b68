from collections.abc import Callable
from pathlib import Path

import pytest

from paddock.config.schema import DatasetConfig
from paddock.core.errors import ConfigError, DatasetError
from paddock.data.formats.ppocrlabel import read_ppocrlabel
from paddock.data.samples import RecSample

MakeDataset = Callable[..., DatasetConfig]


def test_crops_come_with_text_source_picture_and_line(project: Path, make_dataset: MakeDataset) -> None:
    raw = read_ppocrlabel(project, make_dataset())
    image, origin = project / "crop_img/page2_crop_0.png", f"{project / 'rec_gt.txt'}:3"
    assert raw.samples[2] == RecSample(image, "A2", "crop_img/page2", origin)
    assert (len(raw.samples), raw.problems, raw.ignored) == (10, [], {})


@pytest.mark.parametrize("text", ["###", "*", "TEMPORARY", "待识别"])
def test_text_that_is_not_labelled_is_left_out_and_counted(project: Path, make_dataset: MakeDataset, text: str) -> None:
    with (project / "rec_gt.txt").open("a", encoding="utf-8") as file:
        file.write(f"crop_img/page3_crop_0.png\t{text}\ncrop_img/gone.png\t{text}\n")
    raw = read_ppocrlabel(project, make_dataset())
    assert (len(raw.samples), raw.problems, raw.ignored) == (10, [], {"not_labelled": 2})


def test_crops_that_no_line_names_are_counted_and_not_used(project: Path, make_dataset: MakeDataset) -> None:
    for name in ("stale_crop_0.JPG", "stale_crop_1.png", "Thumbs.db"):
        (project / "crop_img" / name).touch()
    raw = read_ppocrlabel(project, make_dataset())
    assert (len(raw.samples), raw.ignored) == (10, {"stray_crop": 2})


def test_paths_of_the_annotators_machine_are_found_here(project: Path, make_dataset: MakeDataset) -> None:
    lines = ["D:\\work\\crop_img\\page0_crop_0.png\tA0", "/home/x/rec/train/page1_crop_0.png\tA1"]
    (project / "rec").mkdir()
    (project / "rec" / "train.txt").write_text("\n".join(lines), encoding="utf-8")
    raw = read_ppocrlabel(project, make_dataset(label_files=["rec/train.txt"]))
    assert [sample.image.name for sample in raw.samples] == ["page0_crop_0.png", "page1_crop_0.png"]
    assert raw.ignored == {"stray_crop": 8}


def test_lines_that_cannot_be_used_are_listed_in_order(project: Path, make_dataset: MakeDataset) -> None:
    content = "no tab\ncrop_img/gone.png\tA\n../x.png\tA\ncrop_img/page0_crop_0.png\t\n"
    (project / "rec_gt.txt").write_text(content, encoding="utf-8")
    problems = read_ppocrlabel(project, make_dataset()).problems
    assert [problem.code for problem in problems] == ["no_tab", "image_missing", "outside_folder", "empty_label"]
    assert problems[1].origin == f"{project / 'rec_gt.txt'}:2"


def test_a_project_without_recognition_labels_is_refused(tmp_path: Path, make_dataset: MakeDataset) -> None:
    with pytest.raises(DatasetError, match=r"label file .*rec_gt\.txt is missing"):
        read_ppocrlabel(tmp_path, make_dataset())


def test_a_bad_group_pattern_is_refused(project: Path, make_dataset: MakeDataset) -> None:
    with pytest.raises(ConfigError, match=r"dataset\.group_pattern"):
        read_ppocrlabel(project, make_dataset(group_pattern="("))
