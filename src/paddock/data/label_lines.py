"""Lines of label files; in PaddleOCR's, ``<image>`` TAB ``<text>``, where the text may be JSON."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from paddock.core.errors import DatasetError
from paddock.data.samples import Problem

_BOM = "\ufeff"
_SHOWN = 60
"""Characters of a line in a message."""
_UNTABBED = re.compile(
    r"(?P<image>.+?\.(?:jpe?g|png|bmp|tiff?|webp))(?P<separator>\\t|\s*[,;|]\s*|\s+)(?P<text>\S.*)", re.IGNORECASE
)
"""Image and text with anything but a tab between them: a blank, a comma as ICDAR's crops have it, a typed ``\\t``."""


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
    mended: tuple[Problem, ...] = field(default=(), compare=False)
    """What was not as it should be and is read nevertheless."""


def parse_lines(path: Path, delimiter: str = "\t", *, repair: bool = False) -> Iterator[LabelLine | Problem]:
    """Go through a label file of PaddleOCR's.

    Args:
        repair: read a line in spite of a problem that can be mended without a guess; see ``LabelLine.mended``.

    Raises:
        DatasetError: the file is missing or cannot be read.
    """
    for line in text_lines(path):
        yield line if isinstance(line, Problem) else _parse(line, delimiter, repair)


def text_lines(path: Path) -> Iterator[TextLine | Problem]:
    """Go through any label file; byte order mark, CRLF and empty lines are tolerated.

    Raises:
        DatasetError: the file is missing or cannot be read.
    """
    for number, raw_line in enumerate(_raw_lines(path), start=1):
        origin = f"{path}:{number}"
        try:
            line = raw_line.decode("utf-8").removeprefix(_BOM).rstrip("\r\n")
        except UnicodeDecodeError:
            yield Problem("not_utf8", origin, "the line is not UTF-8. Save the label file as UTF-8.")
            continue
        if line.strip():
            yield TextLine(line, origin)


def label_bytes(path: Path) -> bytes:
    """The content of a label file.

    Raises:
        DatasetError: the file is missing or cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error


def is_writable(text: str) -> bool:
    """Whether UTF-8 can hold ``text``; JSON can name halves of characters (``\\ud800``), which it cannot."""
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def file_faults(path: Path) -> list[Problem]:
    """What `text_lines` reads past: the problems ``byte_order_mark``, ``crlf``, ``blank_line``, each once a file.

    Raises:
        DatasetError: the file is missing or cannot be read.
    """
    first_crlf = num_crlf = first_blank = num_blank = 0
    has_bom = False
    for number, line in enumerate(_raw_lines(path), start=1):
        has_bom |= number == 1 and line.startswith(_BOM.encode())
        if line.removesuffix(b"\n").endswith(b"\r"):
            first_crlf, num_crlf = first_crlf or number, num_crlf + 1
        if not line.strip():
            first_blank, num_blank = first_blank or number, num_blank + 1
    faults = []
    if has_bom:
        message = "the file begins with a byte order mark, which PaddleOCR takes for a part of the first path."
        faults.append(Problem("byte_order_mark", f"{path}:1", message, "read without it"))
    if num_crlf:
        message = f"{_lines(num_crlf)} as on Windows, and PaddleOCR takes the \\r for a part of the label."
        faults.append(Problem("crlf", f"{path}:{first_crlf}", message, "read without \\r"))
    if num_blank:
        message = f"{num_blank} blank line(s), of which this is the first; PaddleOCR stumbles over each."
        faults.append(Problem("blank_line", f"{path}:{first_blank}", message, "passed over"))
    return faults


def _raw_lines(path: Path) -> Iterator[bytes]:
    """Lines with their ends, one at a time: a label file may be larger than memory.

    Bytes, because text files also end lines at characters that may stand inside a text, such as a lone \\r.
    """
    try:
        with path.open("rb") as file:
            yield from file
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> DatasetError:
    reason = "is missing" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
    return DatasetError(f"label file {path} {reason}. Check dataset.raw and dataset.label_files.")


def _lines(number: int) -> str:
    return "1 line ends" if number == 1 else f"{number} lines end"


def _parse(line: TextLine, delimiter: str, repair: bool) -> LabelLine | Problem:
    shown, origin = f"{line.text[:_SHOWN]!r}", line.origin
    image, found, text = line.text.partition(delimiter)
    if not found:
        expected = "tab" if delimiter == "\t" else repr(delimiter)
        message = f"no {expected} between image and text in {shown}. Write IMAGE<TAB>TEXT."
        return _mended(Problem("no_tab", origin, message), _untabbed(line.text), repair)
    if delimiter in text:
        message = f"more than one tab in {shown}. Write IMAGE<TAB>TEXT."
        fields = [field for field in line.text.split(delimiter) if field.strip()]
        parts = (fields[0], fields[1]) if len(fields) == 2 else None
        return _mended(Problem("extra_tab", origin, message), parts, repair)
    if not text.strip():
        return Problem("empty_label", origin, f"no text after the image in {shown}. Write the text or delete the line.")
    mended: tuple[Problem, ...] = ()
    if text != text.strip():
        message = f"blanks before or after the text {text[:_SHOWN]!r}, which no picture shows."
        mended = (Problem("outer_blanks", origin, message, "read without them"),)
    return LabelLine(image.strip(), text.strip(), origin, mended)


def _mended(problem: Problem, parts: tuple[str, str] | None, repair: bool) -> LabelLine | Problem:
    """The line that ``parts`` make, or the problem, which says how it could be mended."""
    if parts is None:
        return problem
    image, text = (part.strip() for part in parts)
    problem = replace(problem, repair=f"read as image {image[:_SHOWN]!r} and text {text[:_SHOWN]!r}")
    return LabelLine(image, text, problem.origin, (problem,)) if repair else problem


def _untabbed(line: str) -> tuple[str, str] | None:
    """Image and text, where there is one way only to tell them apart."""
    match = _UNTABBED.fullmatch(line)
    if match is None or _UNTABBED.fullmatch(match["text"]):
        return None
    text = match["text"].strip()
    if "," in match["separator"] and len(text) > 2 and text[0] == text[-1] == '"':
        text = text[1:-1].replace('\\"', '"').replace('""', '"')
    return match["image"], text
