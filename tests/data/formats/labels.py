"""What two readings of the same labels have in common: which picture says what."""

import hashlib
from collections import Counter
from pathlib import Path

from paddock.data.raw_data import RawData


def said(raw: RawData) -> dict[str, Counter[tuple[object, ...]]]:
    """Labels by kind, of pictures that are known by their content, in no order."""
    return {
        "pages": Counter((_content(page.image), page.regions) for page in raw.pages),
        "crops": Counter((_content(crop.image), crop.text) for crop in raw.crops),
        "tables": Counter((_content(table.image), table.structure, table.cells) for table in raw.tables.samples),
    }


def _content(image: Path) -> str:
    return hashlib.sha256(image.read_bytes()).hexdigest()
