"""FUNSD: forms with ``annotations/<image>.json`` and ``images/`` (Jaume et al., arXiv:1905.13538).

A file holds ``{"form": [{"box": [x0, y0, x1, y1], "text": ..., "label": ..., "words": [{"box": ..., "text": ...}],
"linking": [...], "id": 0}, ...]}``. Its words are read, since an entry may run over several lines of text.
"""

import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from paddock.config.schema import DatasetConfig
from paddock.core.errors import DatasetError
from paddock.data.find_image import find_by_stem, images_by_stem, non_ascii
from paddock.data.formats.target import Target
from paddock.data.grouping import group_of
from paddock.data.label_json import read_label_json
from paddock.data.label_lines import is_writable
from paddock.data.page_lines import number_pair, plain_number
from paddock.data.raw_data import RawData
from paddock.data.samples import PageSample, Points, Problem, Region

LABELS, IMAGES = "annotations", "images"
_OTHER = "other"
"""The label of what is neither question, answer nor header."""


def read_funsd(raw: Path, dataset: DatasetConfig) -> RawData:
    """Read ``dataset.label_files``, or every ``annotations/*.json`` below ``raw``; images lie in ``images/`` beside.

    Raises:
        DatasetError: a label file is missing, or there is none.
        ConfigError: ``dataset.group_pattern`` cannot be used.
    """
    found, group = RawData(), group_of(dataset.group_pattern, raw)
    paths = [raw / name for name in dataset.label_files] or sorted(raw.rglob(f"{LABELS}/*.json"))
    if not paths:
        raise DatasetError(f"no label file {LABELS}/*.json below {raw}. Check dataset.raw and dataset.format.")
    images = {folder: images_by_stem(folder / IMAGES) for folder in {path.parent.parent for path in paths}}
    for path in paths:
        found.label_files.append(path)
        image = find_by_stem(path.stem, images[path.parent.parent], path)
        if isinstance(image, Problem):
            found.problems.append(image)
            continue
        found.named.add(image)
        entries = list(_entries(path))
        regions = tuple(entry for entry in entries if isinstance(entry, Region))
        found.problems += [entry for entry in entries if isinstance(entry, Problem)]
        found.problems += non_ascii(image, str(path))
        if regions or not any(isinstance(entry, Problem) and entry.code != "not_read" for entry in entries):
            found.pages.append(PageSample(image, regions, group(image), str(path)))
    return found


def write_funsd(data: RawData, target: Target) -> None:
    """Write ``images/`` and ``annotations/``, each box an entry of one word; folders of pictures become one."""
    target.lose_lists(data.pages)
    target.lose_folders(data.pages)
    for page in data.pages:
        image = target.place(page.image, PurePosixPath(IMAGES, page.image.name), by_stem=True)
        target.lose_marks(page.regions)
        form = []
        for number, region in enumerate(page.regions):
            x, y = zip(*region.points, strict=True)
            box = [plain_number(number) for number in (min(x), min(y), max(x), max(y))]
            if region.points != _corners(*map(float, box)):
                target.lose("boxes are the upright rectangles around them now")
            word = {"box": box, "text": region.text}
            form.append(word | {"label": _OTHER, "words": [word], "linking": [], "id": number})
        text = json.dumps({"form": form}, ensure_ascii=False, indent=1) + "\n"
        target.write(PurePosixPath(LABELS, f"{image.stem}.json"), text)


def _entries(path: Path) -> Iterator[Region | Problem]:
    """The words of one file, a problem for each that cannot be used, and a note on what else it says."""
    content = read_label_json(path)
    if isinstance(content, Problem):
        yield content
        return
    form = content.get("form") if isinstance(content, dict) else None
    if not isinstance(form, list):
        yield Problem("bad_json", str(path), "the file has no list 'form' of entries. Export it again.")
        return
    number = num_meant = 0
    for entry in form:
        words = entry.get("words") if isinstance(entry, dict) else None
        for word in words if isinstance(words, list) and words else [entry]:
            number += 1
            yield _region(word, f"box {number}", str(path))
        if isinstance(entry, dict):
            num_meant += bool(entry.get("linking")) or entry.get("label") not in (None, _OTHER)
    if num_meant:
        message = f"{num_meant} entries say what they mean on the form ('label', 'linking'); paddock has no use for it."
        yield Problem("not_read", str(path), message)


def _region(word: object, name: str, origin: str) -> Region | Problem:
    if not isinstance(word, dict) or not isinstance(word.get("text"), str) or not is_writable(word["text"]):
        return Problem("bad_json", origin, f"{name} is no object with a text 'text'. Write it again.")
    box = word.get("box")
    pairs = [number_pair(box[:2]), number_pair(box[2:])] if isinstance(box, list) else []
    if not all(pairs) or not pairs:
        shown = str(box)[:40]
        return Problem("bad_points", origin, f"{name}: {shown!r} is no box [x0, y0, x1, y1]. Draw the box again.")
    (x0, y0), (x1, y1) = (pair for pair in pairs if pair)
    return Region(word["text"], _corners(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))


def _corners(left: float, top: float, right: float, bottom: float) -> Points:
    return ((left, top), (right, top), (right, bottom), (left, bottom))
