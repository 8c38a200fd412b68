"""What `paddock predict` says of whole pages."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from paddock.core.errors import DatasetError
from paddock.core.files import read_json
from paddock.serving.ocr import Extras, Line
from paddock.serving.pages import PageReader, ReadPage
from tests.tiny_detector import BARS, PAGE_HW, write_pages

QUAD = np.array([[4, 8], [40, 8], [40, 20], [4, 20]], np.float32)
PAGE = ReadPage(Path("a/page.png"), [Line(QUAD, "Straße", 0.98765432), Line(QUAD + 100, "", 0.0)])


def test_the_table_says_where_each_text_begins_how_sure_it_is_and_what_it_says() -> None:
    assert str(PAGE).splitlines() == [
        "a/page.png: 2 texts",
        "     4,8       0.988  Straße",
        "   104,108     0.000  ",
    ]


def test_a_row_for_json_holds_boxes_as_paddleocr_writes_them_and_polygons() -> None:
    row = json.loads(json.dumps(PAGE.row()))

    assert row["image"] == "a/page.png"
    assert row["lines"][0] == [[[4, 8], [40, 8], [40, 20], [4, 20]], ["Straße", 0.987654]]
    assert row["polygons"][1] == [[104, 108], [140, 108], [140, 120], [104, 120]]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_pages(tmp_path_factory.mktemp("drawn") / "raw")


def read_of(path: Path) -> ReadPage:
    """A reading of a drawn page."""
    quads = [np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]], np.float32) for x, y, w, h in BARS]
    return ReadPage(path, [Line(quad, text, 0.9) for quad, text in zip(quads, ("one", "中文 2", ""), strict=True)])


def test_one_page_becomes_result_jpg_with_its_texts_beside_it(files: list[Path], tmp_path: Path) -> None:
    PageReader.save([read_of(files[0])], tmp_path / "demo")

    assert {path.name for path in (tmp_path / "demo").iterdir()} == {"result.json", "result.jpg"}
    with Image.open(tmp_path / "demo/result.jpg") as picture:
        assert picture.size == (2 * PAGE_HW[1], PAGE_HW[0])
        left, top, width, height = BARS[0]
        beside = np.asarray(picture.convert("L"))[top : top + height, PAGE_HW[1] + left : PAGE_HW[1] + left + width]
        assert beside[4:-4, 4:-4].min() < 60  # ink, where the text stands on the page


def test_several_pages_are_told_apart_by_their_names(files: list[Path], tmp_path: Path) -> None:
    PageReader.save([read_of(path) for path in files[:2]], tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "001_page_0_result.jpg",
        "002_page_1_result.jpg",
        "result.json",
    ]
    assert [row["image"] for row in read_json(tmp_path / "result.json")] == [str(path) for path in files[:2]]


@pytest.mark.slow
def test_pages_are_read_in_their_order(det_package: Path, package: Path, files: list[Path]) -> None:
    pages = PageReader(det_package, package, Extras()).read([files[2], files[0]])

    assert [page.path for page in pages] == [files[2], files[0]]
    assert [len(page.lines) for page in pages] == [len(BARS), len(BARS)]
    assert pages[0].lines[0].text != pages[1].lines[0].text


@pytest.mark.slow
def test_a_page_that_is_gone_is_named(det_package: Path, package: Path, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"gone\.png cannot be read"):
        PageReader(det_package, package, Extras()).read([tmp_path / "gone.png"])
