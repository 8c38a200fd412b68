"""A small SLANet, and ruled tables as `paddock prepare` leaves them; for tests of every stage."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from paddock.config.compose import compose
from paddock.config.schema import Config
from paddock.core.files import write_json, write_text
from paddock.data.prepared import PreparedTable
from paddock.data.table_tokens import STRUCTURE_TOKENS
from paddock.data.tables import TableCell, TableSample, table_line
from tests.repository import REPOSITORY

OVERRIDES = [
    "model=table_slanet",
    "experiment=null",
    "dataset=ppocrlabel",
    "dataset.raw=raw",
    "Architecture.Backbone.scale=0.25",
    "Architecture.Neck.out_channels=24",
    "Architecture.Head.hidden_size=32",
    "Global.max_text_length=40",
    "Global.d2s_train_image_shape=[3,96,96]",
    "Train.loader.batch_size_per_card=4",
    "Eval.loader.batch_size_per_card=4",
    "training.gallery_size=2",
    "tracking.system_metrics=false",
    "hardware.threads=1",
]
"""The real config with a network small enough for a test."""
TABLE_WH = (180, 96)
SIZES = {"train": [(1, 1), (1, 2), (2, 2), (2, 3), (3, 1), (3, 2), (3, 3), (2, 4)], "val": [(2, 2), (1, 3)]}
"""Rows and columns of each table; the test split has those of the validation split, in other colours."""


def drawn_table(image: Path, rows: int, columns: int, ink: int = 0) -> TableSample:
    """A ruled table, stored as ``image``: the first cell spans the first row, the last of several rows ends empty.

    Args:
        ink: value of what is drawn.
    """
    width, height = TABLE_WH
    picture = Image.new("L", TABLE_WH, 255)
    draw = ImageDraw.Draw(picture)
    structure: list[str] = []
    cells: list[TableCell] = []
    for row in range(rows):
        across = columns if row == 0 else 1
        structure.append("<tr>")
        for column in range(0, columns, across):
            left, right = (width * edge // columns for edge in (column, column + across))
            top, bottom = (height * edge // rows for edge in (row, row + 1))
            draw.rectangle((left, top, right - 1, bottom - 1), outline=ink, width=2)
            structure += ["<td", f' colspan="{across}"', ">", "</td>"] if across > 1 else ["<td>", "</td>"]
            if (row, column) == (rows - 1, columns - 1) and rows > 1:
                cells.append(TableCell())
                continue
            x0, y0, x1, y1 = left + 8, top + 8, right - 9, bottom - 9
            draw.rectangle((x0, y0, x1, y1), fill=ink)
            corners = (x0, y0, x1, y0, x1, y1, x0, y1)
            cells.append(TableCell(tuple(f"{row}{column}"), corners))
        structure.append("</tr>")
    image.parent.mkdir(parents=True, exist_ok=True)
    picture.save(image)
    return TableSample(image, tuple(structure), tuple(cells), group=image.stem, origin=f"{image.name}:1")


def write_prepared(folder: Path) -> PreparedTable:
    """Tables of three splits in the layout of ``data/prepared/<dataset>/table``."""
    prepared = PreparedTable(folder)
    for split, ink in (("train", 0), ("val", 40), ("test", 80)):
        lines = []
        for rows, columns in SIZES["train" if split == "train" else "val"]:
            image = prepared.image_folder(split) / f"{rows}x{columns}.png"
            table = drawn_table(image, rows, columns, ink)
            lines.append(table_line(table, image.relative_to(folder).as_posix(), split))
        write_text(prepared.label_file(split), "".join(lines))
    write_text(prepared.dictionary, "".join(f"{token}\n" for token in STRUCTURE_TOKENS))
    write_json(prepared.stats_file, {"digest": "0" * 64})
    return prepared


def prepared_tables(folder: Path, *words: str) -> Config:
    """Prepared tables below ``folder``, and the config that trains on them."""
    write_prepared(folder / "prepared" / "table")
    return compose([*OVERRIDES, f"prepared_dir={folder / 'prepared'}", *words], REPOSITORY)


def pixels_of(image: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """``[H, W, 3]``, RGB."""
    with Image.open(image) as opened:
        return np.asarray(opened.convert("RGB"), np.uint8)
