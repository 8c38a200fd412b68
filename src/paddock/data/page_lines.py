"""Lines of PaddleOCR's detection label files.

``<image>`` TAB ``[{"transcription": "text", "points": [[x, y], ...], "difficult": false}, ...]``
"""

import ast
import json
import math
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from paddock.data.label_lines import LabelLine, is_writable
from paddock.data.samples import Points, Problem, Region

_SURELY_FINITE = 1 << 53
"""Whole numbers below it are floats, too, and need no closer look."""
MIN_POINTS = 4
_LONGEST_LITERAL = 1 << 20
"""Characters; Python's parser takes some hundred bytes for each."""


@dataclass(frozen=True)
class PageLine:
    """One line: the image as written, its regions, not yet held against the picture."""

    image: str
    regions: tuple[Region, ...]
    origin: str
    mended: tuple[Problem, ...] = field(default=(), compare=False)
    """What was not as it should be and is read nevertheless."""


def parse_page(line: LabelLine, *, repair: bool = False) -> Iterator[Problem | PageLine]:
    """A problem for each region that cannot be used, then the line with the others, if any is left.

    Args:
        repair: read a line in spite of a problem that can be mended without a guess; see ``PageLine.mended``.
    """
    mended = []
    try:
        items = json.loads(line.text)
    except (ValueError, RecursionError) as error:
        items = literal(line.text)
        way = "read as a list of Python's" if isinstance(items, list) else ""
        message = f"no JSON after the image: {error}. Save the label file again."
        problem = Problem("bad_json", line.origin, message, way)
        if not (repair and way):
            yield problem
            return
        mended.append(problem)
    if not isinstance(items, list):
        yield Problem("bad_json", line.origin, f"{line.text[:40]!r} is no list of boxes. Write IMAGE<TAB>[...].")
        return
    regions = []
    for number, item in enumerate(items, start=1):
        region = _region(item, f"box {number}", line.origin)
        if isinstance(region, Problem):
            yield region
        else:
            regions.append(region)
            mended += _oddities(item, number, line.origin)
    if regions or not items:
        yield PageLine(line.image, tuple(regions), line.origin, tuple(mended))


def literal(text: str) -> object:
    """``text`` as a Python literal, which tools write that take ``str`` for JSON; None where it is none."""
    if len(text) > _LONGEST_LITERAL:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of backslashes that escape nothing
            value: object = ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    return value


def checked_points(values: Sequence[object], name: str, origin: str) -> Points | Problem:
    """Corners out of pairs of numbers, or the problem ``bad_points`` or ``few_points``."""
    points = []
    for value in values:
        pair = number_pair(value)
        if pair is None:
            message = f"{name}: {str(value)[:40]!r} is no point [x, y] of finite numbers. Draw the box again."
            return Problem("bad_points", origin, message)
        points.append(pair)
    if len(points) < MIN_POINTS:
        message = f"{name} has {len(points)} points; {MIN_POINTS} or more are needed. Draw it again."
        return Problem("few_points", origin, message)
    return tuple(points)


def number_pair(value: object) -> tuple[float, float] | None:
    """Two finite numbers out of a list of two, or None."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        return None
    x, y = value
    if type(x) is type(y) is int and -_SURELY_FINITE < x < _SURELY_FINITE and -_SURELY_FINITE < y < _SURELY_FINITE:
        return float(x), float(y)
    numbers = [float(number) for number in value if type(number) in (int, float) and abs(number) < 1e300]
    return (numbers[0], numbers[1]) if len(numbers) == 2 and all(map(math.isfinite, numbers)) else None


def plain_number(coordinate: float) -> int | float:
    """Whole pixels as whole numbers, as annotators' tools write them."""
    return int(coordinate) if float(coordinate).is_integer() else coordinate


def page_line(image: str, regions: Sequence[Region]) -> str:
    """The line that `parse_page` reads, with its end."""
    items = [
        {
            "transcription": region.text,
            "points": [[plain_number(x), plain_number(y)] for x, y in region.points],
            "difficult": region.difficult,
        }
        for region in regions
    ]
    return f"{image}\t{json.dumps(items, ensure_ascii=False)}\n"


def _oddities(item: dict[str, object], number: int, origin: str) -> Iterator[Problem]:
    """What a sound box says otherwise than usual, or says besides."""
    where = f"{origin}, box {number}"
    if "points" not in item:
        message = f"box {number} says 'point', and PaddleOCR reads 'points' only."
        yield Problem("point_key", where, message, "read as points")
    if item.get("key_cls") not in (None, "", "None"):
        message = f"box {number} is a field {str(item['key_cls'])[:40]!r} of a form; paddock has no use for that."
        yield Problem("not_read", where, message)


def _region(item: object, name: str, origin: str) -> Region | Problem:
    if not isinstance(item, dict) or not isinstance(item.get("transcription"), str):
        return Problem("bad_json", origin, f"{name} is no object with a text 'transcription'. Draw the box again.")
    if not is_writable(item["transcription"]):
        return Problem("bad_json", origin, f"{name} has half a character in its text. Write it again.")
    values = item.get("points", item.get("point"))
    if not isinstance(values, list):
        return Problem("bad_points", origin, f"{name} has no list 'points' of [x, y]. Draw the box again.")
    points = checked_points(values, name, origin)
    if isinstance(points, Problem):
        return points
    return Region(item["transcription"], points, difficult=item.get("difficult") is True)
