"""PaddleOCR's own recognition label files, as its tutorials lay them out."""

import json
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

from paddock.config.schema import DatasetConfig, OnError
from paddock.core.errors import DatasetError
from paddock.data.find_image import ImageFinder
from paddock.data.formats.target import UNDIVIDED, Target, by_list
from paddock.data.grouping import group_of
from paddock.data.label_lines import LabelLine, parse_lines
from paddock.data.raw_data import RawData
from paddock.data.samples import Problem, RecSample, unread

NOT_LABELLED = "###"


def read_paddleocr_rec(raw: Path, dataset: DatasetConfig) -> RawData:
    """Read ``dataset.label_files``, or every ``rec_gt*.txt`` in ``raw``.

    Images are looked for beside the label file, in ``raw``, and in the folder that the label file is named after
    (``train/`` for ``rec_gt_train.txt``). A line with a JSON list of images gives one sample an image.

    Raises:
        DatasetError: a label file is missing, or there is none.
        ConfigError: ``dataset.group_pattern`` cannot be used.
    """
    found, group = RawData(), group_of(dataset.group_pattern, raw)
    repair = dataset.on_error is not OnError.drop
    for path in _label_files(raw, dataset.label_files):
        part = path.stem.rsplit("_", 1)[-1]
        images = ImageFinder(list(dict.fromkeys((path.parent, raw, path.parent / part, raw / part))), repair=repair)
        found.label_files.append(path)
        for line in parse_lines(path, repair=repair):
            if isinstance(line, Problem):
                found.problems.append(line)
            else:
                _add_crops(found, line, images, group)
        found.named |= images.named
    return found


def write_paddleocr_rec(data: RawData, target: Target) -> None:
    """Write crops as ``rec_gt_<split>.txt``, or ``rec_gt.txt``; crops of one line stay one line."""
    for name, crops in by_list(data.crops).items():
        lines = []
        for _, line in groupby(crops, key=lambda crop: (crop.origin, crop.text)):
            together = list(line)
            images = [str(target.place(crop.image, target.relative(crop.image))) for crop in together]
            # PaddleOCR takes a name that begins with [ for a list.
            listed = len(images) > 1 or images[0].startswith("[")
            named = json.dumps(images, ensure_ascii=False) if listed else images[0]
            lines.append(f"{named}\t{together[0].text}\n")
        target.write("rec_gt.txt" if name == UNDIVIDED else f"rec_gt_{name}.txt", "".join(lines))


def _add_crops(found: RawData, line: LabelLine, images: ImageFinder, group: Callable[[Path], str]) -> None:
    found.problems += line.mended
    for name in _image_names(line):
        image, faults = images.find(name, line.origin)
        if line.text == NOT_LABELLED:
            found.problems.append(unread(line.text, line.origin, image))
        else:
            found.problems += faults
            if image:
                found.add_crop(RecSample(image, line.text, group(image), line.origin))


def _label_files(raw: Path, names: list[str]) -> list[Path]:
    if names:
        return [raw / name for name in names]
    paths = sorted(raw.glob("rec_gt*.txt"))
    if not paths:
        raise DatasetError(f"no label file rec_gt*.txt in {raw}. Name the files in dataset.label_files.")
    return paths


def _image_names(line: LabelLine) -> Iterator[str]:
    """The images of a line; PaddleOCR takes a name that begins with ``[`` for a list only if it parses as one."""
    try:
        names = json.loads(line.image) if line.image.startswith("[") else line.image
    except (ValueError, RecursionError):
        names = line.image
    if isinstance(names, list):
        yield from map(str, names)
    else:
        yield line.image
