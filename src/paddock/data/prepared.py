"""The prepared layouts, those of PaddleOCR's tutorials: who writes them and who reads them meet here."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from paddock.core.errors import DatasetError
from paddock.core.files import read_json
from paddock.data.formats.pubtabnet import parse_record
from paddock.data.label_lines import LabelLine, parse_lines, text_lines
from paddock.data.page_lines import PageLine, parse_page
from paddock.data.samples import Problem
from paddock.data.tables import TableSample

Line = TypeVar("Line", LabelLine, PageLine, TableSample)

STATS = "stats.json"
"""Stands in every folder of the layout; paddock replaces no folder that lacks it."""

RENAMED = "names.csv"
"""With ``dataset.ascii_names``: which prepared image had which name."""

RECOGNITION, DETECTION, TABLE = "rec", "det", "table"
"""Folders below ``data/prepared/<dataset>``, named after the tasks that read them."""

NEEDED = {DETECTION: "boxes", RECOGNITION: "readable text", TABLE: "tables"}
"""What the labels must have in each split for a task to get data."""


@dataclass(frozen=True)
class PreparedRec:
    """Names below ``data/prepared/<dataset>/rec``."""

    folder: Path

    def image_folder(self, split: str) -> Path:
        """Crops of ``split``: ``train``, ``val`` or ``test``."""
        return self.folder / f"crop_img_{split}"

    def label_file(self, split: str) -> Path:
        """Labels of ``split``, with images relative to `folder`."""
        return self.folder / f"rec_gt_{split}.txt"

    @property
    def dictionary(self) -> Path:
        """One character a line, without the space."""
        return self.folder / "dict.txt"

    @property
    def stats_file(self) -> Path:
        """What ``paddock prepare`` found out."""
        return self.folder / STATS

    def stats(self) -> dict[str, Any]:
        """Content of `stats_file`; its ``digest`` names this very data.

        Raises:
            DatasetError: the data set has not been prepared, or the file is damaged.
        """
        return _read_stats(self.stats_file)


@dataclass(frozen=True)
class PreparedDet:
    """Names below ``data/prepared/<dataset>/det``."""

    folder: Path

    def image_folder(self, split: str) -> Path:
        """Pages of ``split``: ``train``, ``val`` or ``test``."""
        return self.folder / f"{split}_imgs"

    def label_file(self, split: str) -> Path:
        """Boxes of ``split``, with images relative to `folder`."""
        return self.folder / f"{split}_label.txt"

    @property
    def stats_file(self) -> Path:
        """What ``paddock prepare`` found out."""
        return self.folder / STATS

    def stats(self) -> dict[str, Any]:
        """Content of `stats_file`; its ``digest`` names this very data.

        Raises:
            DatasetError: the data set has not been prepared or has no boxes, or the file is damaged.
        """
        return _read_stats(self.stats_file)


@dataclass(frozen=True)
class PreparedTable:
    """Names below ``data/prepared/<dataset>/table``."""

    folder: Path

    def image_folder(self, split: str) -> Path:
        """Pictures of ``split``: ``train``, ``val`` or ``test``."""
        return self.folder / f"{split}_imgs"

    def label_file(self, split: str) -> Path:
        """Tables of ``split`` as PaddleOCR's PubTabDataSet reads them, with images relative to `folder`."""
        return self.folder / f"{split}_label.txt"

    @property
    def dictionary(self) -> Path:
        """One structure token a line: PaddleOCR's table_structure_dict_ch.txt."""
        return self.folder / "dict.txt"

    @property
    def stats_file(self) -> Path:
        """What ``paddock prepare`` found out."""
        return self.folder / STATS

    def stats(self) -> dict[str, Any]:
        """Content of `stats_file`; its ``digest`` names this very data.

        Raises:
            DatasetError: the data set has not been prepared or has no tables, or the file is damaged.
        """
        return _read_stats(self.stats_file)


Layout: TypeAlias = PreparedDet | PreparedRec | PreparedTable

LAYOUTS: Mapping[str, Callable[[Path], Layout]] = {
    DETECTION: PreparedDet,
    RECOGNITION: PreparedRec,
    TABLE: PreparedTable,
}
"""The layout of each task's folder."""


def _read_stats(path: Path) -> dict[str, Any]:
    folder = path.parent
    try:
        stats = read_json(path)
    except FileNotFoundError as error:
        if others := sorted(other.parent.name for other in folder.parent.glob(f"*/{STATS}")):
            raise DatasetError(
                f"{folder.parent} is prepared for {', '.join(others)} and has nothing for {folder.name}: it has no "
                f"{NEEDED.get(folder.name, 'such labels')}. Pick another data set with dataset=, or label it."
            ) from error
        raise DatasetError(f"{folder} is not prepared: {STATS} is missing. Run paddock prepare.") from error
    except ValueError as error:
        raise DatasetError(f"{path} is damaged: {error}. Run paddock prepare again.") from error
    if not isinstance(stats, dict):
        raise DatasetError(f"{path} is damaged: it holds no object. Run paddock prepare again.")
    return stats


def prepared_digests(folder: Path) -> dict[str, str]:
    """What names the data below ``folder``, by task; nothing of what was prepared by other means.

    Raises:
        DatasetError: a stats.json is damaged.
    """
    found = {path.parent.name: _read_stats(path).get("digest") for path in sorted(folder.glob(f"*/{STATS}"))}
    return {task: str(digest) for task, digest in found.items() if digest}


def read_labels(path: Path, delimiter: str = "\t") -> list[LabelLine]:
    """Read a label file of PaddleOCR's ``label_file_list``; images are as written, relative to ``data_dir``.

    Raises:
        DatasetError: the file is missing or holds no line, or a line cannot be used; names file and line.
    """
    return _whole(parse_lines(path, delimiter), path)


def read_pages(path: Path, delimiter: str = "\t") -> list[PageLine]:
    """Read a detection label file of PaddleOCR's ``label_file_list``; images are as written, relative to ``data_dir``.

    Raises:
        DatasetError: the file is missing or holds no line, or a line or a box cannot be used; names file and line.
    """
    entries = (
        entry
        for line in parse_lines(path, delimiter)
        for entry in ([line] if isinstance(line, Problem) else parse_page(line))
    )
    return _whole(entries, path)


def read_tables(path: Path) -> list[TableSample]:
    """Read a label file of PaddleOCR's PubTabDataSet; images are as written, relative to ``data_dir``, groups empty.

    Raises:
        DatasetError: the file is missing or holds no line, or a line cannot be used; names file and line.
    """
    entries = (line if isinstance(line, Problem) else parse_record(line.text, line.origin) for line in text_lines(path))
    return _whole(entries, path)


def _whole(entries: Iterable[Line | Problem], path: Path) -> list[Line]:
    lines = []
    for entry in entries:
        if isinstance(entry, Problem):
            raise DatasetError(str(entry))
        lines.append(entry)
    if not lines:
        raise DatasetError(f"label file {path} holds no line. Run paddock prepare, or check the path.")
    return lines
