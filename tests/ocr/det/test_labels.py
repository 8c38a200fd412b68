from pathlib import Path

import pytest

from paddock.core.errors import DatasetError
from paddock.data.page_lines import page_line
from paddock.data.samples import Region
from paddock.ocr.datasets import Listed
from paddock.ocr.det.labels import labelled_pages

SQUARE = ((1.0, 2.0), (9.0, 2.0), (9.0, 8.0), (1.0, 8.0))
HEXAGON = (*SQUARE, (0.5, 6.0), (0.5, 4.0))


def write_labels(path: Path, *lines: str) -> Path:
    path.write_text("".join(lines), encoding="utf-8")
    return path


def test_pages_come_in_the_order_of_the_files_with_their_regions(tmp_path: Path) -> None:
    first = write_labels(
        tmp_path / "a.txt", page_line("x/1.png", [Region("one", SQUARE), Region("###", HEXAGON)]), "x/2.png\t[]\n"
    )
    second = write_labels(tmp_path / "b.txt", page_line("x/3.png", [Region("*", SQUARE)]))

    pages = labelled_pages(Listed(tmp_path, [str(first), str(second)], [1.0, 0.5]))

    assert [page.image.name for page in pages] == ["1.png", "2.png", "3.png"]
    assert [page.ignored for page in pages] == [(False, True), (), (True,)]
    assert pages[0].texts == ("one", "###")
    assert pages[0].polygons[1].tolist() == [list(corner) for corner in HEXAGON]
    assert pages[1].origin.endswith("a.txt:2")
    assert pages[0].bgr is None
    assert [page.share for page in pages] == [1.0, 1.0, 0.5]


def test_pictures_are_looked_for_below_the_folder_and_else_beside_their_label_file(tmp_path: Path) -> None:
    below, beside = tmp_path / "data", tmp_path / "other"
    for folder in (below, beside):
        folder.mkdir()
    (below / "1.png").touch()
    labels = write_labels(beside / "a.txt", page_line("1.png", [Region("one", SQUARE)]), "2.png\t[]\n")

    pages = labelled_pages(Listed(below, [str(labels)], [1.0]))

    assert [page.image for page in pages] == [below / "1.png", beside / "2.png"]


def test_no_label_file_at_all_is_said(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="label_file_list is empty: name at least one label file"):
        labelled_pages(Listed(tmp_path, [], []))


def test_a_line_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    labels = write_labels(tmp_path / "a.txt", page_line("1.png", [Region("one", SQUARE)]), "2.png\tno JSON\n")

    with pytest.raises(DatasetError, match=r"a\.txt:2: no JSON after the image"):
        labelled_pages(Listed(tmp_path, [str(labels)], [1.0]))
