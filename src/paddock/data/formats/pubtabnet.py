"""PubTabNet's label files: a JSON object a line (Zhong et al., arXiv:1911.10683, and PaddleOCR's PubTabDataSet)."""

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from paddock.config.schema import DatasetConfig, OnError
from paddock.core.errors import DatasetError
from paddock.data.find_image import ImageFinder
from paddock.data.formats.target import UNDIVIDED, Target, by_list
from paddock.data.grouping import group_of
from paddock.data.label_lines import is_writable, text_lines
from paddock.data.raw_data import RawData
from paddock.data.samples import Problem
from paddock.data.table_tokens import normalised
from paddock.data.tables import Box, RawTables, TableCell, TableSample, table_line


def read_pubtabnet(raw: Path, dataset: DatasetConfig) -> RawData:
    """Read ``dataset.label_files``, or every ``*.jsonl`` in ``raw``.

    Images are looked for beside the label file, in ``raw``, and in the folder that the label file is named after
    (``train/`` for ``train.jsonl``).

    Raises:
        DatasetError: a label file is missing, or there is none.
        ConfigError: ``dataset.group_pattern`` cannot be used.
    """
    tables, group = RawTables(), group_of(dataset.group_pattern, raw)
    found = RawData(tables=tables)
    for path in _label_files(raw, dataset.label_files):
        folders = list(dict.fromkeys((path.parent, raw, path.with_suffix(""), raw / path.stem)))
        images = ImageFinder(folders, repair=dataset.on_error is OnError.repair)
        found.label_files.append(path)
        for line in text_lines(path):
            record = line if isinstance(line, Problem) else parse_record(line.text, line.origin)
            if isinstance(record, Problem):
                tables.problems.append(record)
                continue
            image, faults = images.find(record.image.as_posix(), record.origin)
            tables.problems += faults
            if image:
                tables.samples.append(replace(record, image=image, group=group(image)))
        found.named |= images.named
    return found


def write_pubtabnet(data: RawData, target: Target) -> None:
    """Write ``<split>.jsonl``, or ``all.jsonl``; pictures keep their folders, boxes are eight numbers."""
    for name, tables in by_list(data.tables.samples).items():
        split = "train" if name == UNDIVIDED else name
        lines = (
            table_line(table, str(target.place(table.image, target.relative(table.image))), split) for table in tables
        )
        target.write(f"{name}.jsonl", "".join(lines))


def parse_record(text: str, origin: str) -> TableSample | Problem:
    """One line; ``image`` is as written, ``group`` is empty.

    Returns:
        The table, or the problem ``bad_json``, ``bad_record`` or ``bad_box``.
    """
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        return Problem("bad_json", origin, f"the line is no JSON: {error}. Export the label again.")
    filename, html = (record.get(key) for key in ("filename", "html")) if isinstance(record, dict) else (None, None)
    structure = html.get("structure") if isinstance(html, dict) else None
    tokens = _strings(structure.get("tokens") if isinstance(structure, dict) else None)
    raw_cells = html.get("cells") if isinstance(html, dict) else None
    if not isinstance(filename, str) or tokens is None or not isinstance(raw_cells, list):
        wanted = "filename, html.structure.tokens and html.cells"
        return Problem("bad_record", origin, f"the line has no {wanted}. Export the label again.")
    cells = []
    for number, raw_cell in enumerate(raw_cells, start=1):
        cell = _cell(raw_cell, f"cell {number} of {filename}", origin)
        if isinstance(cell, Problem):
            return cell
        cells.append(cell)
    return TableSample(Path(filename), normalised(tokens), tuple(cells), group="", origin=origin)


def eight_numbers(value: object) -> Box | None:
    """A box as x0, y0, x1, y1 of two opposite corners, 8 numbers, 4 points, or a list of one list of 4 points.

    Returns:
        Corners clockwise from the top left as given, or None where ``value`` is none of these or not finite.
    """
    numbers = _numbers(value)
    if numbers is None or len(numbers) not in (4, 8):
        return None
    if len(numbers) == 4:
        left, right = sorted(numbers[0::2])
        top, bottom = sorted(numbers[1::2])
        numbers = [left, top, right, top, right, bottom, left, bottom]
    x0, y0, x1, y1, x2, y2, x3, y3 = numbers
    return x0, y0, x1, y1, x2, y2, x3, y3


def _label_files(raw: Path, names: Sequence[str]) -> list[Path]:
    paths = [raw / name for name in names] or sorted(raw.glob("*.jsonl"))
    if not paths:
        raise DatasetError(f"no label file *.jsonl in {raw}. Name the files in dataset.label_files.")
    return paths


def _cell(value: Any, name: str, origin: str) -> TableCell | Problem:
    tokens = _strings(value.get("tokens")) if isinstance(value, dict) else None
    if tokens is None:
        return Problem("bad_record", origin, f"{name} has no list of tokens. Export the label again.")
    if value.get("bbox") is None:
        return TableCell(tuple(tokens))
    box = eight_numbers(value["bbox"])
    if box is None:
        shown = str(value["bbox"])[:60]
        message = f"{name} has the box {shown}, which is neither 4 nor 8 finite numbers nor 4 points. Draw it again."
        return Problem("bad_box", origin, message)
    return TableCell(tuple(tokens), box)


def _strings(value: object) -> list[str] | None:
    return (
        value
        if isinstance(value, list) and all(isinstance(item, str) and is_writable(item) for item in value)
        else None
    )


def _numbers(value: object) -> list[float] | None:
    """The numbers of a list, of a list of lists, or of one more around it; None where there is anything else."""
    for _ in range(2):
        if isinstance(value, list) and len(value) <= 4 and all(isinstance(item, list) for item in value):
            value = [number for item in value for number in item[:8]]
    if not isinstance(value, list):
        return None
    numbers = [float(number) for number in value if type(number) in (int, float) and abs(number) < 1e300]
    return numbers if len(numbers) == len(value) and all(map(math.isfinite, numbers)) else None
