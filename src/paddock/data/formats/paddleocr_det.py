"""PaddleOCR's own detection label files, as its tutorials lay them out."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from paddock.config.schema import DatasetConfig, OnError
from paddock.core.errors import DatasetError
from paddock.data.find_image import ImageFinder
from paddock.data.formats.target import Target, by_list
from paddock.data.grouping import group_of
from paddock.data.label_lines import LabelLine, parse_lines
from paddock.data.page_lines import page_line, parse_page
from paddock.data.raw_data import RawData
from paddock.data.samples import PageSample, Problem


def read_paddleocr_det(raw: Path, dataset: DatasetConfig) -> RawData:
    """Read ``dataset.label_files``, or every ``*_label.txt`` in ``raw``; images lie below the file's folder or ``raw``.

    Raises:
        DatasetError: a label file is missing, or there is none.
        ConfigError: ``dataset.group_pattern`` cannot be used.
    """
    found, group = RawData(), group_of(dataset.group_pattern, raw)
    repair = dataset.on_error is not OnError.drop
    for path in _label_files(raw, dataset.label_files):
        images = ImageFinder((path.parent, raw), repair=repair)
        found.label_files.append(path)
        found.add(read_boxes(parse_lines(path, repair=repair), images, group))
    return found


def write_paddleocr_det(data: RawData, target: Target) -> None:
    """Write pages as ``<split>_label.txt``, or ``all_label.txt``; pictures keep their folders."""
    for name, pages in by_list(data.pages).items():
        lines = (page_line(str(target.place(page.image, target.relative(page.image))), page.regions) for page in pages)
        target.write(f"{name}_label.txt", "".join(lines))


def read_boxes(lines: Iterable[LabelLine | Problem], images: ImageFinder, group: Callable[[Path], str]) -> RawData:
    """The pages that ``lines`` name; boxes are repaired as names are, see `ImageFinder`."""
    found = RawData()
    for line in lines:
        if isinstance(line, Problem):
            found.problems.append(line)
            continue
        image, faults = images.find(line.image, line.origin)
        found.problems += [*line.mended, *faults]
        if image is None:
            continue
        for entry in parse_page(line, repair=images.repair):
            if isinstance(entry, Problem):
                found.problems.append(replace(entry, images=(image,)))
            else:
                found.pages.append(PageSample(image, entry.regions, group(image), entry.origin))
                found.problems += [replace(problem, images=(image,)) for problem in entry.mended]
    found.named |= images.named
    return found


def _label_files(raw: Path, names: list[str]) -> list[Path]:
    if names:
        return [raw / name for name in names]
    paths = sorted(raw.glob("*_label.txt"))
    if not paths:
        raise DatasetError(f"no label file *_label.txt in {raw}. Name the files in dataset.label_files.")
    return paths
