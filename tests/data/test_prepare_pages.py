"""Preparing folders with boxes: both tasks out of one folder."""

import json
import logging
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest

from paddock.config.schema import DatasetConfig, Difficult, OnError
from paddock.core.errors import DatasetError
from paddock.core.files import sha256_folder
from paddock.data.prepare import prepare_dataset
from paddock.data.prepared import PreparedDet, PreparedRec, read_labels, read_pages
from paddock.data.samples import SPLITS

MakeDataset = Callable[..., DatasetConfig]


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "prepared" / "tiny"


def add_lines(project: Path, *lines: str) -> None:
    with (project / "Label.txt").open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


def change_boxes(project: Path, change: Callable[[str, list[dict[str, object]]], None]) -> None:
    """Let ``change`` edit the boxes of each picture."""
    lines = []
    for line in (project / "Label.txt").read_text(encoding="utf-8").splitlines():
        image, text = line.split("\t")
        boxes = json.loads(text)
        change(Path(image).stem, boxes)
        lines.append(f"{image}\t{json.dumps(boxes, ensure_ascii=False)}\n")
    (project / "Label.txt").write_text("".join(lines), encoding="utf-8")


def test_one_folder_makes_data_for_both_tasks(pages: Path, target: Path, make_dataset: MakeDataset) -> None:
    stats = prepare_dataset(make_dataset(raw=str(pages)), 0, target)
    det, rec = PreparedDet(target / "det"), PreparedRec(target / "rec")
    assert {"det": det.stats(), "rec": rec.stats()} == stats
    assert stats["det"]["num_pages"] == stats["rec"]["num_samples"]
    assert sum(stats["det"]["num_pages"].values()) == 10
    assert (stats["det"]["num_ignored"], stats["det"]["dropped"]) == (10, {})
    assert stats["rec"]["dropped"] == {"not_labelled": 10}
    assert rec.dictionary.read_text(encoding="utf-8") == "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\nA\n"
    for split in SPLITS:
        lines, labels = read_pages(det.label_file(split)), read_labels(rec.label_file(split))
        assert {line.image for line in lines} == {
            f"{split}_imgs/{path.name}" for path in det.image_folder(split).iterdir()
        }
        assert len(labels) == len(list(rec.image_folder(split).iterdir()))
        for line, label in zip(lines, labels, strict=True):
            name = Path(line.image).stem
            assert (det.folder / line.image).read_bytes() == (pages / f"{name}.png").read_bytes()
            assert [region.text for region in line.regions] == [f"A{name[4:]}", "###"]
            # The crop of a page is on the page's side.
            assert (label.image, label.text) == (f"crop_img_{split}/{name}_crop_0.png", f"A{name[4:]}")
            assert cv2.imread(str(rec.folder / label.image)).shape == (10, 40, 3)
    assert sorted(path.name for path in target.iterdir()) == ["det", "rec"]


def test_loose_crops_are_for_training_alone(pages: Path, tmp_path: Path, make_dataset: MakeDataset) -> None:
    target = tmp_path / "loose"
    num_pages = prepare_dataset(make_dataset(raw=str(pages), loose_crops=3), 0, target)["det"]["num_pages"]
    rec = PreparedRec(target / "rec")
    train, val, test = (read_labels(rec.label_file(split)) for split in SPLITS)
    assert (len(train), len(val), len(test)) == (3 * num_pages["train"], num_pages["val"], num_pages["test"])
    assert not any("loose" in label.image for label in [*val, *test])
    assert all("_loose_" in label.image for label in train)
    shapes = {cv2.imread(str(rec.folder / label.image)).shape for label in train}
    assert len(shapes) > num_pages["train"]  # along their labels, all would be 10 x 40
    prepare_dataset(make_dataset(raw=str(pages), loose_crops=3), 0, tmp_path / "again")
    assert (tmp_path / "again/rec/stats.json").read_bytes() == (target / "rec/stats.json").read_bytes()


def test_raw_files_are_copied_since_dvc_makes_what_it_caches_read_only(
    pages: Path, target: Path, make_dataset: MakeDataset
) -> None:
    prepare_dataset(make_dataset(raw=str(pages)), 0, target)
    assert all(path.stat().st_nlink == 1 for path in target.rglob("*.png"))
    assert len(list(pages.glob("*.png"))) == 10


