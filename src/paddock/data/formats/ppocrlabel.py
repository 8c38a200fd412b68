"""A PPOCRLabel project: the folder that was opened in PPOCRLabel, as annotators leave it.

``Label.txt`` has the boxes with their texts; crops are cut from them anew, since ``crop_img/`` keeps the crops of
deleted boxes. ``rec_gt.txt`` and ``crop_img/`` are read where there is no ``Label.txt``. ``Cache.cach`` holds what a
model guessed, and is never read.
"""

from collections.abc import Callable
from pathlib import Path, PureWindowsPath

from paddock.config.schema import DatasetConfig, OnError
from paddock.core.errors import DatasetError
from paddock.data.find_image import IMAGE_SUFFIXES, ImageFinder, find_file
from paddock.data.formats.paddleocr_det import read_boxes
from paddock.data.grouping import group_of
from paddock.data.label_lines import LabelLine, parse_lines
from paddock.data.raw_data import RawData
from paddock.data.samples import Problem, RecSample, unlabelled_code, unread

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
    repair = dataset.on_error is not OnError.drop
    for path in boxes:
        found.add(_read_pages(path, group, repair))
    if crops := [path for path in paths if path not in boxes]:
        found.add(_read_crops(crops, raw, group, repair))
    return found


def _own_labels(raw: Path) -> Path:
    path = find_file(raw, _BOXES) or find_file(raw, _CROPS)
    if path is None:
        raise DatasetError(
            f"neither {_BOXES} nor {_CROPS} is in {raw}. Confirm pictures in PPOCRLabel, or check dataset.raw."
        )
    return path


def _read_pages(label_file: Path, group: Callable[[Path], str], repair: bool) -> RawData:
    """The pages of one project; its pictures lie beside ``label_file``, whatever folder their names begin with."""
    project = label_file.parent
    states = find_file(project, _STATES)
    state_lines = list(parse_lines(states, repair=repair)) if states else []
    confirmed = {
        _base_name(line.image) for line in state_lines if not isinstance(line, Problem) and line.text == _CONFIRMED
    }
    images = ImageFinder((project,), by_base_name=True, repair=repair)
    taken: list[LabelLine | Problem] = []
    left: list[Problem] = []
    for line in parse_lines(label_file, repair=repair):
        if states is None or isinstance(line, Problem) or _base_name(line.image) in confirmed:
            taken.append(line)
        else:
            image, _ = images.find(line.image, line.origin)
            message = f"{_base_name(line.image)} has boxes that nobody confirmed."
            left.append(Problem("not_confirmed", line.origin, message, images=(image,) if image else ()))
    found = read_boxes(taken, images, group)
    for state in state_lines:
        found.problems += [state] if isinstance(state, Problem) else state.mended
    found.problems += left
    found.label_files += [label_file, *([states] if states else [])]
    return found


def _base_name(image: str) -> str:
    """What tells pictures of one folder apart, in paths of any machine."""
    return PureWindowsPath(image).name


def _read_crops(label_files: list[Path], raw: Path, group: Callable[[Path], str], repair: bool) -> RawData:
    found, images = RawData(label_files=label_files), ImageFinder((raw / "crop_img", raw), repair=repair)
    for label_file in label_files:
        for line in parse_lines(label_file, repair=repair):
            if isinstance(line, Problem):
                found.problems.append(line)
                continue
            image, faults = images.find(line.image, line.origin)
            if unlabelled_code(line.text):
                found.problems.append(unread(line.text, line.origin, image))
                continue
            found.problems += [*line.mended, *faults]
            if image:
                found.add_crop(RecSample(image, line.text, group(image), line.origin))
    crops = {path for path in (raw / "crop_img").glob("*") if path.suffix.lower() in IMAGE_SUFFIXES}
    for path in sorted(crops - images.named):
        message = "no line names this crop; PPOCRLabel keeps those of deleted boxes."
        found.problems.append(Problem("stray_crop", str(path), message, images=(path,)))
    found.named |= images.named | crops
    return found
