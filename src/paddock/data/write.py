"""Writes the splits in the prepared layouts."""

import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from paddock.core.files import write_text
from paddock.data.charset import Charset
from paddock.data.check import CheckedSample
from paddock.data.page_lines import page_line
from paddock.data.pages import CheckedPage
from paddock.data.prepared import PreparedDet, PreparedRec, PreparedTable
from paddock.data.progress import progress
from paddock.data.table_pictures import CheckedTable
from paddock.data.table_tokens import STRUCTURE_TOKENS, dictionary_text
from paddock.data.tables import table_line


def write_rec(
    layout: PreparedRec, parts: Mapping[str, Sequence[CheckedSample]], charset: Charset, drafts: Path
) -> None:
    """Write crops, labels and dictionary; crops below ``drafts`` are moved, others copied byte for byte."""
    write_text(layout.dictionary, charset.file_text())
    for split, part in parts.items():
        layout.image_folder(split).mkdir(parents=True)
        taken: Counter[str] = Counter()
        lines = []
        for checked in progress(part, f"write crops of {split}"):
            image = layout.image_folder(split) / _free_name(checked.sample.image, taken)
            _place(checked.sample.image, image, drafts)
            lines.append(f"{image.relative_to(layout.folder).as_posix()}\t{checked.sample.text}\n")
        write_text(layout.label_file(split), "".join(lines))


def write_det(layout: PreparedDet, parts: Mapping[str, Sequence[CheckedPage]], drafts: Path) -> None:
    """Write pages and labels; pictures below ``drafts`` are moved, others copied byte for byte."""
    for split, part in parts.items():
        layout.image_folder(split).mkdir(parents=True)
        taken: Counter[str] = Counter()
        lines = []
        for page in progress(part, f"write pages of {split}"):
            image = layout.image_folder(split) / _free_name(page.file, taken)
            _place(page.file, image, drafts)
            lines.append(page_line(image.relative_to(layout.folder).as_posix(), page.sample.regions))
        write_text(layout.label_file(split), "".join(lines))


def write_table(layout: PreparedTable, parts: Mapping[str, Sequence[CheckedTable]], drafts: Path) -> None:
    """Write pictures, labels and dictionary; pictures below ``drafts`` are moved, others copied byte for byte."""
    write_text(layout.dictionary, dictionary_text(STRUCTURE_TOKENS))
    for split, part in parts.items():
        layout.image_folder(split).mkdir(parents=True)
        taken: Counter[str] = Counter()
        lines = []
        for table in progress(part, f"write tables of {split}"):
            image = layout.image_folder(split) / _free_name(table.file, taken)
            _place(table.file, image, drafts)
            lines.append(table_line(table.sample, image.relative_to(layout.folder).as_posix(), split))
        write_text(layout.label_file(split), "".join(lines))


def _place(source: Path, target: Path, drafts: Path) -> None:
    # Raw files are copied, not linked: DVC makes what it has cached read-only, and a link would be the raw file itself.
    if source.is_relative_to(drafts):
        source.replace(target)
    else:
        shutil.copyfile(source, target)


def _free_name(image: Path, taken: Counter[str]) -> str:
    """The image's base name; a second one of that name, from another folder, gets a number."""
    # Case is ignored, as some file systems do, so that a prepared folder can be copied there.
    while taken[image.name.lower()]:
        taken[image.name.lower()] += 1
        image = image.with_stem(f"{image.stem}_{taken[image.name.lower()]}")
    taken[image.name.lower()] += 1
    return image.name
