"""Real validation samples on which an exported model is held against the trained one."""

from dataclasses import replace
from typing import TypeVar

from paddock.data.loader import Loader
from paddock.ocr.det.page import Page
from paddock.ocr.rec.line import TextLine
from paddock.ocr.table.picture import TablePicture

S = TypeVar("S", TextLine, Page, TablePicture)


def spread_samples(loader: Loader[S], count: int) -> list[S]:
    """At most ``count``, evenly over the label files, as validation prepares them; unreadable ones are left out.

    Shape:
        each ``tensor`` ``[3, H, W]``
    """
    total = len(loader.source.samples)
    shown = min(count, total)
    samples: list[S] = []
    for number in (position * total // shown for position in range(shown)):
        batch = loader.source.load(epoch=0, numbers=[number])  # alone: a batch would be padded to its widest
        samples += [replace(sample, tensor=image) for sample, image in zip(batch.samples, batch.images, strict=True)]
    return samples
