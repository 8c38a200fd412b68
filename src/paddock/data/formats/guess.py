"""Which format a folder is in, by the names of the files in it."""

from pathlib import Path

from paddock.core.errors import DatasetError
from paddock.data.find_image import find_file

_PATTERNS = {
    "ppocrlabel_table": ("gt.txt", "*/gt.txt"),
    "pubtabnet": ("*.jsonl",),
    "sroie": ("box/*.csv",),
    "paddleocr_det": ("*_label.txt",),
    "paddleocr_rec": ("rec_gt*.txt",),
    "icdar2015": ("gt_*.txt", "*/gt_*.txt"),
}
"""Format -> files of which one is there; the first format that fits counts."""


def guess_format(raw: Path) -> str:
    """The format of ``raw``; a PPOCRLabel project is one of tables if records of tables were exported.

    Raises:
        DatasetError: the folder is missing, or holds no label file of a known name.
    """
    if not raw.is_dir():
        raise DatasetError(f"raw folder {raw} is missing. Check the path.")
    own = ("Label.txt", "rec_gt.txt")
    if not (raw / "gt.txt").is_file() and any(find_file(raw, name) for name in own):
        return "ppocrlabel"
    for name, patterns in _PATTERNS.items():
        if any(next(raw.glob(pattern), None) for pattern in patterns):
            return name
    known = ", ".join([*own, *(pattern for patterns in _PATTERNS.values() for pattern in patterns)])
    raise DatasetError(f"no label file is in {raw} (looked for {known}). Say which format it has: --format NAME.")