def test_the_digests_follow_from_content_alone(pages: Path, tmp_path: Path, make_dataset: MakeDataset) -> None:
    first = prepare_dataset(make_dataset(raw=str(pages)), 0, tmp_path / "one")
    moved = pages.rename(tmp_path / "moved")
    second = prepare_dataset(make_dataset(raw=str(moved)), 0, tmp_path / "two")
    change_boxes(moved, lambda name, boxes: boxes[1].update(transcription="*"))
    third = prepare_dataset(make_dataset(raw=str(moved)), 0, tmp_path / "three")
    for task in ("det", "rec"):
        assert first[task]["digest"] == second[task]["digest"]
    assert third["det"]["digest"] != first["det"]["digest"]
    assert third["rec"]["digest"] == first["rec"]["digest"]


def test_identical_pages_and_documents_never_straddle_splits(
    pages: Path, target: Path, make_dataset: MakeDataset
) -> None:
    for number in range(5):
        copy = pages / f"copy{number}.png"
        copy.write_bytes((pages / f"page{number}.png").read_bytes())
        add_lines(pages, f"pages/{copy.name}\t[]")
        (pages / f"page{number + 5}.png").rename(pages / f"doc{number % 2}_{number}.png")
    labels = (pages / "Label.txt").read_text()
    for number in range(5):
        labels = labels.replace(f"page{number + 5}.png", f"doc{number % 2}_{number}.png")
    (pages / "Label.txt").write_text(labels)
    prepare_dataset(make_dataset(raw=str(pages), group_pattern=r"^(doc\d)_"), 0, target)
    homes: dict[str, set[str]] = {}
    for split in SPLITS:
        for path in PreparedDet(target / "det").image_folder(split).iterdir():
            document = (
                path.name[:4] if path.name.startswith("doc") else path.name.removeprefix("copy").removeprefix("page")
            )
            homes.setdefault(document, set()).add(split)
    assert len(homes) == 5 + 2
    assert max(map(len, homes.values())) == 1


def test_pages_of_one_name_from_two_folders_are_both_kept(
    tmp_path: Path, target: Path, make_dataset: MakeDataset, page_png: Callable[[int], bytes]
) -> None:
    box = '[{"transcription": "A", "points": [[5, 5], [45, 5], [45, 15], [5, 15]]}]'
    labels = []
    for number in range(12):
        image = tmp_path / "raw" / f"scan{number}" / ("p.png" if number % 2 else "P.png")
        image.parent.mkdir(parents=True)
        image.write_bytes(page_png(number))
        labels.append(f"scan{number}/{image.name}\t{box}\n")
    (tmp_path / "raw" / "train_label.txt").write_text("".join(labels), encoding="utf-8")
    prepare_dataset(make_dataset(raw=str(tmp_path / "raw"), format="paddleocr_det"), 0, target)
    det, rec = PreparedDet(target / "det"), PreparedRec(target / "rec")
    written = [line.image for split in SPLITS for line in read_pages(det.label_file(split))]
    assert {(det.folder / image).read_bytes() for image in written} == {page_png(number) for number in range(12)}
    assert len({image.lower() for image in written}) == 12
    assert len({line.image.lower() for split in SPLITS for line in read_labels(rec.label_file(split))}) == 12


