"""A small SLANet whose weights write one table, whatever the picture, and such pictures; for export and serving."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import paddle
from numpy.typing import NDArray

from paddock.config.schema import ExportConfig
from paddock.core.files import write_json, write_text
from paddock.data.prepared import PreparedTable
from paddock.data.tables import TableCell, TableSample, table_line
from paddock.export.package import Identity, write_identity
from paddock.export.table import export_table_model
from paddock.ocr.table.attention_gru import START
from paddock.ocr.table.model import SLANet, build_network
from paddock.ocr.table.picture import TablePicture
from paddock.ocr.table.tokens import TableClasses
from paddock.ocr.table.transforms import build_pipeline

CLASSES = TableClasses()
STRUCTURE = (
    *("<thead>", "<tr>", "<td", ' colspan="2"', ">", "</td>", "</tr>", "</thead>", "<tbody>"),
    *("<tr>", "<td>", "</td>", "<td>", "</td>", "</tr>", "<tr>", "<td>", "</td>", "<td>", "</td>", "</tr>", "</tbody>"),
)
"""A head over both columns, then two rows of two cells."""
PICTURE_HW = (200, 320)
BARS = ((70, 20, 180, 28), (20, 84, 110, 28), (180, 84, 120, 28), (20, 148, 120, 28))
"""Left, top, width and height in pixels of what is written in each cell; the last cell is empty."""
TEXTLESS = (180, 148, 110, 28)
"""The box that the network gives the empty cell."""
MAX_TEXT_LENGTH, SIDE_PX = 30, 96
TRANSFORMS = [
    {"DecodeImage": {"img_mode": "BGR", "channel_first": False}},
    {"TableLabelEncode": {"max_text_length": MAX_TEXT_LENGTH, "merge_no_span_structure": True, "loc_reg_num": 8}},
    {"TableBoxEncode": {"in_box_format": "xyxyxyxy", "out_box_format": "xyxyxyxy"}},
    {"ResizeTableImage": {"max_len": SIDE_PX}},
    {
        "NormalizeImage": {
            "scale": "1./255.",
            "mean": [0.485, 0.456, 0.406],
            "std": [0.229, 0.224, 0.225],
            "order": "hwc",
        }
    },
    {"PaddingTableImage": {"size": [SIDE_PX, SIDE_PX]}},
    {"ToCHWImage": None},
    {"KeepKeys": {"keep_keys": ["image", "structure", "bboxes", "bbox_masks", "shape"]}},
]
ARCHITECTURE = {
    "algorithm": "SLANet",
    "Backbone": {"name": "PPLCNet", "scale": 0.25},
    "Neck": {"name": "CSPPAN", "out_channels": 16},
    "Head": {"name": "SLAHead", "hidden_size": 32, "max_text_length": MAX_TEXT_LENGTH, "loc_reg_num": 8},
}
SETTINGS = ExportConfig(model_name="SLANet", parity_samples=4, tolerance=1e-4, min_same_boxes=0.99)
_LOOKING = 4
"""Hidden values, the last ones, that say what the picture is like; the others count the steps."""
_GAIN, _LIGHT = 4, 3000
"""A one stays near one from step to step; fresh layers leave little of the picture, and that little is made visible."""
_COLOURS = np.array([(255, 255, 120), (255, 120, 255), (120, 255, 255)], np.uint8)


def corners(bar: tuple[int, int, int, int]) -> tuple[float, float, float, float, float, float, float, float]:
    """Of a bar, as a box has them."""
    left, top, width, height = (float(number) for number in bar)
    return left, top, left + width, top, left + width, top + height, left, top + height


def drawn_table(number: int, size_hw: tuple[int, int] = PICTURE_HW) -> NDArray[np.uint8]:
    """The bars, in stripes of other colours on every picture, that `tests.tiny_detector` finds.

    Shape:
        out ``[H, W, 3]``, BGR
    """
    rng = np.random.default_rng(number)
    picture = np.zeros((*PICTURE_HW, 3), np.uint8)
    for left, top, width, height in BARS:
        stripes = np.repeat(_COLOURS[rng.integers(0, 3, -(-width // 5))], 5, axis=0)
        picture[top : top + height, left : left + width] = stripes[:width]
    return np.asarray(cv2.resize(picture, size_hw[::-1], interpolation=cv2.INTER_NEAREST), np.uint8)


def write_pictures(folder: Path, sizes_hw: Sequence[tuple[int, int]]) -> list[Path]:
    """One for each size, as PNG files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"table_{number}.png" for number in range(len(sizes_hw))]
    for number, (path, size_hw) in enumerate(zip(paths, sizes_hw, strict=True)):
        path.write_bytes(cv2.imencode(".png", drawn_table(number, size_hw))[1].tobytes())
    return paths


