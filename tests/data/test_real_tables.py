"""The real tables of the workplace, where it has them: PADDOCK_SHARED, or ../shared beside the repository."""

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from paddock.config.schema import DatasetConfig
from paddock.core.errors import DatasetError
from paddock.data.formats.ppocrlabel_table import read_ppocrlabel_table
from paddock.data.formats.pubtabnet import read_pubtabnet
from paddock.data.tables import RawTables, check_tables, refusals_csv, refuse_above

MakeDataset = Callable[..., DatasetConfig]

DATA = Path(os.environ.get("PADDOCK_SHARED", Path(__file__).parents[3] / "shared")) / "data"

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not DATA.is_dir(), reason=f"no {DATA}")]


@pytest.mark.parametrize(
    ("folder", "num_kept", "num_cells", "num_boxes", "num_documents", "refused"),
    [
        ("tables_icdar2013", 104, 8175, 7580, 46, {"too_long": 5}),
        ("tables_ctdar", 300, 13210, 11757, 227, {}),
        ("tables_pubtabnet/examples", 14, 1060, 911, 14, {}),
    ],
)
def test_public_tables_are_read_as_their_readme_counts_them(
    make_dataset: MakeDataset,
    folder: str,
    num_kept: int,
    num_cells: int,
    num_boxes: int,
    num_documents: int,
    refused: dict[str, int],
) -> None:
    raw = read_pubtabnet(DATA / folder, make_dataset(group_pattern=r"^(cTDaR_t\d+|.*?)_(?:t\d|\d)"))

    kept, problems = check_tables(raw.samples, 500)

    assert raw.problems == []
    assert len(kept) == num_kept
    assert Counter(problem.code for problem in problems) == refused
    cells = [cell for sample in kept for cell in sample.cells]
    assert (len(cells), sum(cell.box is not None for cell in cells)) == (num_cells, num_boxes)
    assert len({sample.group for sample in kept}) == num_documents


@pytest.fixture
def catalogue(make_dataset: MakeDataset) -> RawTables:
    return read_ppocrlabel_table(DATA / "catalog_tables_ppocrlabel", make_dataset())


def test_the_catalogue_is_refused_with_every_reason_counted(catalogue: RawTables) -> None:
    kept, problems = check_tables(catalogue.samples, 500)

    assert (len(catalogue.samples), len(kept), catalogue.problems) == (77, 2, [])
    assert catalogue.ignored == {"not_labelled": 2}
    message = (
        r"10/gt\.txt:1: BCC41-46_1\.jpg has 36 cells in its structure and 17 cells with text or box\. .*"
        r"Refused are 75 of 77 tables \(97%, and at most 20% may be\): 75 cell_count, 15 span_range"
    )
    with pytest.raises(DatasetError, match=message):
        refuse_above(problems, len(catalogue.samples), 0.2)


def test_the_catalogues_report_tells_an_annotator_what_each_project_has(catalogue: RawTables) -> None:
    problems = check_tables(catalogue.samples, 500)[1]

    rows = refusals_csv(problems).splitlines()

    assert len(rows) == 1 + len(problems)
    told = [row for row in rows if "cell_count" in row]
    assert len(told) == 75
    assert all("gt.txt,1,cell_count," in row and "In PPOCRLabel, make the sheet match" in row for row in told)
    assert sum("is missing or damaged" in row for row in told) == 0
