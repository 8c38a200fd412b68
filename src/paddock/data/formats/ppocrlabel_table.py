"""The table part of PPOCRLabel projects: ``gt.txt`` of "Export table label", and the Excel files that it was made of.

PPOCRLabel takes a table's structure from ``tableRec_excel_output/<picture>.xlsx`` and the cells from the boxes that are
drawn, in the order in which they are drawn. It does not compare the two, so the record may contradict itself.
"""

import json
from dataclasses import replace
from pathlib import Path

from paddock.config.schema import DatasetConfig, OnError
from paddock.core.errors import DatasetError
from paddock.core.files import write_bytes
from paddock.data.excel import read_grid
from paddock.data.find_image import ImageFinder, find_file
from paddock.data.formats.ppocrlabel_project import BOXES, base_name, not_confirmed, read_states, write_boxes
from paddock.data.formats.pubtabnet import parse_record
from paddock.data.formats.target import Target, by_project
from paddock.data.grouping import group_of
from paddock.data.label_lines import parse_lines, text_lines
from paddock.data.raw_data import RawData
from paddock.data.samples import Points, Problem, Region
from paddock.data.table_tokens import grid_of, num_cells
from paddock.data.tables import INLINE_TAGS, Box, RawTables, TableCell, TableSample, table_html
from paddock.data.workbook import workbook

RECORDS, SHEETS = "gt.txt", "tableRec_excel_output"


def read_ppocrlabel_table(raw: Path, dataset: DatasetConfig) -> RawData:
    """Read the project in ``raw``, or all projects in folders of it; ``dataset.label_files`` names other ``gt.txt``.

    A picture that has boxes and no record is the problem ``not_exported``, one that ``fileState.txt`` does not confirm
    the note ``not_confirmed``; a folder without either is counted only.

    Raises:
        DatasetError: a label file is missing, or there is none.
        ConfigError: ``dataset.group_pattern`` cannot be used.
    """
    found, group = RawData(), group_of(dataset.group_pattern, raw)
    for path in _record_files(raw, dataset.label_files):
        repair = dataset.on_error is OnError.repair
        images = ImageFinder((path.parent,), repair=repair)
        project, named = RawTables(), set()
        states = read_states(path.parent, repair=repair)
        if path.is_file() or dataset.label_files:
            found.label_files.append(path)
            for line in text_lines(path):
                record = line if isinstance(line, Problem) else parse_record(line.text, line.origin)
                if isinstance(record, Problem):
                    project.problems.append(record)
                    continue
                named.add(record.image.name)
                image, faults = images.find(record.image.as_posix(), record.origin)
                if not states.confirm(record.image.name):
                    project.problems.append(not_confirmed(record.image.name, record.origin, image))
                    continue
                project.problems += faults
                if image:
                    hint = _hint(record, path.parent)
                    project.samples.append(replace(record, image=image, group=group(image), hint=hint))
        project.problems += [*states.problems, *_not_exported(path, named)]
        if not named and not project.problems:
            message = "neither boxes nor records are in this project: it is yet to be labelled."
            project.problems.append(Problem("not_labelled", str(path.parent), message))
        found.tables.add(project)
        found.named |= images.named
    return found


def write_ppocrlabel_table(data: RawData, target: Target) -> None:
    """Write a project, or one for each folder that has pictures: records, boxes of cells, and sheets of Excel.

    The boxes and sheets are what PPOCRLabel makes records of; a cell without a box is in the record and the sheet only.
    """
    target.lose_lists(data.tables.samples)
    for project, tables in by_project(data.tables.samples, target).items():
        images = [target.place(table.image, project / table.image.name, by_stem=True) for table in tables]
        lines = [_record_line(table, image.name) for table, image in zip(tables, images, strict=True)]
        target.write(project / RECORDS, "".join(lines))
        boxes = [[Region(_text(cell), _points(cell.box)) for cell in table.cells if cell.box] for table in tables]
        write_boxes(project, zip(images, boxes, strict=True), target)
        for table, image in zip(tables, images, strict=True):
            sheet = workbook(zip(grid_of(table.structure), map(_text, table.cells), strict=False))
            write_bytes(target.folder / project / SHEETS / f"{image.stem}.xlsx", sheet)


def _record_line(table: TableSample, image: str) -> str:
    """As PPOCRLabel exports it: boxes are four points, and the HTML stands beside."""
    cells = [
        {"tokens": list(cell.tokens)} | ({"bbox": _points(cell.box)} if cell.box is not None else {})
        for cell in table.cells
    ]
    html = {"structure": {"tokens": list(table.structure)}, "cells": cells}
    record = {"filename": image, "html": html, "gt": table_html(table.structure, table.cells)}
    return json.dumps(record, ensure_ascii=False) + "\n"


def _points(box: Box) -> Points:
    return tuple(zip(box[0::2], box[1::2], strict=True))


def _text(cell: TableCell) -> str:
    return "".join(token for token in cell.tokens if token not in INLINE_TAGS)


def _record_files(raw: Path, names: list[str]) -> list[Path]:
    """Where each project has its records, or would have them."""
    if names:
        return [raw / name for name in names]
    folders = [raw, *sorted(path for path in raw.iterdir() if path.is_dir())]
    records = [find_file(folder, RECORDS) or (find_file(folder, BOXES) and folder / RECORDS) for folder in folders]
    if not any(records):
        raise DatasetError(f"no {RECORDS} in {raw} or a folder of it. Export table label in PPOCRLabel.")
    return [path for path in records if path]


def _hint(record: TableSample, folder: Path) -> str:
    """What an annotator must compare when structure and cells disagree."""
    if num_cells(record.structure) == len(record.cells):
        return ""
    sheet = folder / SHEETS / f"{record.image.stem}.xlsx"
    where = f"{SHEETS}/{sheet.name}"
    try:
        told = f"{where} has {read_grid(sheet)}; the picture has {len(record.cells)} boxes."
    except (OSError, ValueError):
        told = f"{where} is missing or damaged; the picture has {len(record.cells)} boxes."
    return f"{told} In PPOCRLabel, make the sheet match, draw a box for every cell, and export table label again."


def _not_exported(records: Path, named: set[str]) -> list[Problem]:
    """Pictures of ``Label.txt`` that have boxes and no record."""
    boxes = find_file(records.parent, BOXES)
    if boxes is None:
        return []
    problems = []
    for line in parse_lines(boxes):
        if isinstance(line, Problem):
            problems.append(line)
            continue
        name = base_name(line.image)
        if name not in named and line.text != "[]":
            message = f"{name} has boxes and no record in {records}. Export table label in PPOCRLabel."
            problems.append(Problem("not_exported", line.origin, message))
    return problems
