"""Label files with a box a line, ``x1,y1,x2,y2,x3,y3,x4,y4,text``.

So label the ICDAR competitions; the text is all that follows the eighth comma.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

import numpy as np

from paddock.data.crops import quad_of
from paddock.data.find_image import find_by_stem, non_ascii
from paddock.data.formats.target import Target
from paddock.data.label_lines import TextLine, text_lines
from paddock.data.page_lines import MIN_POINTS, checked_points, plain_number
from paddock.data.raw_data import RawData
from paddock.data.samples import PageSample, Problem, Region

_NUM_COORDINATES = 8


def read_quads(
    stems: Mapping[Path, str], images: Mapping[str, Sequence[Path]], group: Callable[[Path], str]
) -> RawData:
    """Read label files, one an image; an empty one means a picture without text.

    Args:
        stems: label file -> name of its image without suffix.
        images: what `images_by_stem` found.
        group: image -> document.

    Raises:
        DatasetError: a label file cannot be read.
    """
    found = RawData()
    for path, stem in stems.items():
        found.label_files.append(path)
        entries = [line if isinstance(line, Problem) else _region(line) for line in text_lines(path)]
        image = find_by_stem(stem, images, path)
        if isinstance(image, Problem):
            found.problems.append(image)
        else:
            found.named.add(image)
            found.problems += [replace(entry, images=(image,)) for entry in entries if isinstance(entry, Problem)]
            found.problems += non_ascii(image, str(path))
            regions = tuple(entry for entry in entries if isinstance(entry, Region))
            if regions or not entries:
                found.pages.append(PageSample(image, regions, group(image), str(path)))
    return found


def quad_line(region: Region, target: Target) -> str:
    """The line that `read_quads` reads, with its end; a box of more corners becomes the four that it is cut along."""
    points = region.points
    if len(points) > MIN_POINTS:
        target.lose("boxes of more than four corners have four now")
        corners = quad_of(np.array(points, np.float32)).round(2).astype(np.float64)
        points = tuple((x, y) for x, y in corners.tolist())
    numbers = [str(plain_number(number)) for point in points for number in point]
    return f"{','.join(numbers)},{target.one_line(region.text)}\n"


def write_quads(page: PageSample, path: PurePosixPath, target: Target) -> None:
    """Write the label file of one page; difficult marks have no place there."""
    target.lose_marks(page.regions)
    target.write(path, "".join(quad_line(region, target) for region in page.regions))


def _region(line: TextLine) -> Region | Problem:
    fields = line.text.split(",", _NUM_COORDINATES)
    if len(fields) <= _NUM_COORDINATES:
        message = f"{len(fields)} fields in {line.text[:60]!r}. Write x1,y1,x2,y2,x3,y3,x4,y4,TEXT."
        return Problem("few_fields", line.origin, message)
    numbers = [_number(field) for field in fields[:_NUM_COORDINATES]]
    points = checked_points(list(zip(numbers[::2], numbers[1::2], strict=True)), "the box", line.origin)
    return points if isinstance(points, Problem) else Region(fields[_NUM_COORDINATES].strip(), points)


def _number(field: str) -> float | str:
    """The field as a number, or as it is."""
    try:
        return float(field)
    except ValueError:
        return field
