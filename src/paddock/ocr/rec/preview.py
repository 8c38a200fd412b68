"""Text lines as the network will see them, beside their originals. Shapes: H rows, W columns."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from paddock.core.files import write_bytes
from paddock.data.page_picture import png
from paddock.data.panels import Panel, fitted, in_rows
from paddock.ocr.image import read_bgr
from paddock.ocr.preview import Seen
from paddock.ocr.rec.charset import CTCClasses
from paddock.ocr.rec.line import TextLine

_LINES_OF_A_SHEET = 12
_PICTURE_WH = (460, 48)
"""Largest size at which a line is shown."""


def write(lines: Iterable[tuple[TextLine, Sequence[Seen[TextLine]]]], classes: CTCClasses, folder: Path) -> None:
    """Draw ``sheet_1.png`` and so on into ``folder``: a line a row, its label under the original, what is learnt under
    what the network sees; the grey behind a short line is what its input is filled up with."""
    rows = [[_original(line), *(_seen(one, classes) for one in versions)] for line, versions in lines]
    for first in range(0, len(rows), _LINES_OF_A_SHEET):
        sheet = in_rows(rows[first : first + _LINES_OF_A_SHEET])
        write_bytes(folder / f"sheet_{first // _LINES_OF_A_SHEET + 1}.png", png(sheet))


def _original(line: TextLine) -> Panel:
    rgb = cv2.cvtColor(read_bgr(line.image, line.origin), cv2.COLOR_BGR2RGB)
    size = f"{rgb.shape[1]} x {rgb.shape[0]}"
    return Panel(fitted(rgb, _PICTURE_WH, enlarge=True)[0], f"{line.image.name}, {size}", line.text)


def _seen(seen: Seen[TextLine], classes: CTCClasses) -> Panel:
    rgb = _shown(seen.sample)
    size = f"{rgb.shape[1]} x {rgb.shape[0]}"
    learnt = classes.text(seen.sample.label)
    return Panel(fitted(rgb, _PICTURE_WH, enlarge=True)[0], f"{seen.caption}, {size}", learnt)


def _shown(line: TextLine) -> NDArray[np.uint8]:
    """The network's input as a picture.

    Shape:
        out ``[H, W, 3]``, RGB
    """
    if line.tensor is None:
        raise ValueError(f"{line.image} is no input yet: put RecResizeImg last in the transforms.")
    rows = (line.tensor.transpose(1, 2, 0)[:, :, ::-1] + 1) * 127.5
    return np.ascontiguousarray(np.rint(rows).astype(np.uint8))
