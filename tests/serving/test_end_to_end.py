"""Both packages scored together on labelled pages."""

import csv
import shutil
from pathlib import Path

import cv2
import pytest
from PIL import Image

from paddock.config.compose import compose
from paddock.core.errors import DatasetError
from paddock.data.prepare import prepare_dataset
from paddock.data.prepared import PreparedDet
from paddock.ocr.end_to_end import EvaluatedPage, metrics
from paddock.serving.end_to_end import read_split, write_report
from paddock.serving.ocr import OCR
from tests.repository import REPOSITORY
from tests.tiny_detector import BARS, NUM_PAGES, OVERRIDES, PAGE_HW, drawn_page, write_pages

pytestmark = pytest.mark.slow

WRONG = "not what is read"


@pytest.fixture(scope="module")
def layout(ocr: OCR, tmp_path_factory: pytest.TempPathFactory) -> PreparedDet:
    """Pages labelled with what is read on them, but for the last text of each."""
    folder = tmp_path_factory.mktemp("labelled")
    texts = [[*(line.text for line in ocr(drawn_page(number))[:-1]), WRONG] for number in range(NUM_PAGES)]
    write_pages(folder / "raw", texts)
    config = compose([*OVERRIDES, f"dataset.raw={folder / 'raw'}"], REPOSITORY)
    prepare_dataset(config.dataset, 0, folder / "prepared")
    return PreparedDet(folder / "prepared/det")


@pytest.fixture(scope="module")
def pages(det_package: Path, package: Path, layout: PreparedDet) -> list[EvaluatedPage]:
    """The test split, read."""
    return read_split(det_package, package, layout, "test")


def test_every_page_of_the_split_is_read_and_matched(pages: list[EvaluatedPage]) -> None:
    values = metrics(pages)

    assert values["n_eval"] == 2
    assert values["hmean"] == 1
    assert values["hmean_exact"] == pytest.approx(2 / 3)  # of three texts a page one is labelled otherwise
    assert [text.truth for page in pages for text in page.texts if not text.is_exact] == [WRONG, WRONG]


def test_the_report_has_every_text_and_the_worst_pages(pages: list[EvaluatedPage], tmp_path: Path) -> None:
    write_report(pages, tmp_path, count=1)

    with (tmp_path / "samples.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["image", "truth", "reading", "confidence", "exact", "similarity"]
    assert len(rows) == 2 * len(BARS)
    assert [row["truth"] for row in rows if row["exact"] == "False"] == [WRONG, WRONG]
    (drawn,) = tmp_path.glob("*.jpg")
    assert drawn.name.startswith("01_1_wrong_")
    with Image.open(drawn) as picture:
        assert picture.size == (2 * PAGE_HW[1], PAGE_HW[0])


def test_an_unreadable_page_counts_as_missed_and_is_not_drawn(
    det_package: Path, package: Path, layout: PreparedDet, tmp_path: Path
) -> None:
    own = PreparedDet(Path(shutil.copytree(layout.folder, tmp_path / "det")))
    broken, whole = sorted(own.image_folder("test").iterdir())
    broken.write_bytes(b"no picture")

    pages = read_split(det_package, package, own, "test")
    write_report(pages, tmp_path / "report", count=8)

    values = metrics(pages)
    assert (values["n_eval"], values["n_unreadable"], values["recall_exact"]) == (2, 1, pytest.approx(2 / 6))
    assert [path.name for path in (tmp_path / "report").glob("*.jpg")] == [f"02_1_wrong_{whole.stem}.jpg"]
    assert cv2.imread(str(tmp_path / "report" / f"02_1_wrong_{whole.stem}.jpg")) is not None


def test_a_data_set_without_boxes_is_named_before_anything_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"is not prepared: stats\.json is missing\. Run paddock prepare"):
        read_split(tmp_path, tmp_path, PreparedDet(tmp_path / "det"), "test")