def test_problems_are_left_out_and_counted_for_the_task_they_concern(
    pages: Path, target: Path, make_dataset: MakeDataset, caplog: pytest.LogCaptureFixture
) -> None:
    (pages / "page0.png").write_bytes(b"broken")
    bad = {"transcription": "A", "points": [[500, 5], [545, 5], [545, 15], [500, 15]]}

    def change(name: str, boxes: list[dict[str, object]]) -> None:
        boxes += {"page1": [bad], "page2": [bad | {"points": [[5, 5]]}]}.get(name, [])
        boxes[0] |= {"page3": {"transcription": "A\nB"}, "page4": {"difficult": True}}.get(name, {})

    change_boxes(pages, change)
    add_lines(pages, "pages/page5.png\t[", "pages/page6.png\t[]", "pages/gone.png\t[]")
    dataset = make_dataset(raw=str(pages), on_error=OnError.drop, difficult=Difficult.ignore, max_dropped=0.3)
    with caplog.at_level(logging.WARNING):
        stats = prepare_dataset(dataset, 0, target)
    dropped = {
        "bad_json": 1,
        "conflicting_label": 1,
        "few_points": 1,
        "image_corrupt": 1,
        "image_missing": 1,
        "outside_image": 1,
    }
    assert stats["det"]["dropped"] == dropped
    assert stats["rec"]["dropped"] == dropped | {"difficult": 1, "line_break": 1, "not_labelled": 9}
    assert sum(stats["det"]["num_pages"].values()) == 9
    assert sum(stats["rec"]["num_samples"].values()) == 7
    assert (stats["det"]["num_ignored"], stats["det"]["num_difficult"]) == (10, 1)
    assert caplog.messages[0].startswith("tiny: lines left out: ")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("pages/page1.png", r"Label\.txt:11: no tab"),
        ("pages/page1.png\t[", r"Label\.txt:11: no JSON after the image"),
        ("pages/gone.png\t[]", r"Label\.txt:11: image 'pages/gone\.png' is missing"),
        ("pages/../../x.png\t[]", r"Label\.txt:11: 'pages/\.\./\.\./x\.png' leaves the data folder"),
        ("pages/page1.png\t[]", r"Label\.txt:11: page1\.png has 0 boxes here and 2, not the same, in .*Label\.txt:2\."),
        ('pages/extra.png\t[{"transcription": "A", "points": [[1, 1], [9, 9], [9, 1], [1, 9]]}]', r"crosses itself"),
        ('pages/extra.png\t[{"transcription": "A", "points": [[70, 1], [90, 1], [90, 9], [70, 9]]}]', r"60 x 40 px"),
        ('pages/extra.png\t[{"transcription": "A", "points": [[1, 1], [9, 1], [9, NaN]]}]', r"no point \[x, y\]"),
        ('pages/extra.png\t[{"transcription": "A", "points": [[1, 1], [9, 1], [9, 9]]}]', r"box 1 has 3 points"),
        (
            'pages/extra.png\t[{"transcription": "A", "points": [[1, 1], [1, 1], [1, 1], [1, 1]]}]',
            r"thinner than a pix",
        ),
    ],
)
def test_one_bad_line_stops_the_preparation_and_leaves_the_earlier_one(
    pages: Path,
    target: Path,
    make_dataset: MakeDataset,
    page_png: Callable[[int], bytes],
    line: str,
    message: str,
) -> None:
    prepare_dataset(make_dataset(raw=str(pages)), 0, target)
    before = sha256_folder(target)
    (pages / "extra.png").write_bytes(page_png(99))
    add_lines(pages, line)
    with pytest.raises(DatasetError, match=rf"{message}.*Unusable in all: 1 \w+; dataset\.on_error=drop") as refusal:
        prepare_dataset(make_dataset(raw=str(pages)), 0, target)
    assert "\n" not in str(refusal.value)
    assert sha256_folder(target) == before
    assert sorted(path.name for path in target.parent.iterdir()) == ["tiny", "tiny.lint"]


def test_a_crop_outside_a_given_dictionary_is_named_by_its_box(
    pages: Path, target: Path, tmp_path: Path, make_dataset: MakeDataset
) -> None:
    (tmp_path / "dict.txt").write_text("A\n0\n1\n2\n3\n4\n5\n6\n7\n8\n", encoding="utf-8")
    dictionary = str(tmp_path / "dict.txt")
    with pytest.raises(
        DatasetError, match=r"Label\.txt:10, box 1: 'A9' has '9' \(U\+0039\), which dataset\.dictionary"
    ):
        prepare_dataset(make_dataset(raw=str(pages), dictionary=dictionary), 0, target)
    dataset = make_dataset(raw=str(pages), dictionary=dictionary, on_error=OnError.drop)
    stats = prepare_dataset(dataset, 0, target)
    assert stats["rec"]["dropped"] == {"not_labelled": 10, "outside_dictionary": 1}
    assert (stats["det"]["dropped"], sum(stats["det"]["num_pages"].values())) == ({}, 10)


