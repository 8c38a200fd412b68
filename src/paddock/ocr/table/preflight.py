"""Before the first step: which tables can be learnt, which cannot, and how large their texts are for the network."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from paddock.config.schema import OnError
from paddock.core.errors import DatasetError
from paddock.data.image_size import image_hw
from paddock.data.table_tokens import num_cells, span_of
from paddock.ocr.table.picture import TablePicture
from paddock.ocr.table.tokens import TableClasses


@dataclass(frozen=True)
class Checked:
    """Tables that can be learnt from."""

    pictures: list[TablePicture]
    lengths: list[int]
    """Structure tokens of each."""
    report: list[str]


def check(
    pictures: Sequence[TablePicture],
    classes: TableClasses,
    max_text_length: int,
    longest_side_px: int,
    on_error: OnError,
) -> Checked:
    """Find the tables that cannot be learnt as they are labelled.

    Args:
        longest_side_px: of a picture where the network sees it.

    Raises:
        DatasetError: a picture is missing or corrupt; or some label cannot be learnt and ``on_error`` is ``stop``; or
            nothing is left.
    """
    kept, heights = [], []
    faults: Counter[str] = Counter()
    first_fault = ""
    for picture in pictures:
        ratio = longest_side_px / max(image_hw(picture.image, picture.origin))
        fault, detail = _fault(picture, classes, max_text_length)
        if fault:
            faults[fault] += 1
            first_fault = first_fault or f"{picture.origin}: the table of {picture.image.name} {detail}"
            continue
        kept.append(picture)
        heights += [ratio * (max(cell.box[1::2]) - min(cell.box[1::2])) for cell in picture.cells if cell.box]
    if first_fault and on_error is OnError.stop:
        others = sum(faults.values()) - 1
        raise DatasetError(
            f"{first_fault}{f' (and {others} more tables cannot be learnt)' if others else ''}. Run `paddock prepare` "
            "again, raise Global.max_text_length, or set dataset.on_error=drop to leave them out."
        )
    if not kept:
        raise DatasetError("no training table can be learnt: check Global.max_text_length and the dictionary.")
    lengths = [len(classes.words(picture.structure)) for picture in kept]
    return Checked(kept, lengths, _report(len(pictures), kept, lengths, heights, faults))


def _fault(picture: TablePicture, classes: TableClasses, max_text_length: int) -> tuple[str, str]:
    """What is wrong, as it is counted and as a sentence of it says; empty if nothing is."""
    if unknown := classes.outside(picture.structure):
        return "tokens outside the dictionary", f"has tokens outside the dictionary: {', '.join(map(repr, unknown))}"
    length = len(classes.words(picture.structure))
    if length > max_text_length:
        fault = f"longer than Global.max_text_length={max_text_length}"
        return fault, f"has {length} structure tokens, {fault}"
    cells = num_cells(picture.structure)
    if cells != len(picture.cells):
        return "cells do not fit", f"has {cells} cells in its structure and {len(picture.cells)} with text or box"
    return ("", "") if cells else ("no cell", "has no cell")


def _report(
    total: int,
    kept: Sequence[TablePicture],
    lengths: Sequence[int],
    heights: Sequence[float],
    faults: Counter[str],
) -> list[str]:
    cells = [len(picture.cells) for picture in kept]
    spanned = sum(any(span_of(token) for token in picture.structure) for picture in kept)
    lines = [
        f"tables to learn: {len(kept)} of {total} ({len(kept) / total:.1%}), {spanned} of them with spanned cells",
        f"structure tokens: median {median(lengths):.0f}, most {max(lengths)}; "
        f"cells: median {median(cells):.0f}, most {max(cells)}",
    ]
    if heights:
        lines.append(
            f"{len(heights)} boxes to learn, of {sum(cells)} cells; their heights where the network sees them: "
            f"median {median(heights):.0f} px, smallest {min(heights):.0f} px"
        )
    lines += [f"left out, {fault}: {count}" for fault, count in faults.most_common()]
    return lines
