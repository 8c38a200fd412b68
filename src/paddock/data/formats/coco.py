"""COCO: one JSON file with ``images``, ``annotations`` and ``categories`` (Lin et al., arXiv:1405.0312).

The text of a box is ``utf8_string``, as COCO-Text and TextOCR have it, or ``transcription`` or ``text``.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from paddock.config.schema import DatasetConfig, OnError
from paddock.core.errors import DatasetError
from paddock.data.find_image import ImageFinder
from paddock.data.formats.target import Target, by_list
from paddock.data.grouping import group_of
from paddock.data.label_json import read_label_json
from paddock.data.label_lines import is_writable
from paddock.data.page_lines import MIN_POINTS, checked_points, number_pair, plain_number
from paddock.data.picture import picture_size
from paddock.data.raw_data import RawData
from paddock.data.samples import PageSample, Points, Problem, Region

PATTERNS = ("instances*.json", "*coco*.json", "annotations/instances*.json", "annotations/*coco*.json", "*/*coco*.json")
"""Names under which tools export it."""
_CATEGORY = "text"
_TEXT_KEYS = ("utf8_string", "transcription", "text")
_UNREADABLE = "###"

Item = Mapping[str, Any]


@dataclass
class _Labels:
    """One file, sorted by image."""

    images: list[tuple[Item, str]] = field(default_factory=list)
    """With the origin: the file and the place in ``images``, counted from 1."""
    annotations: defaultdict[object, list[Item]] = field(default_factory=lambda: defaultdict(list))
    """By id of their image, those of texts."""
    problems: list[Problem] = field(default_factory=list)


def read_coco(raw: Path, dataset: DatasetConfig) -> RawData:
    """Read ``dataset.label_files``, or the files of `PATTERNS`; an image without annotation is a page without text.

    Boxes count whose category is called ``text``, or all where there is one category only. Images are looked for beside
    the label file, in ``raw``, in ``images/``, and in the folder that the label file is named after (``train2017/`` for
    ``instances_train2017.json``).

    Raises:
        DatasetError: a label file is missing, or there is none.
        ConfigError: ``dataset.group_pattern`` cannot be used.
    """
    found, group = RawData(), group_of(dataset.group_pattern, raw)
    for path in _label_files(raw, dataset.label_files):
        part = path.stem.rpartition("_")[2]
        folders = (path.parent, raw, raw / "images", path.parent / part, raw / part)
        images = ImageFinder(list(dict.fromkeys(folders)), repair=dataset.on_error is not OnError.drop)
        found.label_files.append(path)
        labels = _labels(path)
        found.problems += labels.problems
        for item, origin in labels.images:
            image, faults = images.find(item["file_name"], origin)
            found.problems += faults
            if image is None:
                continue
            entries = [
                entry
                for number, annotation in enumerate(labels.annotations[item["id"]], start=1)
                for entry in _entries(annotation, f"box {number}", origin)
            ]
            regions = tuple(entry for entry in entries if isinstance(entry, Region))
            found.problems += [replace(entry, images=(image,)) for entry in entries if isinstance(entry, Problem)]
            if regions or not entries:
                found.pages.append(PageSample(image, regions, group(image), origin))
        found.named |= images.named
    return found


def write_coco(data: RawData, target: Target) -> None:
    """Write ``instances_<split>.json``, or ``instances_all.json``; pictures keep their folders.

    What COCO has no word for stands in keys of its own, which other tools pass over: ``utf8_string``, ``difficult``.
    """
    for name, pages in by_list(data.pages).items():
        images: list[Item] = []
        annotations: list[Item] = []
        for number, page in enumerate(pages, start=1):
            size = picture_size(page.image, page.origin)
            if isinstance(size, Problem):
                raise DatasetError(str(size))
            file_name = str(target.place(page.image, target.relative(page.image)))
            images.append({"id": number, "file_name": file_name, "width": size[0], "height": size[1]})
            for region in page.regions:
                annotations.append({"id": len(annotations) + 1, "image_id": number, "category_id": 1, **_shape(region)})
        categories = [{"id": 1, "name": _CATEGORY}]
        content = {"images": images, "annotations": annotations, "categories": categories}
        target.write(f"instances_{name}.json", json.dumps(content, ensure_ascii=False) + "\n")


def _shape(region: Region) -> Item:
    x, y = zip(*region.points, strict=True)
    left, top, width, height = min(x), min(y), max(x) - min(x), max(y) - min(y)
    twice_area = sum(
        x0 * y1 - x1 * y0
        for (x0, y0), (x1, y1) in zip(region.points, (*region.points[1:], region.points[0]), strict=True)
    )
    return {
        "bbox": [plain_number(number) for number in (left, top, width, height)],
        "area": plain_number(abs(twice_area) / 2),
        "iscrowd": int(region.is_ignored),
        "segmentation": [[plain_number(number) for point in region.points for number in point]],
        "utf8_string": region.text,
        "difficult": region.difficult,
    }


def _label_files(raw: Path, names: list[str]) -> list[Path]:
    paths = [raw / name for name in names] or sorted({path for pattern in PATTERNS for path in raw.glob(pattern)})
    if not paths:
        raise DatasetError(f"no label file {PATTERNS[0]} in {raw}. Name the files in dataset.label_files.")
    return paths


def _labels(path: Path) -> _Labels:
    """Sort one file; what is no image and no annotation is a problem ``bad_json``.

    Raises:
        DatasetError: the file is missing.
    """
    labels, content = _Labels(), read_label_json(path)
    if isinstance(content, Problem):
        labels.problems.append(content)
        return labels
    parts = [content.get(key) if isinstance(content, dict) else None for key in ("images", "annotations", "categories")]
    if not all(isinstance(part, list) for part in parts):
        message = "the file has no lists 'images', 'annotations' and 'categories'. Export it again."
        labels.problems.append(Problem("bad_json", str(path), message))
        return labels
    images, annotations, categories = (part or [] for part in parts)
    ids: set[object] = set()
    for number, item in enumerate(images, start=1):
        origin = f"{path}:{number}"
        if not isinstance(item, dict) or not isinstance(item.get("file_name"), str) or not _is_id(item.get("id")):
            message = "the image has no 'file_name' and 'id'. Export the file again."
            labels.problems.append(Problem("bad_json", origin, message))
        elif item["id"] in ids:
            message = f"the image has the id {item['id']!r} of another one. Export the file again."
            labels.problems.append(Problem("bad_json", origin, message))
        else:
            ids.add(item["id"])
            labels.images.append((item, origin))
    _sort(annotations, ids, categories, labels, path)
    return labels


def _sort(annotations: list[Any], ids: set[object], categories: list[Any], labels: _Labels, path: Path) -> None:
    """Put ``annotations`` to their images, and count those of other things than texts."""
    sound = [item for item in categories if isinstance(item, dict) and _is_id(item.get("id"))]
    named = {item["id"]: str(item.get("name")) for item in sound}
    texts = {key for key, name in named.items() if name.lower() == _CATEGORY or len(named) == 1}
    num_others = 0
    for number, item in enumerate(annotations, start=1):
        image_id = item.get("image_id") if isinstance(item, dict) else None
        if not _is_id(image_id) or not _is_id(item.get("category_id")):
            message = f"annotation {number} has no 'image_id' and 'category_id'. Export the file again."
            labels.problems.append(Problem("bad_json", str(path), message))
        elif item["category_id"] not in texts:
            num_others += 1
        elif image_id not in ids:
            message = f"annotation {number} is of the image {image_id!r}, which 'images' has not. Restore it there."
            labels.problems.append(Problem("image_missing", str(path), message))
        else:
            labels.annotations[image_id].append(item)
    if num_others:
        shown = ", ".join(repr(name[:40]) for name in list(named.values())[:10])
        message = f"{num_others} annotations are of other categories than {_CATEGORY!r}, of {shown}."
        labels.problems.append(Problem("other_category", str(path), message))


def _entries(item: Item, name: str, origin: str) -> Iterator[Region | Problem]:
    """The region, or the problem ``bad_points`` or ``bad_json``; a note ``not_read`` on a mask of another kind."""
    text = _text(item)
    if not is_writable(text):
        yield Problem("bad_json", origin, f"{name} has half a character in its text. Write it again.")
        return
    masks = item.get("segmentation")
    points = _polygon(masks)
    if points is None:
        if masks:
            yield Problem("not_read", origin, f"the mask of {name} is no polygon in one piece; its bbox is read.")
        points = _rectangle(item.get("bbox"))
    if points is None:
        shown = str(item.get("bbox"))[:40]
        yield Problem("bad_points", origin, f"{name}: {shown!r} is no bbox [x, y, width, height]. Draw the box again.")
        return
    yield Region(text, points, difficult=item.get("difficult") is True)


def _text(item: Item) -> str:
    """What is written there; what COCO calls a crowd and says no text of cannot be read."""
    attributes = item.get("attributes")  # as CVAT exports them
    for place in (item, attributes if isinstance(attributes, dict) else {}):
        for key in _TEXT_KEYS:
            if isinstance(place.get(key), str):
                return str(place[key])
    return _UNREADABLE if item.get("iscrowd") == 1 else ""


def _polygon(masks: object) -> Points | None:
    numbers = masks[0] if isinstance(masks, list) and len(masks) == 1 else None
    if not isinstance(numbers, list) or len(numbers) < 2 * MIN_POINTS or len(numbers) % 2:
        return None
    points = checked_points(list(zip(numbers[::2], numbers[1::2], strict=True)), "", "")
    return None if isinstance(points, Problem) else points


def _rectangle(box: object) -> Points | None:
    if not isinstance(box, list):
        return None
    corner, size = number_pair(box[:2]), number_pair(box[2:])
    if corner is None or size is None:
        return None
    (left, top), (right, bottom) = corner, (corner[0] + size[0], corner[1] + size[1])
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def _is_id(value: object) -> bool:
    return isinstance(value, int | str)
