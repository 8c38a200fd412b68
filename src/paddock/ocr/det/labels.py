"""Labelled pages from PaddleOCR's detection label files."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from paddock.core.errors import DatasetError
from paddock.data.prepared import read_pages
from paddock.ocr.det.page import Page


def labelled_pages(folder: Path, files: Sequence[str | Path], delimiter: str = "\t") -> list[Page]:
    """The pages that ``files`` list, in their order, not yet decoded.

    Args:
        folder: PaddleOCR's ``data_dir``, to which the pictures' names are relative.

    Raises:
        DatasetError: no file is named, or one is missing or damaged.
    """
    if not files:
        raise DatasetError("label_file_list is empty: name at least one label file.")
    return [
        Page(
            image=folder / line.image,
            polygons=tuple(np.array(region.points, dtype=np.float32) for region in line.regions),
            texts=tuple(region.text for region in line.regions),
            ignored=tuple(region.is_ignored for region in line.regions),
            origin=line.origin,
        )
        for file in files
        for line in read_pages(Path(file), delimiter)
    ]
