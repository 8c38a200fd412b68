"""``from paddock import OCR, TableOCR`` reads pages and tables in Python; the command line is `paddock.cli`."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from paddock.serving.ocr import OCR, Extras, Line
    from paddock.serving.table_ocr import Table, TableOCR

__all__ = ["OCR", "Extras", "Line", "Table", "TableOCR"]

_MODULES = {
    "OCR": "paddock.serving.ocr",
    "Extras": "paddock.serving.ocr",
    "Line": "paddock.serving.ocr",
    "Table": "paddock.serving.table_ocr",
    "TableOCR": "paddock.serving.table_ocr",
}


def __getattr__(name: str) -> Any:
    """Load what reads pages when it is asked for: the command line must not wait for it."""
    if name in _MODULES:
        return getattr(import_module(_MODULES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
