from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from paddock.config.schema import DatasetConfig
from paddock.core.errors import ConfigError, DatasetError
from paddock.data.formats.ppocrlabel import read_ppocrlabel
from paddock.data.samples import Problem, RecSample

MakeDataset = Callable[..., DatasetConfig]
CountCodes = Callable[[Iterable[Problem]], dict[str, int]]


def test_crops_come_with_text_source_picture_and_line(project: Path, make_dataset: MakeDataset) -> None:
    raw = read_ppocrlabel(project, make_dataset())
    image, origin = project / "crop_img/page2_crop_0.png", f"{project / 'rec_gt.txt'}:3"
    assert raw.crops[2] == RecSample(image, "A2", "crop_img/page2", origin)
    assert (len(raw.crops), raw.problems) == (10, [])


@pytest.mark.parametrize(
    ("text", "code"),
    [("###", "not_labelled"), ("*", "not_labelled"), ("TEMPORARY", "placeholder"), ("待识别", "placeholder")],
)
def test_text_that_is_not_labelled_is_left_out_and_told(
    project: Path, make_dataset: MakeDataset, codes: CountCodes, text: str, code: str
) -> None:
    with (project / "rec_gt.txt").open("a", encoding="utf-8") as file:
        file.write(f"crop_img/page3_crop_0.png\t{text}\ncrop_img/gone.png\t{text}\n")
    raw = read_ppocrlabel(project, make_dataset())
    assert (len(raw.crops), codes(raw.problems)) == (10, {code: 2})
    assert raw.problems[1].origin == f"{project / 'rec_gt.txt'}:12"


def test_crops_that_no_line_names_are_told_and_not_used(
    project: Path, make_dataset: MakeDataset, codes: CountCodes
) -> None:
    for name in ("stale_crop_0.JPG", "stale_crop_1.png", "Thumbs.db"):
        (project / "crop_img" / name).touch()
    raw = read_ppocrlabel(project, make_dataset())
    assert (len(raw.crops), codes(raw.problems)) == (10, {"stray_crop": 2})
    assert raw.problems[0].origin == str(project / "crop_img/stale_crop_0.JPG")


def test_paths_of_the_annotators_machine_are_found_here(
    project: Path, make_dataset: MakeDataset, codes: CountCodes
) -> None:
    lines = ["D:\\work\\crop_img\\page0_crop_0.png\tA0", "/home/x/rec/train/page1_crop_0.png\tA1"]
    (project / "rec").mkdir()
    (project / "rec" / "train.txt").write_text("\n".join(lines), encoding="utf-8")
    raw = read_ppocrlabel(project, make_dataset(label_files=["rec/train.txt"]))
    assert [sample.image.name for sample in raw.crops] == ["page0_crop_0.png", "page1_crop_0.png"]
    assert codes(raw.problems) == {"windows_path": 1, "absolute_path": 2, "stray_crop": 8}


def test_lines_that_cannot_be_used_are_listed_in_order(project: Path, make_dataset: MakeDataset) -> None:
    content = "no tab\ncrop_img/gone.png\tA\n../x.png\tA\ncrop_img/page0_crop_0.png\t\n"
    (project / "rec_gt.txt").write_text(content, encoding="utf-8")
    problems = read_ppocrlabel(project, make_dataset()).problems[:4]
    assert [problem.code for problem in problems] == ["no_tab", "image_missing", "outside_folder", "empty_label"]
    assert problems[1].origin == f"{project / 'rec_gt.txt'}:2"


def test_boxes_count_where_there_are_boxes_and_exported_crops_do_not(pages: Path, make_dataset: MakeDataset) -> None:
    (pages / "crop_img").mkdir()
    (pages / "crop_img" / "stale_crop_0.jpg").touch()
    (pages / "rec_gt.txt").write_text("crop_img/stale_crop_0.jpg\tSTALE\n")
    (pages / "Cache.cach").write_text(f"{pages.name}/page9.png\t[]\n")
    raw = read_ppocrlabel(pages, make_dataset())
    assert [page.image for page in raw.pages] == [pages / f"page{number}.png" for number in range(10)]
    assert raw.pages[2].origin == f"{pages / 'Label.txt'}:3"
    assert [region.text for region in raw.pages[2].regions] == ["A2", "###"]
    assert (raw.crops, raw.problems) == ([], [])


def test_exported_crops_can_still_be_asked_for(pages: Path, make_dataset: MakeDataset) -> None:
    (pages / "crop_img").mkdir()
    (pages / "crop_img" / "page0_crop_0.jpg").touch()
    (pages / "rec_gt.txt").write_text("crop_img/page0_crop_0.jpg\tA0\n")
    raw = read_ppocrlabel(pages, make_dataset(label_files=["rec_gt.txt"]))
    assert ([crop.text for crop in raw.crops], raw.pages) == (["A0"], [])


