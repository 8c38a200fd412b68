import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from paddock.config.schema import DatasetConfig
from paddock.core.errors import DatasetError
from paddock.data.formats.coco import read_coco
from paddock.data.raw_data import RawData
from paddock.data.samples import Region

MakeDataset = Callable[..., DatasetConfig]

BOX = ((1, 2), (9, 2), (9, 6), (1, 6))


def read(raw: Path, make_dataset: MakeDataset, *annotations: Any, categories: list[str] | None = None) -> RawData:
    """Read a file with two images, the second of which nobody annotated."""
    raw.mkdir(exist_ok=True)
    for name in ("a.png", "b.png"):
        (raw / name).touch()
    content = {
        "images": [{"id": 7, "file_name": "a.png"}, {"id": 8, "file_name": "b.png"}],
        "annotations": [{"image_id": 7, "category_id": 1, "bbox": [1, 2, 8, 4]} | one for one in annotations],
        "categories": [{"id": number, "name": name} for number, name in enumerate(categories or ["Text"], start=1)],
    }
    (raw / "instances_train.json").write_text(json.dumps(content))
    return read_coco(raw, make_dataset())


@pytest.mark.parametrize(
    ("annotation", "region"),
    [
        ({"utf8_string": "A1"}, Region("A1", BOX)),
        ({"transcription": "A1", "difficult": True}, Region("A1", BOX, difficult=True)),
        ({"attributes": {"text": "A1"}}, Region("A1", BOX)),
        ({"utf8_string": 5}, Region("", BOX)),
        ({"iscrowd": 1}, Region("###", BOX)),
        ({"segmentation": [[0, 0, 5, 1, 9, 0, 9, 5, 0, 5]]}, Region("", ((0, 0), (5, 1), (9, 0), (9, 5), (0, 5)))),
        ({"segmentation": []}, Region("", BOX)),
    ],
)
def test_texts_and_polygons_are_read(
    annotation: Any, region: Region, tmp_path: Path, make_dataset: MakeDataset
) -> None:
    raw = read(tmp_path / "raw", make_dataset, annotation)
    assert [page.regions for page in raw.pages] == [(region,), ()]
    assert raw.pages[0].origin == f"{tmp_path / 'raw/instances_train.json'}:1"
    assert raw.problems == []


@pytest.mark.parametrize(
    "mask", [[[1, 2, 3, 4, 5, 6]], [[1, 2, 3, 4, 5, 6, 7, 8]] * 2, {"counts": "abc", "size": [1, 2]}, [["a"] * 8]]
)
def test_other_masks_are_told_and_the_box_is_read(mask: Any, tmp_path: Path, make_dataset: MakeDataset) -> None:
    raw = read(tmp_path / "raw", make_dataset, {"segmentation": mask})
    assert raw.pages[0].regions == (Region("", BOX),)
    assert [problem.message for problem in raw.problems] == [
        "the mask of box 1 is no polygon in one piece; its bbox is read."
    ]


@pytest.mark.parametrize(
    ("annotation", "code"),
    [
        ({"bbox": [1, 2, 3]}, "bad_points"),
        ({"bbox": [1, 2, 3, "4"]}, "bad_points"),
        ({"bbox": None}, "bad_points"),
        ({"image_id": 9}, "image_missing"),
        ({"image_id": [7]}, "bad_json"),
        ({"category_id": None}, "bad_json"),
        ({"utf8_string": "\ud83d"}, "bad_json"),
    ],
)
def test_what_cannot_be_used_is_a_problem(
    annotation: Any, code: str, tmp_path: Path, make_dataset: MakeDataset
) -> None:
    raw = read(tmp_path / "raw", make_dataset, annotation)
    assert [problem.code for problem in raw.problems] == [code]
    assert not any(page.regions for page in raw.pages)


def test_of_several_categories_the_texts_are_read(tmp_path: Path, make_dataset: MakeDataset) -> None:
    annotations = [{"category_id": 1}, {"category_id": 2, "utf8_string": "A1"}]
    raw = read(tmp_path / "raw", make_dataset, *annotations, categories=["figure", "TEXT"])
    assert raw.pages[0].regions == (Region("A1", BOX),)
    assert [problem.message for problem in raw.problems] == [
        "1 annotations are of other categories than 'text', of 'figure', 'TEXT'."
    ]
    assert read(tmp_path / "raw", make_dataset, *annotations, categories=["word", "line"]).pages[0].regions == ()
    assert len(read(tmp_path / "raw", make_dataset, {}, categories=["word"]).pages[0].regions) == 1


def test_images_are_found_where_tools_put_them(tmp_path: Path, make_dataset: MakeDataset) -> None:
    content = {"images": [], "annotations": [], "categories": []}
    for number, place in enumerate(["train2017/0.png", "images/1.png", "annotations/2.png"]):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).touch()
        content["images"].append({"id": number, "file_name": Path(place).name})
    (tmp_path / "annotations/instances_train2017.json").write_text(json.dumps(content))
    raw = read_coco(tmp_path, make_dataset())
    assert ([page.image.name for page in raw.pages], raw.problems) == (["0.png", "1.png", "2.png"], [])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "the file is no JSON: "),
        (b"\xff{}", "the file is not UTF-8."),
        (b'{"images": []}', "the file has no lists 'images', 'annotations' and 'categories'."),
        (b"[" * 100_000, "the file is no JSON: "),
    ],
)
def test_a_file_of_another_kind_is_a_problem(
    content: bytes, message: str, tmp_path: Path, make_dataset: MakeDataset
) -> None:
    (tmp_path / "my_coco.json").write_bytes(content)
    (problem,) = read_coco(tmp_path, make_dataset()).problems
    assert problem.message.startswith(message)


def test_a_folder_without_labels_is_refused(tmp_path: Path, make_dataset: MakeDataset) -> None:
    with pytest.raises(DatasetError, match=r"no label file instances\*\.json in .*Name the files"):
        read_coco(tmp_path, make_dataset())
