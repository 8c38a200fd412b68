from collections.abc import Callable
from pathlib import Path

import lmdb
import pytest

from paddock.config.schema import DatasetConfig
from paddock.core.errors import DatasetError
from paddock.core.files import sha256_folder
from paddock.data.formats.lmdb import read_lmdb, write_lmdb
from paddock.data.formats.target import Target
from paddock.data.raw_data import RawData
from paddock.data.samples import RecSample

MakeDataset = Callable[..., DatasetConfig]
Png = Callable[[int], bytes]


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are unpacked below the working directory."""
    monkeypatch.chdir(tmp_path)


def write(folder: Path, entries: dict[str, bytes]) -> None:
    """A database with any entries."""
    folder.mkdir(parents=True, exist_ok=True)
    with lmdb.open(str(folder), map_size=1 << 24, lock=False) as database, database.begin(write=True) as transaction:
        for key, value in entries.items():
            transaction.put(key.encode(), value)


def sample(number: int, png: Png, **others: bytes) -> dict[str, bytes]:
    """The keys of one sample; ``others`` are laid over."""
    values = {"label": f"A{number}".encode(), "image": png(number)} | others
    return {f"{kind}-{number:09d}": value for kind, value in values.items()}


def test_databases_of_other_tools_are_read_from_each_leaf_folder(
    tmp_path: Path, png: Png, make_dataset: MakeDataset
) -> None:
    write(tmp_path / "raw/train/1", {"num-samples": b"2"} | sample(1, png) | sample(2, png))
    write(tmp_path / "raw/val", {"num-samples": b"1"} | sample(1, png))
    before = sha256_folder(tmp_path / "raw")
    raw = read_lmdb(tmp_path / "raw", make_dataset())
    assert [(crop.text, crop.image.name) for crop in raw.crops] == [
        ("A1", "image-000000001.png"),
        ("A2", "image-000000002.png"),
        ("A1", "image-000000001.png"),
    ]
    assert [crop.image.read_bytes() for crop in raw.crops] == [png(1), png(2), png(1)]
    assert raw.crops[1].origin == f"{tmp_path / 'raw/train/1/data.mdb'}:2"
    assert (raw.crops[1].group, raw.problems) == ("train/1/image-000000002.png", [])
    assert sha256_folder(tmp_path / "raw") == before


def test_what_paddock_writes_has_paddleocrs_keys_and_names_besides(tmp_path: Path, png: Png) -> None:
    (tmp_path / "raw/b").mkdir(parents=True)
    image = tmp_path / "raw/b/page1_crop_0.png"
    image.write_bytes(png(0))
    write_lmdb(
        RawData(crops=[RecSample(image, "A 1", "", "rec_gt_val.txt:1")]), Target(tmp_path, "x", tmp_path / "raw")
    )
    with lmdb.open(str(tmp_path / "val"), readonly=True, lock=False) as database, database.begin() as transaction:
        assert dict(transaction.cursor()) == {
            b"num-samples": b"1",
            b"label-000000001": b"A 1",
            b"image-000000001": png(0),
            b"name-000000001": b"b/page1_crop_0.png",
        }


def test_names_bring_groups_back_and_lead_nowhere_else(tmp_path: Path, png: Png, make_dataset: MakeDataset) -> None:
    names = [b"b/page1_crop_0.png", b"b/page1_crop_1.png", b"../x.png", b"/x.png", b"a", b"a/b.png", b"\xff" * 300]
    entries = [sample(number, png, name=name) for number, name in enumerate(names, start=1)]
    write(tmp_path / "raw", {key: value for entry in entries for key, value in entry.items()} | {"num-samples": b"7"})
    raw = read_lmdb(tmp_path / "raw", make_dataset())
    assert [crop.group for crop in raw.crops[:2]] == ["b/page1", "b/page1"]
    assert [crop.image.name for crop in raw.crops[2:]] == [
        "image-000000003.png",
        "image-000000004.png",
        "a",
        "image-000000006.png",
        "image-000000007.png",
    ]
    assert len({crop.image for crop in raw.crops}) == 7
    assert all(crop.image.is_relative_to(tmp_path / "scratch/lmdb") for crop in raw.crops)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["raw", "scratch"]


def test_samples_that_lack_something_are_problems(tmp_path: Path, png: Png, make_dataset: MakeDataset) -> None:
    labels = {2: b"\xff", 3: b" ", 4: b"A\nB", 5: b"###", 6: b" A "}
    entries = {"num-samples": b"8", "label-000000001": b"A", "image-000000007": png(7), "any": b"", "other": b""}
    for number, label in labels.items():
        entries |= sample(number, png, label=label)
    write(tmp_path / "raw", entries)
    raw = read_lmdb(tmp_path / "raw", make_dataset())
    assert [problem.code for problem in raw.problems] == [
        *("image_missing", "not_utf8", "empty_label", "line_break", "not_labelled", "outer_blanks"),
        *("empty_label", "empty_label"),
    ]
    assert [crop.text for crop in raw.crops] == ["A"]


def test_pictures_are_unpacked_once_for_each_state_of_a_database(
    tmp_path: Path, png: Png, make_dataset: MakeDataset
) -> None:
    write(tmp_path / "raw", {"num-samples": b"1"} | sample(1, png))
    (first,) = read_lmdb(tmp_path / "raw", make_dataset()).crops
    state = first.image.stat()
    (again,) = read_lmdb(tmp_path / "raw", make_dataset()).crops
    assert again.image.stat() == state
    write(tmp_path / "raw", sample(1, png, image=png(2)))
    (changed,) = read_lmdb(tmp_path / "raw", make_dataset()).crops
    assert changed.image.read_bytes() == png(2)


@pytest.mark.parametrize("told", [None, b"two", b"-1", b"99999", b"9" * 5000, b""])
def test_a_database_without_its_number_is_refused(
    told: bytes | None, tmp_path: Path, png: Png, make_dataset: MakeDataset
) -> None:
    write(tmp_path / "raw", sample(1, png) | ({"num-samples": told} if told is not None else {}))
    with pytest.raises(DatasetError, match=r"says .* under num-samples, and has [23] entries\. PaddleOCR needs"):
        read_lmdb(tmp_path / "raw", make_dataset())


@pytest.mark.parametrize("damage", ["empty", "text", "cut", "pages"])
def test_a_damaged_database_is_refused(damage: str, tmp_path: Path, png: Png, make_dataset: MakeDataset) -> None:
    write(tmp_path / "raw", {"num-samples": b"50"} | {k: v for n in range(1, 51) for k, v in sample(n, png).items()})
    path = tmp_path / "raw/data.mdb"
    content = path.read_bytes()
    damaged = {"empty": b"", "text": b"label" * 5000, "cut": content[:9000], "pages": content[:8192] + content[4096:]}
    path.write_bytes(damaged[damage])
    with pytest.raises(DatasetError, match=r"data\.mdb is no database of LMDB, or a damaged one: .*Copy it again"):
        read_lmdb(tmp_path / "raw", make_dataset())


def test_no_database_is_refused(tmp_path: Path, make_dataset: MakeDataset) -> None:
    with pytest.raises(DatasetError, match=r"no data\.mdb below .*Check dataset\.raw and dataset\.format"):
        read_lmdb(tmp_path, make_dataset())
    with pytest.raises(DatasetError, match=r"database .*gone is missing\. Check"):
        read_lmdb(tmp_path, make_dataset(label_files=["gone"]))
