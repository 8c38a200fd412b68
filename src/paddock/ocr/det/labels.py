"""Labelled pages from PaddleOCR's detection label files."""

from pathlib import Path

import numpy as np

from paddock.data.prepared import read_pages
from paddock.ocr.datasets import Listed
from paddock.ocr.det.page import Page


def labelled_pages(data: Listed) -> list[Page]:
    """The pages that ``data`` lists, in their order, not yet decoded.

    Raises:
        DatasetError: no file is named, or one is missing or damaged.
    """
    return [
        Page(
            image=data.picture(file, line.image),
            polygons=tuple(np.array(region.points, dtype=np.float32) for region in line.regions),
            texts=tuple(region.text for region in line.regions),
            ignored=tuple(region.is_ignored for region in line.regions),
            origin=line.origin,
            share=share,
        )
        for file, share in data.each()
        for line in read_pages(Path(file), data.delimiter)
    ]
