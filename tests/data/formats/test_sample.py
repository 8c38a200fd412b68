"""The folder that the renderer writes: pages and tables."""

from collections.abc import Callable
from pathlib import Path

from paddock.config.schema import DatasetConfig
from paddock.data.formats.sample import read_sample
from paddock.data.sample.pages import write_sample
from paddock.data.table_tokens import num_cells
from paddock.data.tables import check_tables

MakeDataset = Callable[..., DatasetConfig]


def test_pages_and_tables_are_read_as_they_were_drawn(tmp_path: Path, make_dataset: MakeDataset) -> None:
    write_sample(tmp_path / "sample", 1, num_tables=2, seed=0)

    found = read_sample(tmp_path / "sample", make_dataset())

    assert [page.image.name for page in found.pages] == ["page_0000.jpg"]
    tables = found.tables.samples
    assert [table.group for table in tables] == ["tables/table_0000.jpg", "tables/table_0001.jpg"]
    assert [table.image.is_file() for table in tables] == [True, True]
    assert check_tables(tables, 500) == (tables, [])
    assert all(num_cells(table.structure) == len(table.cells) for table in tables)
    assert (found.problems, found.tables.problems) == ([], [])


def test_a_sample_without_tables_has_none(tmp_path: Path, make_dataset: MakeDataset) -> None:
    write_sample(tmp_path / "sample", 1, num_tables=0, seed=0)

    found = read_sample(tmp_path / "sample", make_dataset())

    assert (found.has_texts, found.has_tables) == (True, False)
