"""Pages as a person wants to see them: what was matched, missed, found in vain, and ignored."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from paddock.core.files import write_bytes
from paddock.data.page_picture import FALSE, IGNORED, MATCHED, MISSED, Mark, jpeg, with_boxes
from paddock.ocr.det.scorer import ScoredPage
from paddock.ocr.image import read_bgr

_LONGEST_SIDE_PX = 1280


def write(pages: Sequence[ScoredPage], folder: Path) -> None:
    """Draw each page into ``folder``, the worst first, with its faults in the file's name."""
    for rank, page in enumerate(pages, start=1):
        if not page.unreadable:
            name = f"{rank:02}_{len(page.match.missed)}_missed_{len(page.match.false)}_false_{page.image.stem}.jpg"
            write_bytes(folder / name, _drawn(page))


def marks(page: ScoredPage) -> Iterator[Mark]:
    """Found boxes in the colour of what became of them, and labelled ones that were not found or do not count."""
    match, found = page.match, [box.points.astype(np.float32) for box in page.found]
    for colour, polygons, numbers in (
        (IGNORED, page.labels, [number for number, ignored in enumerate(page.ignored) if ignored]),
        (IGNORED, found, match.on_ignored),
        (MATCHED, found, [pair.box for pair in match.pairs]),
        (FALSE, found, match.false),
        (MISSED, page.labels, match.missed),
    ):
        for number in numbers:
            yield Mark(polygons[number], colour)


def _drawn(page: ScoredPage) -> bytes:
    rgb = cv2.cvtColor(read_bgr(page.image, page.origin), cv2.COLOR_BGR2RGB)
    drawn = with_boxes(rgb, list(marks(page)))
    ratio = min(1.0, _LONGEST_SIDE_PX / max(drawn.shape[:2]))
    if ratio < 1:
        drawn = np.asarray(cv2.resize(drawn, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA), np.uint8)
    return jpeg(drawn)
