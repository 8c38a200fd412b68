from pathlib import Path

import pytest

from paddock.core.errors import DatasetError
from paddock.data.label_lines import LabelLine
from paddock.data.prepared import PreparedRec, read_labels


def test_names_are_those_of_paddleocr_tutorials() -> None:
    layout = PreparedRec(Path("rec"))
    paths = [layout.image_folder("val"), layout.label_file("val"), layout.dictionary, layout.stats_file]
    assert [path.as_posix() for path in paths] == [
        "rec/crop_img_val",
        "rec/rec_gt_val.txt",
        "rec/dict.txt",
        "rec/stats.json",
    ]


def test_labels_are_read_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "rec_gt_val.txt"
    path.write_text("crop_img_val/a.jpg\tA\n", encoding="utf-8")
    assert read_labels(path) == [LabelLine("crop_img_val/a.jpg", "A", f"{path}:1")]


def test_a_label_line_that_cannot_be_used_stops_the_reading(tmp_path: Path) -> None:
    path = tmp_path / "rec_gt_val.txt"
    path.write_text("a.jpg\tA\nb.jpg\n", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"rec_gt_val\.txt:2: no tab between"):
        read_labels(path)


def test_an_empty_label_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rec_gt_val.txt").write_text("\n", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"rec_gt_val\.txt holds no line\. Run paddock prepare"):
        read_labels(tmp_path / "rec_gt_val.txt")


def test_a_data_set_that_is_not_prepared_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"rec is not prepared: stats\.json is missing\. Run paddock prepare"):
        PreparedRec(tmp_path / "rec").stats()


@pytest.mark.parametrize("content", ["{", "[]"])
def test_damaged_stats_are_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "stats.json").write_text(content, encoding="utf-8")
    with pytest.raises(DatasetError, match=r"stats\.json is damaged: .*\. Run paddock prepare again"):
        PreparedRec(tmp_path).stats()
