from pathlib import Path

import pytest

from paddock.core.errors import DatasetError
from paddock.data.formats import FORMATS
from paddock.data.formats.guess import guess_format


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Label.txt", "fileState.txt", "rec_gt.txt"], "ppocrlabel"),
        (["label.TXT"], "ppocrlabel"),
        (["rec_gt.txt"], "ppocrlabel"),
        (["Label.txt", "gt.txt"], "ppocrlabel_table"),
        (["1/gt.txt", "2/gt.txt"], "ppocrlabel_table"),
        (["train.jsonl", "train/a.png"], "pubtabnet"),
        (["box/000.csv", "img/000.jpg"], "sroie"),
        (["train_label.txt", "test_label.txt"], "paddleocr_det"),
        (["rec_gt_train.txt"], "paddleocr_rec"),
        (["a/label.txt", "b/Label.txt"], "ppocrlabel"),
        (["Label.txt", "old/gt.txt"], "ppocrlabel"),
        (["instances_train.json", "a.png"], "coco"),
        (["annotations/instances_val2017.json"], "coco"),
        (["train/_annotations.coco.json"], "coco"),
        (["training_data/annotations/a.json"], "funsd"),
        (["train/data.mdb"], "lmdb"),
        (["train_gt.txt"], "icdar2015_rec"),
        (["gt_img_1.txt"], "icdar2015"),
        (["train/gt_img_1.txt"], "icdar2015"),
    ],
)
def test_a_format_is_told_by_the_names_of_its_files(tmp_path: Path, names: list[str], expected: str) -> None:
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert guess_format(tmp_path) == expected
    assert expected in FORMATS


def test_records_of_tables_are_told_from_words_by_their_content(tmp_path: Path) -> None:
    (tmp_path / "gt.txt").write_text('\ufeffword_1.png, "EXIT"\n')
    assert guess_format(tmp_path) == "icdar2015_rec"
    (tmp_path / "gt.txt").write_text('{"filename": "a.png"}\n')
    assert guess_format(tmp_path) == "ppocrlabel_table"


def test_a_folder_of_which_nothing_is_known_is_refused(tmp_path: Path) -> None:
    (tmp_path / "labels.xml").touch()
    with pytest.raises(DatasetError, match=r"no label file is in .* \(looked for Label\.txt, .*Say which format"):
        guess_format(tmp_path)
    with pytest.raises(DatasetError, match=r"raw folder .*nowhere is missing\. Check the path\."):
        guess_format(tmp_path / "nowhere")
