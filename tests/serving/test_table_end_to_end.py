"""Three packages scored together on labelled tables."""

import csv
import shutil
from pathlib import Path

import pytest

from paddock.core.errors import DatasetError
from paddock.data.prepared import PreparedTable
from paddock.serving.table_end_to_end import EvaluatedTable, metrics, read_split, write_report
from paddock.serving.table_ocr import TableOCR
from tests.browser import needs_browser, opened
from tests.tiny_slanet import BARS, drawn_table, write_prepared

pytestmark = pytest.mark.slow

WRONG = "not <what> is read"


@pytest.fixture(scope="module")
def layout(table_ocr: TableOCR, tmp_path_factory: pytest.TempPathFactory) -> PreparedTable:
    """One table labelled with what is read on it, but for one cell."""
    read = [cell.text for cell in table_ocr(drawn_table(0)).cells]
    texts = [*read[: len(BARS) - 1], WRONG]
    return write_prepared(tmp_path_factory.mktemp("labelled") / "table", texts, count=1)


@pytest.fixture(scope="module")
def tables(table_package: Path, det_package: Path, package: Path, layout: PreparedTable) -> list[EvaluatedTable]:
    """The test split, read."""
    return read_split(table_package, det_package, package, layout, "test", num_processes=1)


def test_every_table_is_read_and_compared_with_its_text(tables: list[EvaluatedTable]) -> None:
    values = metrics(tables)

    assert (values["n_eval"], values["n_unreadable"], values["teds_structure"]) == (1, 0, 1)
    assert values["acc"] == pytest.approx(1)
    assert values["hmean_cells"] == pytest.approx(4 / 5)
    assert 1 - 1 / 10 <= values["teds"] < 1  # of ten nodes one cell differs, by its text only


def test_the_report_has_every_table_and_the_worst_beside_its_label(
    tables: list[EvaluatedTable], tmp_path: Path
) -> None:
    write_report(tables, tmp_path, count=1)

    with (tmp_path / "samples.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["cells"], row["cells_read"], row["cells_right"], row["unreadable"]) == ("5", "5", "4", "")
    shown = (tmp_path / "worst.html").read_text(encoding="utf-8")
    assert "not &lt;what&gt; is read" in shown
    assert shown.count("<table>") == 2
    assert "data:image/jpeg;base64," in shown


@needs_browser
def test_a_browser_shows_label_and_reading(tables: list[EvaluatedTable], tmp_path: Path) -> None:
    write_report(tables, tmp_path, count=1)

    shown = opened(tmp_path / "worst.html", tmp_path / "profile")

    assert shown.count("<table>") == 2
    assert shown.count('<td colspan="2">') == 2


def test_an_unreadable_picture_counts_as_no_table(
    table_package: Path, det_package: Path, package: Path, layout: PreparedTable, tmp_path: Path
) -> None:
    own = PreparedTable(Path(shutil.copytree(layout.folder, tmp_path / "table")))
    next(own.image_folder("test").iterdir()).write_bytes(b"no picture")

    tables = read_split(table_package, det_package, package, own, "test", num_processes=1)
    write_report(tables, tmp_path / "report", count=8)

    values = metrics(tables)
    assert (values["n_unreadable"], values["teds"], values["teds_structure"], values["acc"]) == (1, 0, 0, 0)
    assert "<img" not in (tmp_path / "report/worst.html").read_text(encoding="utf-8")


def test_a_data_set_without_tables_is_named_before_anything_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"is not prepared: stats\.json is missing\. Run paddock prepare"):
        read_split(tmp_path, tmp_path, tmp_path, PreparedTable(tmp_path / "table"), "test", 1)


def test_a_split_without_any_table_has_no_score() -> None:
    assert metrics([])["teds"] == 0
