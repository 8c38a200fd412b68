"""Writes the splits in the prepared layouts."""

import hashlib
import shutil
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

from paddock.core.files import write_csv, write_text
from paddock.data.charset import Charset
from paddock.data.check import CheckedSample
from paddock.data.free_names import FreeNames
from paddock.data.page_lines import page_line
from paddock.data.pages import CheckedPage
from paddock.data.prepared import RENAMED, PreparedDet, PreparedRec, PreparedTable
from paddock.data.progress import progress
from paddock.data.table_pictures import CheckedTable
from paddock.data.table_tokens import STRUCTURE_TOKENS, dictionary_text
from paddock.data.tables import table_line

_LONGEST_NAME = 100
"""Characters of an ASCII name; file systems take 255 bytes, and crops of a name add to it."""


def write_rec(
    layout: PreparedRec,
    parts: Mapping[str, Sequence[CheckedSample]],
    charset: Charset,
    drafts: Path,
    *,
    ascii_names: bool = False,
) -> None:
    """Write crops, labels and dictionary; crops below ``drafts`` are moved, others copied byte for byte.

    Args:
        ascii_names: see ``dataset.ascii_names``.
    """
    write_text(layout.dictionary, charset.file_text())
    names = _Names(layout.folder, ascii_names)
    for split, part in parts.items():
        images = _place_all([crop.sample.image for crop in part], layout, split, drafts, names)
        lines = [f"{image}\t{crop.sample.text}\n" for image, crop in zip(images, part, strict=True)]
        write_text(layout.label_file(split), "".join(lines))
    names.write_list()


def write_det(
    layout: PreparedDet, parts: Mapping[str, Sequence[CheckedPage]], drafts: Path, *, ascii_names: bool = False
) -> None:
    """Write pages and labels; pictures below ``drafts`` are moved, others copied byte for byte.

    Args:
        ascii_names: see ``dataset.ascii_names``.
    """
    names = _Names(layout.folder, ascii_names)
    for split, part in parts.items():
        images = _place_all([page.file for page in part], layout, split, drafts, names)
        lines = [page_line(image, page.sample.regions) for image, page in zip(images, part, strict=True)]
        write_text(layout.label_file(split), "".join(lines))
    names.write_list()


def write_table(
    layout: PreparedTable, parts: Mapping[str, Sequence[CheckedTable]], drafts: Path, *, ascii_names: bool = False
) -> None:
    """Write pictures, labels and dictionary; pictures below ``drafts`` are moved, others copied byte for byte.

    Args:
        ascii_names: see ``dataset.ascii_names``.
    """
    write_text(layout.dictionary, dictionary_text(STRUCTURE_TOKENS))
    names = _Names(layout.folder, ascii_names)
    for split, part in parts.items():
        images = _place_all([table.file for table in part], layout, split, drafts, names)
        lines = [table_line(table.sample, image, split) for image, table in zip(images, part, strict=True)]
        write_text(layout.label_file(split), "".join(lines))
    names.write_list()


class _Names:
    """Names of prepared images: those of the raw ones, as far as they are free."""

    def __init__(self, folder: Path, ascii_only: bool) -> None:
        self._folder, self._ascii_only = folder, ascii_only
        self._free = FreeNames()
        self._renamed: list[dict[str, str]] = []

    def place(self, image: Path, folder: Path) -> Path:
        """Where ``image`` goes in ``folder``; a second one of its name, from another folder, gets a number."""
        # Case is ignored, so that a prepared folder can be copied to a file system that ignores it.
        place = self._free.take(folder / (_ascii(image.name) if self._ascii_only else image.name))
        if place.name != image.name:
            self._renamed.append({"image": place.relative_to(self._folder).as_posix(), "original": image.name})
        return place

    def write_list(self) -> None:
        """Say which image had which name, where names were changed on purpose."""
        if self._ascii_only and self._renamed:
            write_csv(self._folder / RENAMED, self._renamed)


def _ascii(name: str) -> str:
    """``name`` without accents, and with the code points of what has no ASCII letter."""
    letters = [_ascii_letters(character) for character in name]
    plain = Path("".join(letters))
    if len(plain.name) <= _LONGEST_NAME:
        return plain.name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{plain.stem[: _LONGEST_NAME - 20]}_{digest}{plain.suffix}"


def _ascii_letters(character: str) -> str:
    if character.isascii():
        return character
    kept = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return "".join(letter for letter in kept if letter.isalnum()) or f"u{ord(character):04x}_"


def _place_all(
    sources: Sequence[Path], layout: PreparedDet | PreparedRec | PreparedTable, split: str, drafts: Path, names: _Names
) -> list[str]:
    """Put the images of a split where they belong; as its label file names them."""
    folder = layout.image_folder(split)
    folder.mkdir(parents=True)
    images = []
    for source in progress(sources, f"write images of {layout.folder.name}, {split}"):
        image = names.place(source, folder)
        _place(source, image, drafts)
        images.append(image.relative_to(layout.folder).as_posix())
    return images


def _place(source: Path, target: Path, drafts: Path) -> None:
    # Raw files are copied, not linked: DVC makes what it has cached read-only, and a link would be the raw file itself.
    if source.is_relative_to(drafts):
        source.replace(target)
    else:
        shutil.copyfile(source, target)
