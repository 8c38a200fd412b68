"""The real tables of the workplace, where it has them: PADDOCK_SHARED, or ../shared beside the repository."""

import csv
import os
from pathlib import Path
from typing import Any

import pytest

from paddock.config.compose import compose
from paddock.core.errors import DatasetError
from paddock.data.prepare import prepare_dataset
from paddock.data.prepare_tables import refusals_file
from paddock.data.prepared import PreparedTable, read_tables
from paddock.data.samples import SPLITS
from tests.repository import REPOSITORY

DATA = Path(os.environ.get("PADDOCK_SHARED", Path(__file__).parents[3] / "shared")) / "data"

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not DATA.is_dir(), reason=f"no {DATA}")]


def prepare(name: str, folder: Path) -> dict[str, Any]:
    """Prepare conf/dataset/<name>.yaml; the statistics."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PADDOCK_SHARED", str(DATA.parent))
        return prepare_dataset(compose([f"dataset={name}"], REPOSITORY).dataset, 0, folder)["table"]


@pytest.mark.parametrize(
    ("name", "num_tables", "num_cells", "num_boxes", "num_documents", "dropped"),
    [
        ("tables_icdar2013", 104, 8175, 7580, 46, {"too_long": 5}),
        ("tables_ctdar", 300, 13210, 11757, 227, {}),
        ("tables_pubtabnet", 14, 1060, 911, 14, {}),
        ("tables_documents", 404, 21385, 19337, 273, {"too_long": 5}),
    ],
)
def test_public_tables_are_prepared_as_their_readme_counts_them(
    tmp_path: Path,
    name: str,
    num_tables: int,
    num_cells: int,
    num_boxes: int,
    num_documents: int,
    dropped: dict[str, int],
) -> None:
    stats = prepare(name, tmp_path / name)

    assert (sum(stats["num_tables"].values()), sum(stats["num_cells"].values())) == (num_tables, num_cells)
    # Groups are counted by split, so one that straddled two would be counted twice.
    assert (stats["num_cells_with_box"], sum(stats["num_groups"].values())) == (num_boxes, num_documents)
    assert (stats["dropped"], stats["mended"]) == (dropped, {})
    layout = PreparedTable(tmp_path / name / "table")
    tables = {split: read_tables(layout.label_file(split)) for split in SPLITS}
    assert sum(map(len, tables.values())) == num_tables
    assert all((layout.folder / table.image).is_file() for part in tables.values() for table in part)
    assert refusals_file(tmp_path / name).exists() == bool(dropped)


def test_the_catalogue_is_refused_with_a_report_that_tells_what_each_project_has(tmp_path: Path) -> None:
    message = (
        r"10/gt\.txt:1: BCC41-46_1\.jpg has 36 cells in its structure and 17 cells with text or box\. .*"
        r"Refused are 75 of 77 tables \(97%, and dataset\.max_refused_tables is 10%\): 75 cell_count, 15 span_range\. "
        r"All of them are listed in .*catalog_tables\.refusals\.csv\.$"
    )
    with pytest.raises(DatasetError, match=message):
        prepare("catalog_tables", tmp_path / "catalog_tables")

    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["catalog_tables.lint", "catalog_tables.refusals.csv"]
    with refusals_file(tmp_path / "catalog_tables").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 75 + 15
    told = [row["message"] for row in rows if row["code"] == "cell_count"]
    assert len({row["file"] for row in rows}) == len(told) == 75
    assert all(Path(row["file"]).is_file() and row["line"] == "1" for row in rows)
    assert all("tableRec_excel_output/" in text and "In PPOCRLabel, make the sheet match" in text for text in told)
    assert not any("is missing or damaged" in text for text in told)
