"""SROIE receipts: ``box/<image>.csv`` for each image in ``img/``, a text line a line."""

from pathlib import Path

from paddock.config.schema import DatasetConfig
from paddock.core.errors import DatasetError
from paddock.data.find_image import images_by_stem
from paddock.data.grouping import group_of
from paddock.data.quad_lines import read_quads
from paddock.data.raw_data import RawData


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
    return read_quads({path: path.stem for path in paths}, images_by_stem(raw / "img"), group)
