"""The table part of PPOCRLabel projects: ``gt.txt`` of "Export table label", and the Excel files that it was made of.

PPOCRLabel takes a table's structure from ``tableRec_excel_output/<picture>.xlsx`` and the cells from the boxes that are
drawn, in the order in which they are drawn. It does not compare the two, so the record may contradict itself.
"""

from dataclasses import replace
from pathlib import Path

from paddock.config.schema import DatasetConfig, OnError
from paddock.core.errors import DatasetError
from paddock.data.excel import read_grid
from paddock.data.find_image import ImageFinder
from paddock.data.formats.pubtabnet import parse_record
from paddock.data.grouping import group_of
from paddock.data.label_lines import parse_lines, text_lines
from paddock.data.raw_data import RawData
from paddock.data.samples import Problem
from paddock.data.table_tokens import num_cells
from paddock.data.tables import RawTables, TableSample

RECORDS, BOXES, SHEETS = "gt.txt", "Label.txt", "tableRec_excel_output"


def read_ppocrlabel_table(raw: Path, dataset: DatasetConfig) -> RawData:
    """Read the project in ``raw``, or all projects in folders of it; ``dataset.label_files`` names other ``gt.txt``.

    A picture that has boxes and no record is the problem ``not_exported``; a folder without either is counted only.

    Raises:
        DatasetError: a label file is missing, or there is none.
        ConfigError: ``dataset.group_pattern`` cannot be used.
    """
    found, group = RawData(), group_of(dataset.group_pattern, raw)
    for path in _record_files(raw, dataset.label_files):
        images = ImageFinder((path.parent,), repair=dataset.on_error is OnError.repair)
        project, named = RawTables(), set()
        if path.is_file() or dataset.label_files:
            found.label_files.append(path)
            for line in text_lines(path):
                record = line if isinstance(line, Problem) else parse_record(line.text, line.origin)
                if isinstance(record, Problem):
                    project.problems.append(record)
                    continue
                named.add(record.image.name)
                image, faults = images.find(record.image.as_posix(), record.origin)
                project.problems += faults
                if image:
                    hint = _hint(record, path.parent)
                    project.samples.append(replace(record, image=image, group=group(image), hint=hint))
        project.problems += _not_exported(path.parent, named)
        if not named and not project.problems:
            message = "neither boxes nor records are in this project: it is yet to be labelled."
            project.problems.append(Problem("not_labelled", str(path.parent), message))
        found.tables.add(project)
        found.named |= images.named
    return found


def _record_files(raw: Path, names: list[str]) -> list[Path]:
    """Where each project has its records, or would have them."""
    if names:
        return [raw / name for name in names]
    folders = {
        path.parent for name in (RECORDS, BOXES) for pattern in (name, f"*/{name}") for path in raw.glob(pattern)
    }
    if not folders:
        raise DatasetError(f"no {RECORDS} in {raw} or a folder of it. Export table label in PPOCRLabel.")
    return [folder / RECORDS for folder in sorted(folders)]


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


def _not_exported(folder: Path, named: set[str]) -> list[Problem]:
    """Pictures of ``Label.txt`` that have boxes and no record."""
    if not (folder / BOXES).is_file():
        return []
    problems = []
    for line in parse_lines(folder / BOXES):
        if isinstance(line, Problem):
            problems.append(line)
            continue
        name = line.image.replace("\\", "/").rpartition("/")[2]
        if name not in named and line.text != "[]":
            message = f"{name} has boxes and no record in {folder / RECORDS}. Export table label in PPOCRLabel."
            problems.append(Problem("not_exported", line.origin, message))
    return problems
