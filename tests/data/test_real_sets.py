"""The real data sets of the workplace, where it has them: PADDOCK_SHARED, or ../shared beside the repository."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from paddock.config.compose import compose
from paddock.config.schema import DatasetConfig
from paddock.core.errors import DatasetError
from paddock.data.prepare import prepare_dataset
from paddock.data.prepared import PreparedDet, PreparedRec, read_labels, read_pages
from paddock.data.samples import SPLITS
from tests.repository import REPOSITORY

MakeDataset = Callable[..., DatasetConfig]
Stats = dict[str, dict[str, Any]]

DATA = Path(os.environ.get("PADDOCK_SHARED", Path(__file__).parents[3] / "shared")) / "data"

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not DATA.is_dir(), reason=f"no {DATA}")]


def prepare(name: str, folder: Path, *overrides: str) -> Stats:
    """Prepare conf/dataset/<name>.yaml; the statistics by task."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PADDOCK_SHARED", str(DATA.parent))
        return prepare_dataset(compose([f"dataset={name}", *overrides], REPOSITORY).dataset, 0, folder)


@pytest.fixture(scope="module")
def wire_labels(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Stats]:
    """The prepared folder and its statistics; made once, for it takes seconds."""
    folder = tmp_path_factory.mktemp("prepared") / "wire_labels"
    return folder, prepare("wire_labels", folder)


def homes_of(folder: Path, group: Callable[[str], str]) -> dict[str, set[str]]:
    """Group -> splits that have one of its pages or crops."""
    homes: dict[str, set[str]] = {}
    for split in SPLITS:
        pages = read_pages(PreparedDet(folder / "det").label_file(split))
        crops = read_labels(PreparedRec(folder / "rec").label_file(split))
        for line in [*pages, *crops]:
            homes.setdefault(group(Path(line.image).name), set()).add(split)
    return homes


def test_wire_labels_make_data_for_both_tasks(wire_labels: tuple[Path, Stats]) -> None:
    folder, stats = wire_labels
    det, rec = stats["det"], stats["rec"]
    assert (sum(det["num_pages"].values()), sum(det["num_regions"].values())) == (3039, 3111)
    assert (det["dropped"], rec["dropped"], det["mended"]) == ({}, {}, {"made_clockwise": 1})
    num_crops = rec["num_samples"]
    assert num_crops["train"] // 4 + num_crops["val"] + num_crops["test"] == 3111  # dataset.loose_crops
    assert rec["num_strings"] == 1154
    assert "".join(rec["characters"]) == " #+-./0123456789:=ABCDEFGHIJKLMNOPQRSTUVWXYZ_aiotu"
    homes = homes_of(folder, lambda name: re.split(r"_rotated|_crop_|\.", name)[0])
    assert len(homes) == sum(det["num_groups"].values())
    assert max(map(len, homes.values())) == 1


def test_crops_are_those_that_ppocrlabel_cut(wire_labels: tuple[Path, Stats]) -> None:
    folder, _ = wire_labels
    exported = DATA / "wire_labels/train_data/crop_img"
    differences = []
    for path in PreparedRec(folder / "rec").image_folder("val").iterdir():
        ours, theirs = cv2.imread(str(path)).astype(int), cv2.imread(str(exported / f"{path.stem}.jpg")).astype(int)
        assert ours.shape == theirs.shape, path.name
        differences.append(np.abs(ours - theirs).mean())
    # What storing a crop as JPEG of quality 95 alone costs is 1.3 of 255.
    assert len(differences) > 300
    assert np.mean(differences) < 1.5
    assert max(differences) < 4


def test_wire_labels_are_read_from_their_exported_crops_too(tmp_path: Path) -> None:
    stats = prepare("wire_labels", tmp_path / "tiny", "dataset.label_files=[rec_gt.txt]")
    assert list(stats) == ["rec"]
    assert (sum(stats["rec"]["num_samples"].values()), stats["rec"]["dropped"]) == (3111, {"stray_crop": 7})


def test_split_lists_with_paths_of_another_machine_are_read(tmp_path: Path) -> None:
    files = "dataset.label_files=[rec/train.txt,rec/val.txt,rec/test.txt]"
    rec = prepare("wire_labels", tmp_path / "tiny", files)["rec"]
    num_crops = rec["num_samples"]
    assert sum(num_crops.values()) == 3111
    files = "dataset.label_files=[det/train.txt,det/val.txt,det/test.txt]"
    det = prepare("wire_labels", tmp_path / "more", "dataset.format=paddleocr_det", files)["det"]
    assert (sum(det["num_pages"].values()), sum(det["num_regions"].values())) == (3039, 3111)


