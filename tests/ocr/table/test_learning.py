"""All parts together: a small network learns a few drawn tables by heart, structure and boxes."""

from pathlib import Path

import cv2
import numpy as np
import paddle
import pytest
from numpy.random import default_rng
from paddle.optimizer import Adam

from paddock.accelerate.attention_gru import in_numpy
from paddock.data.tables import TableCell, table_html
from paddock.ocr.table.batch import collate
from paddock.ocr.table.decode import TableLabelDecode
from paddock.ocr.table.loss import SLALoss
from paddock.ocr.table.metric import TableMetric, cell_ious
from paddock.ocr.table.model import build_network
from paddock.ocr.table.picture import TablePicture
from paddock.ocr.table.teds import Teds, teds
from paddock.ocr.table.tokens import TableClasses
from paddock.ocr.table.transforms import build_pipeline

pytestmark = pytest.mark.slow

WIDTH, HEIGHT = 120, 80
ARCHITECTURE = {
    "algorithm": "SLANet",
    "Backbone": {"name": "PPLCNet", "scale": 0.25},
    "Neck": {"name": "CSPPAN", "out_channels": 24},
    "Head": {"name": "SLAHead", "hidden_size": 48, "max_text_length": 20, "loc_reg_num": 8},
}
TRANSFORMS = [
    {"DecodeImage": None},
    {"TableLabelEncode": {"max_text_length": 20, "merge_no_span_structure": True, "loc_reg_num": 8}},
    {"TableBoxEncode": {"in_box_format": "xyxyxyxy", "out_box_format": "xyxyxyxy"}},
    {"ResizeTableImage": {"max_len": 96}},
    {"NormalizeImage": None},
    {"PaddingTableImage": {"size": [96, 96]}},
    {"ToCHWImage": None},
]


def _drawn(folder: Path, rows: int, columns: int) -> TablePicture:
    """A ruled table with a box in every cell."""
    pixels = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    cells = []
    for row in range(rows):
        for column in range(columns):
            left, right = (int(WIDTH * (column + side) / columns) for side in (0, 1))
            top, bottom = (int(HEIGHT * (row + side) / rows) for side in (0, 1))
            cv2.rectangle(pixels, (left, top), (right - 1, bottom - 1), (0, 0, 0), 2)
            box = left + 5, top + 5, right - 5, bottom - 5
            cv2.rectangle(pixels, box[:2], box[2:], (120, 60, 30), -1)
            corners = (box[0], box[1], box[2], box[1], box[2], box[3], box[0], box[3])
            cells.append(TableCell(("x",), tuple(map(float, corners))))  # type: ignore[arg-type]
    path = folder / f"{rows}x{columns}.png"
    path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    structure = ("<tr>", *("<td>", "</td>") * columns, "</tr>") * rows
    return TablePicture(path, structure, tuple(cells), f"{path.name}:1")


def test_tables_are_learnt_by_heart(tmp_path: Path) -> None:
    paddle.seed(0)
    classes, truths = TableClasses(), [_drawn(tmp_path, *size) for size in ((1, 1), (1, 3), (2, 2), (3, 1))]
    pipeline = build_pipeline(TRANSFORMS, classes)
    batch = collate([pipeline(truth, default_rng(0)) for truth in truths], [])
    structure, boxes, mask, extent = (paddle.to_tensor(target) for target in batch.targets)
    network, loss_of = build_network(ARCHITECTURE, len(classes)), SLALoss(1.0, 2.0, "smooth_l1")
    optimizer = Adam(5e-3, parameters=network.parameters())

    with in_numpy(network, 1):
        for _ in range(120):
            outputs = network(paddle.to_tensor(batch.images), structure[:, :-1])
            loss_of(outputs, structure[:, 1:], boxes[:, 1:], mask[:, 1:], extent)["loss"].backward()
            optimizer.step()
            optimizer.clear_grad()
        network.eval()
        with paddle.no_grad():
            found = [output.numpy() for output in network(paddle.to_tensor(batch.images))]
    readings = TableLabelDecode(classes)(*found, [sample.source_size for sample in batch.samples])  # type: ignore[arg-type]

    assert TableMetric()(
        [(reading.structure, truth.structure) for reading, truth in zip(readings, truths, strict=True)]
    )["acc"] == pytest.approx(1)
    for reading, truth in zip(readings, truths, strict=True):
        ious = cell_ious(reading.structure, reading.boxes, truth.structure, truth.cells)
        assert ious.mean() > 0.6, truth.image.name
        assert teds(table_html(reading.structure, truth.cells), table_html(truth.structure, truth.cells)) == Teds(1, 1)
