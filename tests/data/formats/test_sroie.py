from collections.abc import Callable
from pathlib import Path

import pytest

from paddock.config.schema import DatasetConfig
from paddock.core.errors import DatasetError
from paddock.data.formats.sroie import read_sroie

MakeDataset = Callable[..., DatasetConfig]


@pytest.fixture
def receipts(tmp_path: Path) -> Path:
    for folder in ("box", "img", "key"):
        (tmp_path / folder).mkdir()
    for name in ("000", "001"):
        (tmp_path / f"box/{name}.csv").write_text("1,2,9,2,9,6,1,6,NO. 2,JALAN\r\n1,8,9,8,9,12,1,12,TOTAL\r\n")
        (tmp_path / f"key/{name}.json").write_text("{}")
        (tmp_path / f"img/{name}.jpg").touch()
    return tmp_path


def test_each_receipt_has_its_lines(receipts: Path, make_dataset: MakeDataset) -> None:
    raw = read_sroie(receipts, make_dataset())
    assert [page.image for page in raw.pages] == [receipts / "img/000.jpg", receipts / "img/001.jpg"]
    assert [region.text for region in raw.pages[0].regions] == ["NO. 2,JALAN", "TOTAL"]
    assert [str(problem) for problem in raw.problems] == [
        f"{receipts / 'key'}: 2 files say what is company, date, address and total; paddock has no use for that."
    ]


def test_a_receipt_without_its_picture_is_a_problem(receipts: Path, make_dataset: MakeDataset) -> None:
    (receipts / "img/001.jpg").unlink()
    raw = read_sroie(receipts, make_dataset(label_files=["box/001.csv"]))
    assert ([problem.code for problem in raw.problems], raw.pages) == (["image_missing", "not_read"], [])


def test_a_folder_without_label_files_is_refused(tmp_path: Path, make_dataset: MakeDataset) -> None:
    with pytest.raises(DatasetError, match=r"no label file \*\.csv in .*box\. Check dataset\.raw and dataset\.format"):
        read_sroie(tmp_path, make_dataset())
