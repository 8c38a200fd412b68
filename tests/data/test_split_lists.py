"""Lists that fix validation and test, alone and on the way through `prepare_dataset`."""

from collections.abc import Callable
from pathlib import Path

import pytest

from paddock.config.schema import DatasetConfig, SplitConfig
from paddock.core.errors import ConfigError, DatasetError
from paddock.data.prepare import prepare_dataset
from paddock.data.prepared import PreparedRec, read_labels
from paddock.data.raw_data import RawData
from paddock.data.samples import RecSample
from paddock.data.split_lists import SplitLists

MakeDataset = Callable[..., DatasetConfig]


def split(**changes: object) -> SplitConfig:
    values = {"train": 0.6, "val": 0.2, "test": 0.2, "by_file": False, "val_list": None, "test_list": None}
    return SplitConfig(**values | changes)  # type: ignore[arg-type]


@pytest.fixture
def raw(tmp_path: Path) -> RawData:
    """Crops a/1.png, a/2.png, b/2.png, 3.png below ``raw``."""
    names = ["a/1.png", "a/2.png", "b/2.png", "3.png"]
    crops = [RecSample(tmp_path / "raw" / name, "A", name, f"rec_gt.txt:{number}") for number, name in enumerate(names)]
    return RawData(crops=crops)


@pytest.fixture
def read(tmp_path: Path, raw: RawData, make_dataset: MakeDataset) -> Callable[..., SplitLists]:
    """Read the lists of the given contents; the sides by the picture's path below ``raw``."""

    def of(test: str | bytes, val: str | None = None) -> SplitLists:
        path = tmp_path / "test.txt"
        path.write_bytes(test if isinstance(test, bytes) else test.encode())
        lists = {"test_list": str(path)}
        if val is not None:
            (tmp_path / "val.txt").write_text(val, encoding="utf-8")
            lists["val_list"] = str(tmp_path / "val.txt")
        return SplitLists.read(make_dataset(raw=str(tmp_path / "raw"), split=split(**lists)), raw)

    return of


def sides(lists: SplitLists) -> dict[str, str]:
    return {image.relative_to(lists.raw).as_posix(): side for image, side in lists.sides.items()}


@pytest.mark.parametrize(
    ("line", "picture"),
    [
        ("a/2.png", "a/2.png"),
        ("./a/2.png", "a/2.png"),
        ("1.png", "a/1.png"),
        ("3.png", "3.png"),
        ("raw/b/2.png", "b/2.png"),
        ("/other/machine/raw/b/2.png", "b/2.png"),
        ("D:\\labels\\a\\1.png", "a/1.png"),
        ("\ufeffa/1.png\tA label file is a list, too\r", "a/1.png"),
    ],
)
def test_a_picture_may_be_named_in_many_ways(read: Callable[..., SplitLists], line: str, picture: str) -> None:
    assert sides(read(f"{line}\n\n{line}\n")) == {picture: "test"}


def test_names_of_nothing_are_told_and_make_no_difference(read: Callable[..., SplitLists]) -> None:
    lists = read("a/1.png\nc/1.png\nnone.png\n", val="b/2.png\n")
    assert sides(lists) == {"a/1.png": "test", "b/2.png": "val"}
    (line,) = lists.warnings()
    assert "test.txt names 2 picture(s) that are not labelled in" in line
    assert line.endswith("test.txt:3")


@pytest.mark.parametrize(
    ("test", "val", "message"),
    [
        ("2.png\n", None, r"test\.txt:1: 2\.png may be a/2\.png and b/2\.png\. Write the path below"),
        ("a/1.png\n", "3.png\na/1.png\n", r": .*a/1\.png is in .*(val|test)\.txt:\d, too\. Take it out"),
        ("none.png\n", None, r"dataset\.split\.test_list: .*test\.txt names no picture that is labelled in"),
        ("", None, r"names no picture that is labelled"),
        (b"\xff\xfe\n", None, r"test\.txt:1: the line is not UTF-8"),
    ],
)
def test_a_list_that_cannot_be_meant_is_refused(
    read: Callable[..., SplitLists], test: str | bytes, val: str | None, message: str
) -> None:
    with pytest.raises(DatasetError, match=message):
        read(test, val)


