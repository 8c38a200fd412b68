"""ICDAR 2015 text localisation: ``gt_<image>.txt`` for each image, a box a line."""

from pathlib import Path

from paddock.config.schema import DatasetConfig
from paddock.core.errors import DatasetError
from paddock.data.find_image import images_by_stem
from paddock.data.formats.target import Target
from paddock.data.grouping import group_of
from paddock.data.quad_lines import read_quads, write_quads
from paddock.data.raw_data import RawData

_PREFIX = "gt_"


def read_icdar2015(raw: Path, dataset: DatasetConfig) -> RawData:
    """Read ``dataset.label_files``, or every ``gt_*.txt`` below ``raw``.

    The image of ``gt_img_1.txt`` is ``img_1`` with any suffix, in the same folder or anywhere below ``raw``.

    Raises:
        DatasetError: a label file is missing, or there is none.
        ConfigError: ``dataset.group_pattern`` cannot be used.
    """
    group = group_of(dataset.group_pattern, raw)
    paths = [raw / name for name in dataset.label_files] or sorted(raw.rglob(f"{_PREFIX}*.txt"))
    if not paths:
        raise DatasetError(f"no label file {_PREFIX}*.txt below {raw}. Check dataset.raw and dataset.format.")
    return read_quads({path: path.stem.removeprefix(_PREFIX) for path in paths}, images_by_stem(raw), group)


def write_icdar2015(data: RawData, target: Target) -> None:
    """Write ``gt_<image>.txt`` beside each page; pictures keep their folders."""
    target.lose_lists(data.pages)
    for page in data.pages:
        image = target.place(page.image, target.relative(page.image), by_stem=True)
        write_quads(page, image.with_name(f"{_PREFIX}{image.stem}.txt"), target)
