from pathlib import Path

import pytest

from paddock.core.errors import DatasetError
from paddock.data.label_lines import LabelLine
from paddock.data.page_lines import PageLine
from paddock.data.prepared import PreparedDet, PreparedRec, PreparedTable, read_labels, read_pages, read_tables
from paddock.data.samples import Region
from paddock.data.tables import TableCell, TableSample, table_line


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


def test_names_of_the_detection_part_are_those_of_the_tutorials_too() -> None:
    layout = PreparedDet(Path("det"))
    paths = [layout.image_folder("val"), layout.label_file("val"), layout.stats_file]
    assert [path.as_posix() for path in paths] == ["det/val_imgs", "det/val_label.txt", "det/stats.json"]


def test_pages_are_read_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "val_label.txt"
    box = '[{"transcription": "A", "points": [[1, 2], [9, 2], [9, 6], [1, 6]], "difficult": false}]'
    path.write_text(f"val_imgs/a.jpg\t{box}\nval_imgs/b.jpg\t[]\n", encoding="utf-8")
    assert read_pages(path) == [
        PageLine("val_imgs/a.jpg", (Region("A", ((1, 2), (9, 2), (9, 6), (1, 6))),), f"{path}:1"),
        PageLine("val_imgs/b.jpg", (), f"{path}:2"),
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("b.jpg", r"val_label\.txt:2: no tab between"),
        ("b.jpg\t[{", r"val_label\.txt:2: no JSON after the image"),
        ('b.jpg\t[{"transcription": "A", "points": [[1, NaN]]}]', r"val_label\.txt:2: box 1: .* is no point"),
    ],
)
def test_a_page_line_that_cannot_be_used_stops_the_reading(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "val_label.txt"
    path.write_text(f"a.jpg\t[]\n{line}\n", encoding="utf-8")
    with pytest.raises(DatasetError, match=message):
        read_pages(path)


@pytest.mark.parametrize(
    ("layout", "other", "what"),
    [(PreparedDet, "rec", "boxes"), (PreparedRec, "det", "readable text")],
)
def test_a_data_set_for_another_task_says_so(
    tmp_path: Path, layout: type[PreparedDet | PreparedRec], other: str, what: str
) -> None:
    (tmp_path / other).mkdir()
    (tmp_path / other / "stats.json").write_text("{}")
    wanted = "det" if other == "rec" else "rec"
    message = rf"is prepared for {other} and has nothing for {wanted}: it has no {what}\. Pick another data set"
    with pytest.raises(DatasetError, match=message):
        layout(tmp_path / wanted).stats()


def test_names_of_the_table_part_are_those_of_detection_with_a_dictionary() -> None:
    layout = PreparedTable(Path("table"))
    paths = [layout.image_folder("val"), layout.label_file("val"), layout.dictionary, layout.stats_file]
    assert [path.as_posix() for path in paths] == [
        "table/val_imgs",
        "table/val_label.txt",
        "table/dict.txt",
        "table/stats.json",
    ]


def test_tables_are_read_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "val_label.txt"
    cells = (TableCell(("A",), (1.0, 2.0, 9.0, 2.0, 9.0, 8.0, 1.0, 8.0)), TableCell())
    structure = ("<tbody>", "<tr>", "<td>", "</td>", "<td>", "</td>", "</tr>", "</tbody>")
    table = TableSample(Path("val_imgs/a.png"), structure, cells, group="", origin=f"{path}:1")
    path.write_text(table_line(table, "val_imgs/a.png", "val"), encoding="utf-8")
    assert read_tables(path) == [table]


def test_a_table_that_is_no_record_stops_the_reading(tmp_path: Path) -> None:
    path = tmp_path / "val_label.txt"
    path.write_text("a.png\t<table>\n", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"val_label\.txt:1: the line is no JSON"):
        read_tables(path)
