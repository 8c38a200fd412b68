"""Before the first step: which labels can be learnt, which cannot, and why."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from paddock.config.schema import OnError
from paddock.core.errors import DatasetError
from paddock.data.charset import Charset
from paddock.data.image_size import image_hw
from paddock.ocr.rec.charset import required_steps
from paddock.ocr.rec.line import TextLine
from paddock.ocr.rec.model import num_steps
from paddock.ocr.rec.transforms import input_width


@dataclass(frozen=True)
class Checked:
    """Lines that can be learnt from."""

    lines: list[TextLine]
    widths: list[int]
    """Pixels of the network's input for each."""
    report: list[str]


def widths_or_zero(lines: Sequence[TextLine], image_shape: Sequence[int]) -> list[int]:
    """Input width of each line in pixels; 0 for a picture that cannot be read, which the loader will report."""
    widths = []
    for line in lines:
        try:
            widths.append(input_width(*image_hw(line.image, line.origin), image_shape)[1])
        except DatasetError:
            widths.append(0)
    return widths


def check(
    lines: Sequence[TextLine],
    charset: Charset,
    max_text_length: int,
    image_shape: Sequence[int],
    on_error: OnError,
) -> Checked:
    """Find the lines that cannot be learnt as they are labelled.

    Raises:
        DatasetError: a picture is missing or corrupt; or some label cannot be learnt and ``on_error`` is ``stop``; or
            nothing is left.
    """
    kept, widths = [], []
    faults: Counter[str] = Counter()
    outside: Counter[str] = Counter()
    first_fault = ""
    for line in lines:
        width = input_width(*image_hw(line.image, line.origin), image_shape)[1]
        unknown = charset.outside(line.text)
        fault = _fault(line.text, unknown, width, max_text_length)
        if fault:
            faults[fault] += 1
            outside.update(unknown)
            first_fault = first_fault or f"{line.origin}: label {line.text!r} {_detail(line.text, unknown, width)}"
            continue
        kept.append(line)
        widths.append(width)
    if first_fault and on_error is OnError.stop:
        others = sum(faults.values()) - 1
        raise DatasetError(
            f"{first_fault}{f' (and {others} more lines cannot be learnt)' if others else ''}. Mend the labels, give a "
            "dictionary that covers them, raise Global.max_text_length, or set dataset.on_error=drop to leave them out."
        )
    if not kept:
        raise DatasetError("no training label can be learnt: see the preflight above, and check the dictionary.")
    return Checked(kept, widths, _report(len(lines), kept, widths, faults, outside))


def _fault(text: str, unknown: Sequence[str], width: int, max_text_length: int) -> str:
    if unknown:
        return "characters outside the dictionary"
    if len(text) > max_text_length:
        return f"longer than Global.max_text_length={max_text_length}"
    if required_steps(text) > num_steps(width):
        return "too long for the time steps of its picture"
    return ""


def _detail(text: str, unknown: Sequence[str], width: int) -> str:
    if unknown:
        return f"has characters outside the dictionary: {' '.join(map(repr, unknown))}"
    return f"needs {required_steps(text)} time steps for {len(text)} characters; its picture gives {num_steps(width)}"


def _report(
    total: int, kept: Sequence[TextLine], widths: Sequence[int], faults: Counter[str], outside: Counter[str]
) -> list[str]:
    lengths = sorted(len(line.text) for line in kept)
    ordered = sorted(widths)
    lines = [
        f"labels encodable: {len(kept)} of {total} ({len(kept) / total:.1%})",
        f"label lengths: median {lengths[len(lengths) // 2]}, longest {lengths[-1]} characters",
        f"input widths: median {ordered[len(ordered) // 2]} px, widest {ordered[-1]} px "
        f"({num_steps(ordered[0])} to {num_steps(ordered[-1])} time steps)",
    ]
    lines += [f"left out, {fault}: {count}" for fault, count in faults.most_common()]
    if outside:
        shown = ", ".join(f"{character!r} {count}x" for character, count in outside.most_common(20))
        lines.append(f"characters outside the dictionary: {shown}")
    return lines