def test_receipts_are_read_with_commas_in_their_texts(tmp_path: Path) -> None:
    stats = prepare("sroie", tmp_path / "tiny")
    assert stats["det"]["num_pages"] == {"train": 37, "val": 6, "test": 5}
    assert sum(stats["det"]["num_regions"].values()) == 2067
    assert (stats["det"]["num_ignored"], stats["det"]["dropped"], stats["det"]["mended"]) == (1, {}, {})
    assert stats["rec"]["dropped"] == {"not_labelled": 1}  # a text that is the one character *
    assert max(map(int, stats["rec"]["text_lengths"])) == 49
    texts = [
        line.text for split in SPLITS for line in read_labels(PreparedRec(tmp_path / "tiny/rec").label_file(split))
    ]
    assert "27,JALAN DEDAP 13," in texts
    # Two receipts are the same file; their pages and crops are on one side.
    assert stats["det"]["num_identical_images"] == 2
    contents = [
        {path.read_bytes() for path in PreparedDet(tmp_path / "tiny/det").image_folder(split).iterdir()}
        for split in SPLITS
    ]
    assert sum(map(len, contents)) == len(set().union(*contents)) == 46


def test_incidental_text_keeps_its_unreadable_words_as_ignored_regions(tmp_path: Path) -> None:
    stats = prepare("icdar2015_det", tmp_path / "tiny")
    assert (sum(stats["det"]["num_pages"].values()), sum(stats["det"]["num_regions"].values())) == (130, 1380)
    assert (stats["det"]["num_ignored"], stats["rec"]["dropped"]) == (860, {"not_labelled": 860})
    assert sum(stats["rec"]["num_samples"].values()) == 520
    assert max(map(len, homes_of(tmp_path / "tiny", lambda name: re.split(r"_crop_|\.", name)[0]).values())) == 1


@pytest.mark.parametrize(
    ("difficult", "num_regions", "num_ignored", "num_crops"),
    [("keep", 648, 0, 648), ("ignore", 648, 45, 603), ("drop", 603, 0, 603)],
)
def test_a_project_from_windows_has_difficult_boxes(
    tmp_path: Path, difficult: str, num_regions: int, num_ignored: int, num_crops: int
) -> None:
    stats = prepare("game_ui_zh", tmp_path / "tiny", f"dataset.difficult={difficult}")
    assert sum(stats["det"]["num_pages"].values()) == 210
    assert (sum(stats["det"]["num_regions"].values()), stats["det"]["num_ignored"]) == (num_regions, num_ignored)
    assert sum(stats["rec"]["num_samples"].values()) == num_crops
    homes = homes_of(tmp_path / "tiny", lambda name: "_".join(name.split("_")[:2]))
    assert (len(homes), max(map(len, homes.values()))) == (70, 1)


def test_scans_in_black_and_white_and_with_a_palette_are_read(tmp_path: Path, make_dataset: MakeDataset) -> None:
    stats = prepare_dataset(make_dataset(raw=str(DATA / "taigi_lines/POJ")), 0, tmp_path / "tiny")
    assert (sum(stats["det"]["num_pages"].values()), sum(stats["det"]["num_regions"].values())) == (4, 182)
    assert sum(stats["rec"]["num_samples"].values()) == 182


def test_pictures_that_come_twice_do_not_straddle_splits(tmp_path: Path, make_dataset: MakeDataset) -> None:
    dataset = make_dataset(
        raw=str(DATA / "captcha_digits/rec"),
        format="paddleocr_rec",
        label_files=["rec_gt_train.txt", "rec_gt_dev.txt"],
    )
    stats = prepare_dataset(dataset, 0, tmp_path / "tiny")["rec"]
    assert (sum(stats["num_samples"].values()), stats["num_identical_images"]) == (1010, 9)
    contents = [
        {path.read_bytes() for path in PreparedRec(tmp_path / "tiny" / "rec").image_folder(split).iterdir()}
        for split in SPLITS
    ]
    assert sum(map(len, contents)) == len(set().union(*contents)) == 1001


def test_a_label_file_that_lost_its_last_characters_is_refused(tmp_path: Path, make_dataset: MakeDataset) -> None:
    dataset = make_dataset(
        raw=str(DATA / "captcha_digits/rec"), format="paddleocr_rec", label_files=["rec_gt_test.txt"]
    )
    message = r"rec_gt_test\.txt:1: image 'word_24_4014\.jp' is missing .*Unusable in all: 30 image_missing"
    with pytest.raises(DatasetError, match=message):
        prepare_dataset(dataset, 0, tmp_path / "tiny")["rec"]
    assert [path.name for path in tmp_path.iterdir()] == ["tiny.lint"]


@pytest.mark.parametrize(("script", "count"), [("POJ", 150), ("Hanji", 57)])
def test_names_in_other_scripts_are_read(tmp_path: Path, make_dataset: MakeDataset, script: str, count: int) -> None:
    raw = str(DATA / "taigi_lines" / script)
    dataset = make_dataset(raw=raw, format="paddleocr_rec", label_files=["crop_map.tsv"])
    stats = prepare_dataset(dataset, 0, tmp_path / "tiny")["rec"]
    assert sum(stats["num_samples"].values()) == count
