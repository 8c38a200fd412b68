"""ICDAR 2015 word recognition: crops, and a ``gt.txt`` with ``word_1.png, "text"`` a line."""

import re
from collections.abc import Callable
from pathlib import Path

from paddock.config.schema import DatasetConfig, OnError
from paddock.core.errors import DatasetError
from paddock.data.crop_label import labelled_crop
from paddock.data.find_image import ImageFinder
from paddock.data.formats.target import UNDIVIDED, Target, by_list
from paddock.data.grouping import group_of
from paddock.data.label_lines import TextLine, text_lines
from paddock.data.raw_data import RawData
from paddock.data.samples import Problem, RecSample

_LABELS = "gt.txt"
_LINE = re.compile(r'(?P<image>.+?)\s*,\s*(?:"(?P<quoted>.*)"\s*|(?P<plain>[^"]*))', re.DOTALL)


def read_icdar2015_rec(raw: Path, dataset: DatasetConfig) -> RawData:
    r"""Read ``dataset.label_files``, or ``gt.txt`` and every ``*_gt.txt`` in ``raw``.

    A quotation mark within the text is ``\"``, or ``""`` as in CSV. Images lie beside the label file or in ``raw``.

    Raises:
        DatasetError: a label file is missing, or there is none.
        ConfigError: ``dataset.group_pattern`` cannot be used.
    """
    found, group = RawData(), group_of(dataset.group_pattern, raw)
    for path in _label_files(raw, dataset.label_files):
        images = ImageFinder(list(dict.fromkeys((path.parent, raw))), repair=dataset.on_error is not OnError.drop)
        found.label_files.append(path)
        for line in text_lines(path):
            crop, problems = (None, [line]) if isinstance(line, Problem) else _crop(line, images, group)
            found.problems += problems
            if crop:
                found.add_crop(crop)
        found.named |= images.named
    return found


def write_icdar2015_rec(data: RawData, target: Target) -> None:
    """Write ``gt.txt``, or ``<split>_gt.txt`` for each list; crops keep their folders."""
    for name, crops in by_list(data.crops).items():
        lines = []
        for crop in crops:
            image = target.place(crop.image, target.relative(crop.image))
            quoted = crop.text.replace('"', '\\"')
            lines.append(f'{image}, "{quoted}"\n')
        target.write(_LABELS if name == UNDIVIDED else f"{name}_{_LABELS}", "".join(lines))


def _crop(line: TextLine, images: ImageFinder, group: Callable[[Path], str]) -> tuple[RecSample | None, list[Problem]]:
    match = _LINE.fullmatch(line.text)
    if match is None:
        message = f'no IMAGE, "TEXT" in {line.text[:60]!r}. Write both, with quotation marks around the text.'
        return None, [Problem("few_fields", line.origin, message)]
    image, faults = images.find(match["image"].strip(), line.origin)
    if image is None:
        return None, faults
    crop, problems = labelled_crop(image, _unquoted(match), line.origin, group(image))
    return crop, [*problems, *faults]


def _unquoted(match: re.Match[str]) -> str:
    if match["quoted"] is None:
        return match["plain"]
    inner = match["quoted"]
    return inner.replace('\\"', '"') if '\\"' in inner else inner.replace('""', '"')


def _label_files(raw: Path, names: list[str]) -> list[Path]:
    paths = [raw / name for name in names] or sorted({*raw.glob(_LABELS), *raw.glob(f"*_{_LABELS}")})
    if not paths:
        raise DatasetError(f"no label file {_LABELS} in {raw}. Name the files in dataset.label_files.")
    return paths
