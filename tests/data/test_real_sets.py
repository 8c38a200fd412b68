"""The real data sets of the workplace, where it has them: PADDOCK_SHARED, or ../shared beside the repository."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from paddock.config.schema import DatasetConfig
from paddock.core.errors import DatasetError
from paddock.data.prepare import prepare_dataset
from paddock.data.prepared import PreparedRec, read_labels
from paddock.data.samples import SPLITS

MakeDataset = Callable[..., DatasetConfig]

DATA = Path(os.environ.get("PADDOCK_SHARED", Path(__file__).parents[3] / "shared")) / "data"

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not DATA.is_dir(), reason=f"no {DATA}")]


def test_wire_labels_are_read_as_the_annotators_left_them(tmp_path: Path, make_dataset: MakeDataset) -> None:
    dataset = make_dataset(raw=str(DATA / "wire_labels/train_data"), group_pattern=r"^(.*?)(?:_rotated)?_crop_\d+")
    stats = prepare_dataset(dataset, 0, tmp_path / "tiny")
    assert sum(stats["num_samples"].values()) == 3111
    assert stats["num_strings"] == 1154
    assert stats["dropped"] == {"stray_crop": 7}
    assert "".join(stats["characters"]) == " #+-./0123456789:=ABCDEFGHIJKLMNOPQRSTUVWXYZ_aiotu"
    homes: dict[str, set[str]] = {}
    for split in SPLITS:
        for line in read_labels(PreparedRec(tmp_path / "rec").label_file(split)):
            picture = Path(line.image).name.replace("_rotated", "").split("_crop_")[0]
            homes.setdefault(picture, set()).add(split)
    assert max(map(len, homes.values())) == 1


def test_split_lists_with_paths_of_another_machine_are_read(tmp_path: Path, make_dataset: MakeDataset) -> None:
    files = ["rec/train.txt", "rec/val.txt", "rec/test.txt"]
    stats = prepare_dataset(
        make_dataset(raw=str(DATA / "wire_labels/train_data"), label_files=files), 0, tmp_path / "tiny"
    )
    assert sum(stats["num_samples"].values()) == 3111


def test_pictures_that_come_twice_do_not_straddle_splits(tmp_path: Path, make_dataset: MakeDataset) -> None:
    dataset = make_dataset(
        raw=str(DATA / "captcha_digits/rec"),
        format="paddleocr_rec",
        label_files=["rec_gt_train.txt", "rec_gt_dev.txt"],
    )
    stats = prepare_dataset(dataset, 0, tmp_path / "tiny")
    assert (sum(stats["num_samples"].values()), stats["num_identical_images"]) == (1010, 9)
    contents = [
        {path.read_bytes() for path in PreparedRec(tmp_path / "rec").image_folder(split).iterdir()} for split in SPLITS
    ]
    assert sum(map(len, contents)) == len(set().union(*contents)) == 1001


def test_a_label_file_that_lost_its_last_characters_is_refused(tmp_path: Path, make_dataset: MakeDataset) -> None:
    dataset = make_dataset(
        raw=str(DATA / "captcha_digits/rec"), format="paddleocr_rec", label_files=["rec_gt_test.txt"]
    )
    message = r"rec_gt_test\.txt:1: image 'word_24_4014\.jp' is missing .*Unusable in all: 30 image_missing"
    with pytest.raises(DatasetError, match=message):
        prepare_dataset(dataset, 0, tmp_path / "tiny")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("script", "count"), [("POJ", 150), ("Hanji", 57)])
def test_names_in_other_scripts_are_read(tmp_path: Path, make_dataset: MakeDataset, script: str, count: int) -> None:
    raw = str(DATA / "taigi_lines" / script)
    dataset = make_dataset(raw=raw, format="paddleocr_rec", label_files=["crop_map.tsv"])
    stats = prepare_dataset(dataset, 0, tmp_path / "tiny")
    assert sum(stats["num_samples"].values()) == count
