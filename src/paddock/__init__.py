"""``from paddock import OCR`` reads pages in Python; the command line is `paddock.cli`."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from paddock.serving.ocr import OCR, Extras, Line

__all__ = ["OCR", "Extras", "Line"]


def __getattr__(name: str) -> Any:
    """Load what reads pages when it is asked for: the command line must not wait for it."""
    if name in __all__:
        return getattr(import_module("paddock.serving.ocr"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
