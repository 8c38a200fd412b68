"""Pictures of tables, as small as the tests allow."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from paddock.data.tables import TableCell
from paddock.ocr.table.picture import TablePicture

WIDTH, HEIGHT = 300, 90


@pytest.fixture
def picture(tmp_path: Path) -> TablePicture:
    """A picture, far from square, with a row of three cells: one with text and box, one spanned, one empty."""
    pixels = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    (tmp_path / "table.png").write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    return TablePicture(
        image=tmp_path / "table.png",
        structure=("<tr>", "<td>", "</td>", "<td", ' colspan="2"', ">", "</td>", "<td>", "</td>", "</tr>"),
        cells=(
            TableCell(("A",), (30.0, 9.0, 60.0, 9.0, 60.0, 45.0, 30.0, 45.0)),
            TableCell(("B",), (150.0, 45.0, 297.0, 48.0, 297.0, 90.0, 150.0, 87.0)),
            TableCell(),
        ),
        origin="train.jsonl:1",
    )
