"""Writes the splits in the prepared layouts."""

import hashlib
import os
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

from paddock.core.files import sha256_file, write_bytes, write_csv
from paddock.core.links import link_or_copy
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

Digests = dict[str, str]
"""SHA-256 of each file that was written, by its name relative to the layout's folder."""

_LONGEST_NAME = 100
"""Characters of an ASCII name; file systems take 255 bytes, and crops of a name add to it."""


def write_rec(
    layout: PreparedRec,
    parts: Mapping[str, Sequence[CheckedSample]],
    charset: Charset,
    drafts: Path,
    *,
    ascii_names: bool = False,
) -> Digests:
    """Write crops, labels and dictionary; crops below ``drafts`` are moved, others linked or copied.

    Args:
        ascii_names: see ``dataset.ascii_names``.
    """
    written = _Written(layout.folder, drafts, ascii_names)
    written.text(layout.dictionary, charset.file_text())
    for split, part in parts.items():
        images = written.images(layout.image_folder(split), [(crop.sample.image, crop.sha256) for crop in part])
        lines = [f"{image}\t{crop.sample.text}\n" for image, crop in zip(images, part, strict=True)]
        written.text(layout.label_file(split), "".join(lines))
    return written.finished()


def write_det(
    layout: PreparedDet, parts: Mapping[str, Sequence[CheckedPage]], drafts: Path, *, ascii_names: bool = False
) -> Digests:
    """Write pages and labels; pictures below ``drafts`` are moved, others linked or copied.

    Args:
        ascii_names: see ``dataset.ascii_names``.
    """
    written = _Written(layout.folder, drafts, ascii_names)
    for split, part in parts.items():
        sources = [(page.file, None if page.is_turned else page.sha256) for page in part]
        images = written.images(layout.image_folder(split), sources)
        lines = [page_line(image, page.sample.regions) for image, page in zip(images, part, strict=True)]
        written.text(layout.label_file(split), "".join(lines))
    return written.finished()


def write_table(
    layout: PreparedTable, parts: Mapping[str, Sequence[CheckedTable]], drafts: Path, *, ascii_names: bool = False
) -> Digests:
    """Write pictures, labels and dictionary; pictures below ``drafts`` are moved, others linked or copied.

    Args:
        ascii_names: see ``dataset.ascii_names``.
    """
    written = _Written(layout.folder, drafts, ascii_names)
    written.text(layout.dictionary, dictionary_text(STRUCTURE_TOKENS))
    for split, part in parts.items():
        sources = [(table.file, None if table.is_turned else table.sha256) for table in part]
        images = written.images(layout.image_folder(split), sources)
        lines = [table_line(table.sample, image, split) for image, table in zip(images, part, strict=True)]
        written.text(layout.label_file(split), "".join(lines))
    return written.finished()


class _Written:
    """The files of one layout; images keep the names of the raw ones, as far as they are free.

    Names are strings here: a `Path` for every step of every crop took as long as decoding the pages.
    """

    def __init__(self, folder: Path, drafts: Path, ascii_only: bool) -> None:
        self._folder, self._drafts, self._ascii_only = folder, f"{drafts}{os.sep}", ascii_only
        self._free = FreeNames()
        self._renamed: list[dict[str, str]] = []
        self._digests: Digests = {}

    def text(self, path: Path, text: str) -> None:
        """Write a file of text."""
        content = text.encode("utf-8")
        write_bytes(path, content)
        self._digests[path.relative_to(self._folder).as_posix()] = hashlib.sha256(content).hexdigest()

    def images(self, folder: Path, sources: Sequence[tuple[Path, str | None]]) -> list[str]:
        """Make ``folder`` and place images in it; their names, relative to the layout's folder.

        Args:
            sources: each image with the SHA-256 of its content, if that is known.
        """
        folder.mkdir(parents=True)
        below = folder.relative_to(self._folder).as_posix()
        verb = f"write images of {self._folder.name}, {below}"
        return [self._image(image, below, sha256) for image, sha256 in progress(sources, verb)]

    def finished(self) -> Digests:
        """Say which image had which name, where names were changed on purpose; the digests of all files."""
        if self._ascii_only and self._renamed:
            path = self._folder / RENAMED
            write_csv(path, self._renamed)
            self._digests[RENAMED] = sha256_file(path)
        return self._digests

    def _image(self, source: Path, folder: str, sha256: str | None) -> str:
        original = source.name
        # Case is ignored, so that a prepared folder can be copied to a file system that ignores it.
        name = self._free.take(f"{folder}/{_ascii(original) if self._ascii_only else original}")
        if name != f"{folder}/{original}":
            self._renamed.append({"image": name, "original": original})
        target = f"{self._folder}{os.sep}{name}"
        if str(source).startswith(self._drafts):
            os.replace(source, target)  # noqa: PTH105 - see the class
        else:
            link_or_copy(source, Path(target))
        self._digests[name] = sha256 or sha256_file(Path(target))
        return name


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
