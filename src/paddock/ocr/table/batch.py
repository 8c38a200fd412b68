"""From pictures of tables to a batch. Shapes: B batch, H rows, W columns, L classes of the longest label."""

from collections.abc import Sequence

import numpy as np

from paddock.data.loader import Batch
from paddock.ocr.table.attention_gru import START
from paddock.ocr.table.picture import TablePicture


def collate(pictures: Sequence[TablePicture], unreadable: Sequence[tuple[TablePicture, str]]) -> Batch[TablePicture]:
    """Stack pictures, and labels padded to the longest of the batch.

    The first L - 1 classes of a label are what the network is given while it trains, the last L - 1 what it learns;
    boxes and mask go with the latter.

    Shape:
        images ``[B, 3, H, W]``; targets: class numbers ``[B, L]`` int64, boxes ``[B, L, 8]``, mask ``[B, L, 1]``, and
        height and width of each table as shares of its square ``[B, 2]``; none where the transforms have no
        TableLabelEncode
    """
    if not pictures:
        return Batch(np.zeros((0, 3, 0, 0), np.float32), (), (), tuple(unreadable))
    images = np.stack([picture.values for picture in pictures])
    longest = max(len(picture.label) for picture in pictures)
    structure = np.full((len(pictures), longest), START, np.int64)
    boxes = np.zeros((len(pictures), longest, 8), np.float32)
    mask = np.zeros((len(pictures), longest, 1), np.float32)
    for row, picture in enumerate(pictures):
        structure[row, : len(picture.label)] = picture.label
        boxes[row, : len(picture.label)] = picture.boxes
        mask[row, : len(picture.label)] = picture.box_mask
    sizes = np.array([picture.source_size for picture in pictures], np.float32)
    extent = sizes / sizes.max(axis=1, keepdims=True)
    kept = tuple(  # the pixels have done their work
        TablePicture(picture.image, picture.structure, picture.cells, picture.origin, source_size=picture.source_size)
        for picture in pictures
    )
    return Batch(images, (structure, boxes, mask, extent) if longest else (), kept, tuple(unreadable))
