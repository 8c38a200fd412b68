"""The prepared layout for text recognition, that of PaddleOCR's tutorials: who writes it and who reads it meet here."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paddock.core.errors import DatasetError
from paddock.core.files import read_json
from paddock.data.label_lines import LabelLine, parse_lines
from paddock.data.samples import Problem


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
        return self.folder / "stats.json"

    def stats(self) -> dict[str, Any]:
        """Content of `stats_file`; its ``digest`` names this very data.

        Raises:
            DatasetError: the data set has not been prepared, or the file is damaged.
        """
        try:
            stats = read_json(self.stats_file)
        except FileNotFoundError as error:
            raise DatasetError(f"{self.folder} is not prepared: stats.json is missing. Run paddock prepare.") from error
        except ValueError as error:
            raise DatasetError(f"{self.stats_file} is damaged: {error}. Run paddock prepare again.") from error
        if not isinstance(stats, dict):
            raise DatasetError(f"{self.stats_file} is damaged: it holds no object. Run paddock prepare again.")
        return stats


def read_labels(path: Path, delimiter: str = "\t") -> list[LabelLine]:
    """Read a label file of PaddleOCR's ``label_file_list``; images are as written, relative to ``data_dir``.

    Raises:
        DatasetError: the file is missing or holds no line, or a line cannot be used; names file and line.
    """
    lines = []
    for line in parse_lines(path, delimiter):
        if isinstance(line, Problem):
            raise DatasetError(str(line))
        lines.append(line)
    if not lines:
        raise DatasetError(f"label file {path} holds no line. Run paddock prepare, or check the path.")
    return lines
