"""Tables as the network will see them, beside their originals. Shapes: H rows, W columns of RGB pixels, L classes."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np

from paddock.core.files import write_bytes
from paddock.data.page_picture import MATCHED, Mark, jpeg, with_boxes
from paddock.data.panels import Panel, fitted, in_rows
from paddock.data.table_tokens import grid_of
from paddock.ocr.image import read_bgr
from paddock.ocr.preview import Seen
from paddock.ocr.table import gallery
from paddock.ocr.table.picture import TablePicture
from paddock.ocr.table.tokens import TableClasses

_PICTURE_WH = (640, 640)
"""Largest size at which a picture is shown."""


def write(
    tables: Iterable[tuple[TablePicture, Sequence[Seen[TablePicture]]]], classes: TableClasses, folder: Path
) -> None:
    """Draw a picture for each table into ``folder``: the labelled one, what the network sees with the boxes that it
    learns, and the structure that its classes spell, with the label's texts."""
    for rank, (table, versions) in enumerate(tables, start=1):
        panels = [_original(table), *map(_seen, versions), _learnt(versions[0].sample, classes)]
        write_bytes(folder / f"{rank:02}_{table.image.stem}.jpg", jpeg(in_rows([panels])))


def _original(table: TablePicture) -> Panel:
    rgb = cv2.cvtColor(read_bgr(table.image, table.origin), cv2.COLOR_BGR2RGB)
    boxes = np.array([cell.box for cell in table.cells if cell.box is not None], np.float32).reshape(-1, 4, 2)
    caption = f"{table.image.name}, {rgb.shape[1]} x {rgb.shape[0]}, {len(boxes)} boxes"
    small, ratio = fitted(rgb, _PICTURE_WH)
    return Panel(with_boxes(small, [Mark(ratio * box, MATCHED) for box in boxes]), caption)


def _seen(seen: Seen[TablePicture]) -> Panel:
    table = seen.sample
    rgb = cv2.cvtColor(table.pixels, cv2.COLOR_BGR2RGB)
    small, _ = fitted(rgb, _PICTURE_WH)
    boxes = table.boxes[(table.box_mask[:, 0] > 0) & table.boxes.any(axis=1)].reshape(-1, 4, 2)
    marks = [Mark(box * np.array(small.shape[1::-1], np.float32), MATCHED) for box in boxes]
    caption = f"{seen.caption}, {rgb.shape[1]} x {rgb.shape[0]}, {len(boxes)} boxes of texts"
    return Panel(with_boxes(small, marks), caption)


def _learnt(table: TablePicture, classes: TableClasses) -> Panel:
    cells = grid_of([classes.characters[number] for number in table.label])
    texts = [gallery.text_of(cell) for cell in table.cells]
    return Panel(gallery.grid(cells, texts), f"learnt: {gallery.counted(cells)}, {len(table.label)} classes")
