"""PaddleOCR's own detection label files, as its tutorials lay them out."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from paddock.config.schema import DatasetConfig
from paddock.core.errors import DatasetError
from paddock.data.find_image import find_image
from paddock.data.grouping import group_of
from paddock.data.label_lines import LabelLine, parse_lines
from paddock.data.page_lines import parse_page
from paddock.data.raw_data import RawData
from paddock.data.samples import PageSample, Problem


def read_paddleocr_det(raw: Path, dataset: DatasetConfig) -> RawData:
    """Read ``dataset.label_files``, or every ``*_label.txt`` in ``raw``; images lie below the file's folder or ``raw``.

    Raises:
        DatasetError: a label file is missing, or there is none.
        ConfigError: ``dataset.group_pattern`` cannot be used.
    """
    found, group = RawData(), group_of(dataset.group_pattern, raw)
    for path in _label_files(raw, dataset.label_files):
        found.add(read_boxes(parse_lines(path), (path.parent, raw), group))
    return found


def read_boxes(
    lines: Iterable[LabelLine | Problem],
    folders: Sequence[Path],
    group: Callable[[Path], str],
    *,
    by_base_name: bool = False,
) -> RawData:
    """The pages that ``lines`` name; ``folders`` and ``by_base_name`` say where their images are, see `find_image`."""
    found = RawData()
    for line in lines:
        if isinstance(line, Problem):
            found.problems.append(line)
        else:
            image = find_image(line.image, folders, line.origin, by_base_name=by_base_name)
            found.add(RawData(problems=[image]) if isinstance(image, Problem) else _page(line, image, group(image)))
    return found


def _page(line: LabelLine, image: Path, group: str) -> RawData:
    found = RawData()
    for entry in parse_page(line):
        if isinstance(entry, Problem):
            found.problems.append(entry)
        else:
            found.pages.append(PageSample(image, entry.regions, group, entry.origin))
            found.mended.update(entry.mended)
    return found


def _label_files(raw: Path, names: list[str]) -> list[Path]:
    if names:
        return [raw / name for name in names]
    paths = sorted(raw.glob("*_label.txt"))
    if not paths:
        raise DatasetError(f"no label file *_label.txt in {raw}. Name the files in dataset.label_files.")
    return paths
