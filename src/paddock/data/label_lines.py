"""Lines of label files; in PaddleOCR's, ``<image>`` TAB ``<text>``, where the text may be JSON."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from paddock.core.errors import DatasetError
from paddock.data.samples import Problem

_BOM = "\ufeff"


@dataclass(frozen=True)
class TextLine:
    """One line as written, without its end."""

    text: str
    origin: str
    """File and line, as in ``rec_gt.txt:12``."""


@dataclass(frozen=True)
class LabelLine:
    """One line: the image as written, the text without line end and outer blanks, which no picture can show."""

    image: str
    text: str
    origin: str


def parse_lines(path: Path, delimiter: str = "\t") -> Iterator[LabelLine | Problem]:
    """Go through a label file of PaddleOCR's.

    Raises:
        DatasetError: the file is missing or cannot be read.
    """
    for line in text_lines(path):
        yield line if isinstance(line, Problem) else _parse(line, delimiter)


def text_lines(path: Path) -> Iterator[TextLine | Problem]:
    """Go through any label file; byte order mark, CRLF and empty lines are tolerated.

    Raises:
        DatasetError: the file is missing or cannot be read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = "is missing" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
        raise DatasetError(f"label file {path} {reason}. Check dataset.raw and dataset.label_files.") from error
    # bytes.split, because str.splitlines also cuts at characters that may stand inside a text, such as U+2028.
    for number, raw_line in enumerate(content.split(b"\n"), start=1):
        origin = f"{path}:{number}"
        try:
            line = raw_line.decode("utf-8").removeprefix(_BOM).rstrip("\r")
        except UnicodeDecodeError:
            yield Problem("not_utf8", origin, "the line is not UTF-8. Save the label file as UTF-8.")
            continue
        if line.strip():
            yield TextLine(line, origin)


def _parse(line: TextLine, delimiter: str) -> LabelLine | Problem:
    shown, origin = f"{line.text[:60]!r}", line.origin
    image, found, text = line.text.partition(delimiter)
    if not found:
        expected = "tab" if delimiter == "\t" else repr(delimiter)
        return Problem("no_tab", origin, f"no {expected} between image and text in {shown}. Write IMAGE<TAB>TEXT.")
    if delimiter in text:
        return Problem("extra_tab", origin, f"more than one tab in {shown}. Write IMAGE<TAB>TEXT.")
    if not text.strip():
        return Problem("empty_label", origin, f"no text after the image in {shown}. Write the text or delete the line.")
    return LabelLine(image.strip(), text.strip(), origin)
