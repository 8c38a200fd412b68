"""PaddleOCR's own recognition label files, as its tutorials lay them out."""

import json
from collections.abc import Iterator
from pathlib import Path

from paddock.config.schema import DatasetConfig
from paddock.core.errors import DatasetError
from paddock.data.find_image import find_image
from paddock.data.grouping import group_of
from paddock.data.label_lines import LabelLine, parse_lines
from paddock.data.raw_data import RawData
from paddock.data.samples import Problem, RecSample

NOT_LABELLED = frozenset({"###"})


def read_paddleocr_rec(raw: Path, dataset: DatasetConfig) -> RawData:
    """Read ``dataset.label_files``, or every ``rec_gt*.txt`` in ``raw``.

    Images are looked for beside the label file, in ``raw``, and in the folder that the label file is named after
    (``train/`` for ``rec_gt_train.txt``). A line with a JSON list of images gives one sample an image.

    Raises:
        DatasetError: a label file is missing, or there is none.
        ConfigError: ``dataset.group_pattern`` cannot be used.
    """
    found, group = RawData(), group_of(dataset.group_pattern, raw)
    for path in _label_files(raw, dataset.label_files):
        part = path.stem.rsplit("_", 1)[-1]
        folders = list(dict.fromkeys((path.parent, raw, path.parent / part, raw / part)))
        for line in parse_lines(path):
            if isinstance(line, Problem):
                found.problems.append(line)
            elif line.text in NOT_LABELLED:
                found.ignored["not_labelled"] += 1
            else:
                for name in _image_names(line):
                    image = find_image(name, folders, line.origin)
                    if isinstance(image, Problem):
                        found.problems.append(image)
                    else:
                        found.crops.append(RecSample(image, line.text, group(image), line.origin))
    return found


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
    except ValueError:
        names = line.image
    if isinstance(names, list):
        yield from map(str, names)
    else:
        yield line.image
