"""Which format a folder is in, by the names of the files in it."""

from pathlib import Path

from paddock.core.errors import DatasetError
from paddock.data.find_image import find_file
from paddock.data.formats.coco import PATTERNS
from paddock.data.formats.ppocrlabel_project import BOXES, CROPS, own_files
from paddock.data.formats.ppocrlabel_table import RECORDS

_PATTERNS = {
    "pubtabnet": ("*.jsonl",),
    "sroie": ("box/*.csv",),
    "coco": PATTERNS,
    "funsd": ("annotations/*.json", "*/annotations/*.json"),
    "lmdb": ("data.mdb", "*/data.mdb"),
    "icdar2015_rec": ("gt.txt", "*_gt.txt"),
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
    records = own_files(raw, RECORDS)
    is_project = any(find_file(raw, name) for name in (BOXES, CROPS))
    if any(map(_has_records, records)) and (find_file(raw, RECORDS) or not is_project):
        return "ppocrlabel_table"
    if own_files(raw, BOXES, CROPS):
        return "ppocrlabel"
    for name, patterns in _PATTERNS.items():
        if any(next(raw.glob(pattern), None) for pattern in patterns):
            return name
    known = ", ".join([BOXES, CROPS, *(pattern for patterns in _PATTERNS.values() for pattern in patterns)])
    raise DatasetError(f"no label file is in {raw} (looked for {known}). Say which format it has: --format NAME.")


def _has_records(path: Path) -> bool:
    """Whether a file holds JSON, as PPOCRLabel's records of tables do and ICDAR's file of the same name does not."""
    with path.open("rb") as file:
        return file.read(16).decode("utf-8-sig", errors="replace").lstrip()[:1] in ("{", "")