def test_label_files_called_after_a_split_are_lists_on_request(raw: RawData, make_dataset: MakeDataset) -> None:
    folder = Path(raw.crops[0].image).parents[1]
    files = ["rec_gt_train.txt:1", "rec_gt_test.txt:1", "rec_gt_dev.txt:1", "rec_gt_train.txt:2"]
    crops = [
        RecSample(crop.image, crop.text, crop.group, origin) for crop, origin in zip(raw.crops, files, strict=True)
    ]
    again = RecSample(crops[0].image, "A", "a/1.png", "rec_gt_test.txt:9")  # in train's file, too
    dataset = make_dataset(raw=str(folder), split=split(by_file=True))
    lists = SplitLists.read(dataset, RawData(crops=[*crops, again]))
    assert sides(lists) == {"a/1.png": "test", "a/2.png": "test", "b/2.png": "val"}


def add_crops(project: Path, numbers: range, png: Callable[[int], bytes]) -> None:
    with (project / "rec_gt.txt").open("a", encoding="utf-8") as file:
        for number in numbers:
            name = f"crop_img/page{number}_crop_0.png"
            (project / name).write_bytes(png(number))
            file.write(f"{name}\tA{number}\n")


def texts(target: Path, split: str) -> set[str]:
    return {line.text for line in read_labels(PreparedRec(target / "rec").label_file(split))}


def test_a_pinned_test_split_stays_as_it_is_whatever_is_added(
    project: Path, tmp_path: Path, make_dataset: MakeDataset, png: Callable[[int], bytes]
) -> None:
    target, pinned = tmp_path / "prepared", tmp_path / "lists" / "test.txt"
    dataset = make_dataset(raw=str(project), split=split(test_list=str(pinned)))
    first = prepare_dataset(dataset, 0, target, pin=True)
    before = {name: texts(target, name) for name in ("train", "val", "test")}
    assert pinned.read_text() == "".join(f"crop_img/page{text[1:]}_crop_0.png\n" for text in sorted(before["test"]))
    assert prepare_dataset(dataset, 0, target)["rec"]["digest"] == first["rec"]["digest"]

    add_crops(project, range(10, 60), png)
    tested = pinned.read_text().split()[0]
    (project / "crop_img/page60_crop_0.png").write_bytes((project / tested).read_bytes())
    with (project / "rec_gt.txt").open("a", encoding="utf-8") as file:
        file.write("crop_img/page60_crop_0.png\tA60\n")
    stats = prepare_dataset(dataset, 0, target)["rec"]
    assert texts(target, "test") == before["test"]
    assert before["train"] <= texts(target, "train")
    assert before["val"] <= texts(target, "val")
    assert stats["dropped"] == {"held_back": 1}
    assert sum(stats["num_samples"].values()) == 60


def test_pinning_writes_what_is_named_and_missing_and_nothing_else(
    project: Path, tmp_path: Path, make_dataset: MakeDataset
) -> None:
    lists = {"test_list": str(tmp_path / "test.txt"), "val_list": str(tmp_path / "val.txt")}
    dataset = make_dataset(raw=str(project), split=split(**lists))
    with pytest.raises(DatasetError, match=r"val\.txt is missing\..* `paddock prepare --pin` writes it"):
        prepare_dataset(dataset, 0, tmp_path / "prepared")
    prepare_dataset(dataset, 0, tmp_path / "prepared", pin=True)
    before = (tmp_path / "test.txt").read_bytes()
    (tmp_path / "val.txt").unlink()
    prepare_dataset(dataset, 1, tmp_path / "prepared", pin=True)
    assert (tmp_path / "test.txt").read_bytes() == before
    with pytest.raises(ConfigError, match=r"--pin: .*val\.txt and .*test\.txt is there already"):
        prepare_dataset(dataset, 0, tmp_path / "prepared", pin=True)
    plain = make_dataset(raw=str(project), split=split())
    with pytest.raises(ConfigError, match=r"Add dataset\.split\.test_list=conf/split/tiny\.test\.txt"):
        prepare_dataset(plain, 0, tmp_path / "prepared", pin=True)