def cells_of(size_hw: tuple[int, int]) -> tuple[TableCell, ...]:
    """What the cells of a picture are labelled with."""
    grown = np.array([size_hw[1] / PICTURE_HW[1], size_hw[0] / PICTURE_HW[0]] * 4)
    filled = (TableCell(tuple("ABCD"[: number + 1]), tuple(corners(bar) * grown)) for number, bar in enumerate(BARS))  # type: ignore[arg-type]
    return (*filled, TableCell())


def pictures_of(paths: Sequence[Path]) -> list[TablePicture]:
    """The pictures as validation prepares them, labelled with what the network says."""
    pipeline, rng = build_pipeline(TRANSFORMS, CLASSES), np.random.default_rng(0)
    sizes = [cv2.imread(str(path)).shape[:2] for path in paths]
    return [
        pipeline(TablePicture(path, STRUCTURE, cells_of(size), f"labels.txt:{number}"), rng)
        for number, (path, size) in enumerate(zip(paths, sizes, strict=True), start=1)
    ]


def slanet() -> SLANet:
    """The network, filled and in evaluation mode.

    Step by step a one moves on through the hidden values; what it stands for is the token and the box of the step.
    """
    paddle.seed(3)
    network = build_network(ARCHITECTURE, len(CLASSES))
    weights = {name: value.numpy() for name, value in network.state_dict().items()}
    _fill_head(weights)
    network.set_state_dict(weights)
    network.eval()
    return network


def _fill_head(weights: dict[str, NDArray[np.float32]]) -> None:
    label = CLASSES.encode(STRUCTURE, MAX_TEXT_LENGTH)
    assert label is not None
    written = label[1:]
    boxes = iter([*BARS, TEXTLESS])
    rng = np.random.default_rng(0)
    cell, size = "head.structure_attention_cell.", len(weights["head.structure_attention_cell.h2h.bias"])
    for name, value in weights.items():
        if name.startswith("head.") and "i2h" not in name and "score" not in name:
            value[...] = 0
    num_channels = weights[f"{cell}i2h.weight"].shape[0]
    by_input, by_hidden = weights[f"{cell}rnn.weight_ih"], weights[f"{cell}rnn.weight_hh"]  # [3H, C + N], [3H, H]
    candidate = 2 * size
    weights[f"{cell}rnn.bias_ih"][:size] = 20  # nothing of the last state is reset
    weights[f"{cell}rnn.bias_ih"][size:candidate] = -60  # nor kept as it is
    by_input[candidate, num_channels + START] = _GAIN
    for step in range(size - _LOOKING - 1):
        by_hidden[candidate + step + 1, step] = _GAIN
    by_input[-_LOOKING:, :num_channels] = _LIGHT * rng.standard_normal((_LOOKING, num_channels))
    for part in ("structure_generator", "loc_generator"):
        weights[f"head.{part}.0.weight"] = np.eye(size, dtype=np.float32)
        following = weights[f"head.{part}.1.weight"]
        following[-_LOOKING:] = 0.1 * rng.standard_normal((_LOOKING, following.shape[1]))
    for step, number in enumerate(written):
        weights["head.structure_generator.1.weight"][step, number] = 12
        if number in CLASSES.cell_numbers:
            shares = np.array(corners(next(boxes))) / np.array([*PICTURE_HW[::-1]] * 4)
            weights["head.loc_generator.1.weight"][step] = np.log(shares / (1 - shares))


def write_prepared(folder: Path, texts: Sequence[str] = ("A", "B", "C", "D"), count: int = 2) -> PreparedTable:
    """Pictures of tables, labelled with ``texts``, in the layout of ``data/prepared/<dataset>/table``."""
    prepared = PreparedTable(folder)
    for split in ("train", "val", "test"):
        paths = write_pictures(prepared.image_folder(split), [PICTURE_HW] * count)
        cells = (
            *(replace(cell, tokens=tuple(text)) for cell, text in zip(cells_of(PICTURE_HW), texts, strict=False)),
            TableCell(),
        )
        lines = [
            table_line(TableSample(path, STRUCTURE, cells, "", ""), path.relative_to(folder).as_posix(), split)
            for path in paths
        ]
        write_text(prepared.label_file(split), "".join(lines))
    write_text(prepared.dictionary, CLASSES.file_text())
    write_json(prepared.stats_file, {"digest": "0" * 64})
    return prepared


def identity() -> Identity:
    """What a package of these tests is."""
    return Identity(
        model="table_tiny",
        paddleocr_config="SLANet_ch",
        task="table",
        dataset="bars",
        dataset_digest="0" * 64,
        seed=0,
        deployed_as=SETTINGS.model_name,
        metrics={"val/acc": 1.0},
    )


def write_package(folder: Path, pictures: Sequence[Path]) -> Path:
    """A whole package, as ``paddock export`` leaves it."""
    folder.mkdir(parents=True)
    export_table_model(slanet(), CLASSES, TRANSFORMS, pictures_of(pictures), SETTINGS, folder)
    write_identity(folder, identity())
    return folder
