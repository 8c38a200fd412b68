"""A PPOCRLabel project: the folder that was opened in PPOCRLabel, as annotators leave it.

``Label.txt`` has the boxes with their texts; crops are cut from them anew, since ``crop_img/`` keeps the crops of
deleted boxes. ``rec_gt.txt`` and ``crop_img/`` are read where there is no ``Label.txt``. ``Cache.cach`` holds what a
model guessed, and is never read.
"""

from collections.abc import Callable
from pathlib import Path, PureWindowsPath

from paddock.config.schema import DatasetConfig
from paddock.core.errors import DatasetError
from paddock.data.find_image import IMAGE_SUFFIXES, find_file, find_image
from paddock.data.formats.paddleocr_det import read_boxes
from paddock.data.grouping import group_of
from paddock.data.label_lines import parse_lines
from paddock.data.raw_data import RawData
from paddock.data.samples import NOT_LABELLED, Problem, RecSample

_BOXES, _CROPS, _STATES = "Label.txt", "rec_gt.txt", "fileState.txt"
_CONFIRMED = "1"


def read_ppocrlabel(raw: Path, dataset: DatasetConfig) -> RawData:
    """Read ``Label.txt``, else ``rec_gt.txt``, or ``dataset.label_files``, of which those called Label.txt have boxes.

    Names of PPOCRLabel's own files may be in upper or lower case.

    Raises:
        DatasetError: a label file is missing.
        ConfigError: ``dataset.group_pattern`` cannot be used.
    """
    found, group = RawData(), group_of(dataset.group_pattern, raw)
    paths = [raw / name for name in dataset.label_files] or [_own_labels(raw)]
    boxes = [path for path in paths if path.name.lower() == _BOXES.lower()]
    for path in boxes:
        found.add(_read_pages(path, group))
    if crops := [path for path in paths if path not in boxes]:
        found.add(_read_crops(crops, raw, group))
    return found


def _own_labels(raw: Path) -> Path:
    path = find_file(raw, _BOXES) or find_file(raw, _CROPS)
    if path is None:
        raise DatasetError(
            f"neither {_BOXES} nor {_CROPS} is in {raw}. Confirm pictures in PPOCRLabel, or check dataset.raw."
        )
    return path


def _read_pages(label_file: Path, group: Callable[[Path], str]) -> RawData:
    """The pages of one project; its pictures lie beside ``label_file``, whatever folder their names begin with."""
    project = label_file.parent
    states = find_file(project, _STATES)
    state_lines = list(parse_lines(states)) if states else []
    confirmed = {
        _base_name(line.image) for line in state_lines if not isinstance(line, Problem) and line.text == _CONFIRMED
    }
    lines = list(parse_lines(label_file))
    taken = [
        line for line in lines if states is None or isinstance(line, Problem) or _base_name(line.image) in confirmed
    ]
    found = read_boxes(taken, (project,), group, by_base_name=True)
    found.problems += [line for line in state_lines if isinstance(line, Problem)]
    if left := len(lines) - len(taken):
        found.ignored["not_confirmed"] = left
    return found


def _base_name(image: str) -> str:
    """What tells pictures of one folder apart, in paths of any machine."""
    return PureWindowsPath(image).name


def _read_crops(label_files: list[Path], raw: Path, group: Callable[[Path], str]) -> RawData:
    found, named = RawData(), set()
    for label_file in label_files:
        for line in parse_lines(label_file):
            if isinstance(line, Problem):
                found.problems.append(line)
                continue
            image = find_image(line.image, (raw / "crop_img", raw), line.origin)
            if isinstance(image, Path):
                named.add(image)
            if line.text in NOT_LABELLED:
                found.ignored["not_labelled"] += 1
            elif isinstance(image, Problem):
                found.problems.append(image)
            else:
                found.crops.append(RecSample(image, line.text, group(image), line.origin))
    crops = (path for path in (raw / "crop_img").glob("*") if path.suffix.lower() in IMAGE_SUFFIXES)
    if stray := sum(path not in named for path in crops):
        found.ignored["stray_crop"] = stray
    return found