def test_boxes_without_readable_text_make_data_for_detection_only(
    pages: Path, target: Path, make_dataset: MakeDataset
) -> None:
    prepare_dataset(make_dataset(raw=str(pages)), 0, target)
    change_boxes(pages, lambda name, boxes: boxes[0].update(transcription=""))
    stats = prepare_dataset(make_dataset(raw=str(pages)), 0, target)
    assert list(stats) == ["det"]
    # What an earlier preparation left for the other task does not fit any more.
    assert not (target / "rec").exists()
    with pytest.raises(DatasetError, match=r"prepared for det and has nothing for rec"):
        PreparedRec(target / "rec").stats()


def test_a_split_without_readable_text_is_said(
    pages: Path, target: Path, make_dataset: MakeDataset, caplog: pytest.LogCaptureFixture
) -> None:
    change_boxes(pages, lambda name, boxes: boxes[0].update(transcription="A" if name == "page0" else ""))
    with caplog.at_level(logging.WARNING):
        stats = prepare_dataset(make_dataset(raw=str(pages)), 0, target)
    assert list(stats) == ["det"]
    assert caplog.messages == ["tiny: nothing for rec, because train and val would be empty. Label more."]


def test_pages_without_any_box_are_refused(pages: Path, target: Path, make_dataset: MakeDataset) -> None:
    change_boxes(pages, lambda name, boxes: boxes.clear())
    with pytest.raises(DatasetError, match=r"tiny: neither boxes nor readable texts are in all of train, val, test"):
        prepare_dataset(make_dataset(raw=str(pages)), 0, target)
    assert not target.exists()


def test_a_project_of_which_nothing_is_confirmed_says_so(pages: Path, target: Path, make_dataset: MakeDataset) -> None:
    (pages / "fileState.txt").touch()
    with pytest.raises(
        DatasetError, match=r"nothing of tiny is usable; left out: not_confirmed 10\. Check dataset\.raw"
    ):
        prepare_dataset(make_dataset(raw=str(pages)), 0, target)


def test_boxes_and_exported_crops_of_one_folder_can_be_taken_together(
    pages: Path, target: Path, make_dataset: MakeDataset, png: Callable[[int], bytes]
) -> None:
    (pages / "crop_img").mkdir()
    labels = []
    for number in range(20):
        (pages / f"crop_img/old{number}_crop_0.png").write_bytes(png(number))
        labels.append(f"crop_img/old{number}_crop_0.png\tB{number}\n")
    (pages / "rec_gt.txt").write_text("".join(labels), encoding="utf-8")
    dataset = make_dataset(raw=str(pages), label_files=["Label.txt", "rec_gt.txt"])
    stats = prepare_dataset(dataset, 0, target)
    assert sum(stats["det"]["num_pages"].values()) == 10
    assert sum(stats["rec"]["num_samples"].values()) == 30


def test_a_folder_that_paddock_did_not_make_is_not_replaced(
    pages: Path, target: Path, make_dataset: MakeDataset
) -> None:
    prepare_dataset(make_dataset(raw=str(pages)), 0, target)
    (target / "thesis.doc").touch()
    with pytest.raises(DatasetError, match=r"thesis\.doc holds what paddock did not make"):
        prepare_dataset(make_dataset(raw=str(pages)), 0, target)


def test_non_ascii_names_are_kept(pages: Path, target: Path, make_dataset: MakeDataset) -> None:
    for number in range(10):
        (pages / f"page{number}.png").rename(pages / f"页{number}.png")
    content = (pages / "Label.txt").read_text(encoding="utf-8").replace("pages/page", "pages/页")
    (pages / "Label.txt").write_text(content, encoding="utf-8")
    prepare_dataset(make_dataset(raw=str(pages)), 0, target)
    (line, *_) = read_labels(PreparedRec(target / "rec").label_file("test"))
    assert Path(line.image).name.startswith("页")
    assert (target / "rec" / line.image).is_file()
