"""SROIE receipts: ``box/<image>.csv`` for each image in ``img/``, a text line a line."""

from pathlib import Path, PurePosixPath

from paddock.config.schema import DatasetConfig
from paddock.core.errors import DatasetError
from paddock.data.find_image import images_by_stem
from paddock.data.formats.target import Target
from paddock.data.grouping import group_of
from paddock.data.quad_lines import read_quads, write_quads
from paddock.data.raw_data import RawData
from paddock.data.samples import Problem


def read_sroie(raw: Path, dataset: DatasetConfig) -> RawData:
    """Read ``dataset.label_files``, or every ``box/*.csv`` in ``raw``.

    Raises:
        DatasetError: a label file is missing, or there is none.
        ConfigError: ``dataset.group_pattern`` cannot be used.
    """
    group = group_of(dataset.group_pattern, raw)
    paths = [raw / name for name in dataset.label_files] or sorted((raw / "box").glob("*.csv"))
    if not paths:
        raise DatasetError(f"no label file *.csv in {raw / 'box'}. Check dataset.raw and dataset.format.")
    found = read_quads({path: path.stem for path in paths}, images_by_stem(raw / "img"), group)
    if keys := list((raw / "key").glob("*.json")):
        message = f"{len(keys)} files say what is company, date, address and total; paddock has no use for that."
        found.problems.append(Problem("not_read", str(raw / "key"), message))
    return found


def write_sroie(data: RawData, target: Target) -> None:
    """Write ``img/`` and ``box/``; folders of pictures become one."""
    target.lose_lists(data.pages)
    target.lose_folders(data.pages)
    for page in data.pages:
        image = target.place(page.image, PurePosixPath("img", page.image.name), by_stem=True)
        write_quads(page, PurePosixPath("box", f"{image.stem}.csv"), target)