def test_a_project_may_be_renamed_and_its_neighbour_is_not_looked_at(pages: Path, make_dataset: MakeDataset) -> None:
    moved = pages.rename(pages.with_name("moved"))
    pages.mkdir()
    (pages / "page0.png").touch()
    assert {page.image.parent for page in read_ppocrlabel(moved, make_dataset()).pages} == {moved}


@pytest.mark.parametrize("name", ["fileState.txt", "filestate.txt", "FileState.TXT"])
def test_only_confirmed_pictures_are_taken(
    pages: Path, make_dataset: MakeDataset, codes: CountCodes, name: str
) -> None:
    states = ["D:\\ocr\\old\\page1.png\t1", "/home/x/pages/page3.png\t1", "pages/page4.png\t0", "pages/page5.png\t1"]
    (pages / name).write_text("\n".join(states))
    raw = read_ppocrlabel(pages, make_dataset())
    assert [page.image.name for page in raw.pages] == ["page1.png", "page3.png", "page5.png"]
    assert codes(raw.problems) == {"not_confirmed": 7}
    assert raw.problems[0].origin == f"{pages / 'Label.txt'}:1"


def test_what_is_wrong_with_an_unconfirmed_picture_does_not_matter(
    pages: Path, make_dataset: MakeDataset, codes: CountCodes
) -> None:
    (pages / "fileState.txt").write_text("pages/page1.png\t1\npages/page2.png\n")
    with (pages / "Label.txt").open("a") as file:
        file.write("pages/gone.png\t[]\npages/page3.png\tno json\n")
    raw = read_ppocrlabel(pages, make_dataset())
    assert str(raw.problems[0]) == (
        f"{pages / 'fileState.txt'}:2: no tab between image and text in 'pages/page2.png'. Write IMAGE<TAB>TEXT."
    )
    assert (len(raw.pages), codes(raw.problems)) == (1, {"no_tab": 1, "not_confirmed": 11})


def test_label_txt_may_be_in_small_letters_and_in_several_folders(pages: Path, make_dataset: MakeDataset) -> None:
    (pages / "Label.txt").rename(pages / "label.txt")
    assert len(read_ppocrlabel(pages, make_dataset()).pages) == 10
    raw = read_ppocrlabel(pages.parent, make_dataset(label_files=["pages/label.txt"]))
    assert raw.pages[0].group == "pages/page0.png"


def test_a_folder_of_projects_is_one_data_set(pages: Path, project: Path, make_dataset: MakeDataset) -> None:
    (pages / "Label.txt").rename(pages / "LABEL.TXT")
    (pages / "filestate.txt").write_text("pages/page1.png\t1\npages/page2.png\t1\n")
    (project / "rec_gt.txt").rename(project / "Rec_GT.txt")
    raw = read_ppocrlabel(pages.parent, make_dataset())
    assert [page.group for page in raw.pages] == ["pages/page1.png", "pages/page2.png"]
    assert (len(raw.crops), raw.crops[0].group) == (10, "project/crop_img/page0")
    assert [path.name for path in raw.label_files] == ["LABEL.TXT", "filestate.txt", "Rec_GT.txt"]


def test_crops_of_pictures_that_nobody_confirmed_are_left_out(
    project: Path, make_dataset: MakeDataset, codes: CountCodes
) -> None:
    (project / "fileState.txt").write_text("project/page1.jpg\t1\nproject/page2.jpg\t1\nproject/page3.jpg\t0\n")
    (project / "crop_img/renamed.png").write_bytes(b"")
    with (project / "rec_gt.txt").open("a") as file:
        file.write("crop_img/renamed.png\tA\n")
    raw = read_ppocrlabel(project, make_dataset())
    assert [crop.text for crop in raw.crops] == ["A1", "A2", "A"]
    assert codes(raw.problems) == {"not_confirmed": 8}


def test_what_a_box_means_on_a_form_is_told(pages: Path, make_dataset: MakeDataset, codes: CountCodes) -> None:
    text = (pages / "Label.txt").read_text()
    (pages / "Label.txt").write_text(text.replace('"difficult"', '"key_cls": "None", "difficult"'))
    assert read_ppocrlabel(pages, make_dataset()).problems == []
    (pages / "Label.txt").write_text(text.replace('"difficult"', '"key_cls": "total", "difficult"', 1))
    raw = read_ppocrlabel(pages, make_dataset())
    assert (len(raw.pages), codes(raw.problems)) == (10, {"not_read": 1})


def test_a_project_without_labels_is_refused(tmp_path: Path, make_dataset: MakeDataset) -> None:
    with pytest.raises(DatasetError, match=r"neither Label\.txt nor rec_gt\.txt is in .* or a folder of it\. Confirm"):
        read_ppocrlabel(tmp_path, make_dataset())


def test_a_bad_group_pattern_is_refused(project: Path, make_dataset: MakeDataset) -> None:
    with pytest.raises(ConfigError, match=r"dataset\.group_pattern"):
        read_ppocrlabel(project, make_dataset(group_pattern="("))
