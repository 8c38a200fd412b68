"""The catalogue of everything that paddock says about raw data: docs/lint.md has a heading for each code."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Severity(Enum):
    """How bad it is; the most severe first."""

    error = "error"
    """The label cannot be used as it is: left out, or the data set is refused."""
    warning = "warning"
    """The label can be used, and somebody should look at it."""
    note = "note"
    """Nothing to mend; told so that no count surprises."""


class Repair(Enum):
    """Whether paddock can mend it without a guess, in memory; the raw files stay as they are."""

    never = "never"
    asked = "asked"
    """With ``dataset.on_error=repair``, and only where the problem says how."""
    always = "always"
    """While reading, whatever ``dataset.on_error`` says."""


@dataclass(frozen=True)
class ProblemCode:
    """What one code means."""

    severity: Severity
    meaning: str
    remedy: str
    """What a person does about it."""
    repair: Repair = Repair.never
    leaves_out: bool = False
    """Something is missing in the prepared data: a line, a page, a box, a crop, a table."""


def _error(meaning: str, remedy: str, repair: Repair = Repair.never) -> ProblemCode:
    return ProblemCode(Severity.error, meaning, remedy, repair, leaves_out=True)


def _warning(meaning: str, remedy: str, repair: Repair = Repair.never, *, leaves_out: bool = False) -> ProblemCode:
    return ProblemCode(Severity.warning, meaning, remedy, repair, leaves_out)


def _note(meaning: str, remedy: str, repair: Repair = Repair.never, *, leaves_out: bool = False) -> ProblemCode:
    return ProblemCode(Severity.note, meaning, remedy, repair, leaves_out)


_LINES = {
    "no_tab": _error("no tab between image and text", "write a tab", Repair.asked),
    "extra_tab": _error("more than one tab", "keep the one between image and text", Repair.asked),
    "empty_label": _error("no text after the image", "write the text, or delete the line"),
    "not_utf8": _error("the line is not UTF-8", "save the label file as UTF-8"),
    "bad_json": _error("no JSON where a list of boxes or a table belongs", "save or export it again", Repair.asked),
    "few_fields": _error("fewer fields than the format has", "write all of them, as docs/formats.md shows"),
    "conflicting_label": _error("one image with two different labels", "delete one of the lines"),
    "byte_order_mark": _warning("the label file begins with a byte order mark", "save it without", Repair.always),
    "crlf": _warning("lines end as on Windows", "save the file with Unix line ends", Repair.always),
    "blank_line": _warning("lines without content", "delete them", Repair.always),
    "outer_blanks": _warning("blanks before or after the text", "delete them", Repair.always),
    "repeated_line": _note("the same image with the same label again", "nothing", leaves_out=True),
    "not_read": _note("a part of the label that paddock has no use for", "nothing"),
}

_IMAGES = {
    "image_missing": _error("the image is not there", "restore it, or delete the line"),
    "name_differs": _error("the image is named with other letters: upper case, accents", "rename it", Repair.asked),
    "image_ambiguous": _error("several images have the name of one label file", "put label files beside their images"),
    "outside_folder": _error("the path leaves the data folder", "write paths below dataset.raw"),
    "image_corrupt": _error("the image does not decode to its end", "export it again, or delete the line"),
    "image_too_large": _error("more pixels than Pillow reads without being told to", "cut it up or scale it down"),
    "absolute_path": _warning("an absolute path, of this machine or another one", "write it relative", Repair.always),
    "windows_path": _warning("a path with backslashes", "write / between folders", Repair.always),
    "orphan_image": _warning("no line names the image", "label it, or take it out of the folder"),
    "duplicate_image": _warning("two images are the same file", "delete one of them"),
    "contradictory_image": _warning("two images are the same file and labelled differently", "mend the wrong label"),
    "near_duplicate": _warning("two images look the same", "delete one, or group them in dataset.group_pattern"),
    "in_two_splits": _warning("one picture in two lists of splits", "take it out of one of them"),
    "held_back": _note("goes with a picture of a listed split, and is not listed", "list it, too", leaves_out=True),
    "transparent": _warning("see-through parts, of which only the hidden colour is read", "put it on white"),
    "made_upright": _warning("EXIF turns the picture", "save its pixels upright", Repair.always),
    "not_rgb": _note("grey, palette, CMYK, 16 bits or transparency", "nothing", Repair.always),
    "non_ascii_name": _note("a name with characters beyond ASCII", "dataset.ascii_names=true, for other tools"),
    "stray_crop": _note("a crop of a box that has been deleted", "nothing", leaves_out=True),
    "not_confirmed": _note("a picture that fileState.txt does not confirm", "confirm it", leaves_out=True),
}

_BOXES = {
    "bad_points": _error("a point is no pair of finite numbers", "draw the box again"),
    "few_points": _error("a box of fewer than four points", "draw it again"),
    "no_area": _error("a box is thinner than a pixel", "delete it, or draw it again"),
    "self_crossing": _error("the sides of a box cross", "draw it again", Repair.asked),
    "outside_image": _error("more than half of a box lies outside the picture", "draw it again"),
    "clipped": _warning("a box reaches a little over the edge", "draw it again", Repair.always),
    "made_clockwise": _warning("corners run against the clock", "draw it again", Repair.always),
    "point_key": _warning("a box says `point`; PaddleOCR reads `points` only", "write points", Repair.always),
    "repeated_box": _warning("the same box with the same text again", "delete one", Repair.asked),
    "boxes_overlap": _warning("two boxes cover nearly the same", "delete one, or draw them apart"),
    "other_category": _note("boxes of what is no text", "nothing", leaves_out=True),
    "no_box_left": _note("none of a page's boxes could be used", "mend its boxes", leaves_out=True),
}

_TEXTS = {
    "line_break": _error("a tab or a line break within a text", "mend the text, or cut the box in two"),
    "outside_dictionary": _error("characters that dataset.dictionary lacks", "add them there, or mend the text"),
    "text_too_long": _warning("longer than Global.max_text_length", "raise that, or cut the box in two"),
    "placeholder": _warning("what PPOCRLabel writes before anybody has", "write the text", leaves_out=True),
    "empty_text": _warning("a box without a text", "write the text, or ###", leaves_out=True),
    "invisible_character": _warning("characters that no picture can show", "delete them", Repair.asked),
    "odd_blank": _warning("blanks that are not the space", "write spaces", Repair.asked),
    "full_width": _warning("full-width letters or digits", "write plain ones", Repair.asked),
    "not_composed": _warning("an accent apart from its letter", "write them as one character", Repair.asked),
    "look_alike": _warning("characters that look like others", "write the usual ones"),
    "combining_mark": _note("a mark that is a class of its own for the network", "nothing"),
    "not_labelled": _note("unreadable text (### or *), or a project without labels", "nothing", leaves_out=True),
    "difficult": _note("marked as difficult, and dataset.difficult is not keep", "nothing", leaves_out=True),
}

_TABLES = {
    "bad_record": _error("the line is not what PubTabNet has", "export it again"),
    "bad_box": _error("a cell's box is neither 4 nor 8 finite numbers nor 4 points", "draw it again"),
    "cell_count": _error("more or fewer cells in the structure than with text or box", "make them agree"),
    "no_cells": _error("a table without a cell", "label it, or delete the line"),
    "span_range": _error("a span of 1, or above 20", "leave it out, or split the cell"),
    "unknown_token": _error("a structure token that SLANet does not know", "correct it"),
    "broken_structure": _error("a structure token where no table has it", "correct it"),
    "too_long": _error("more structure tokens than dataset.max_table_tokens", "cut picture and label in two"),
    "box_outside": _error("a cell's box leaves the picture", "draw it again, or find the picture that was labelled"),
    "not_exported": _error("boxes in Label.txt and no record in gt.txt", "export table label in PPOCRLabel"),
    "cells_overlap": _warning("two cells cover nearly the same", "draw them apart"),
}

CODES: Mapping[str, ProblemCode] = {**_LINES, **_IMAGES, **_BOXES, **_TEXTS, **_TABLES}
"""In the order of docs/lint.md."""
