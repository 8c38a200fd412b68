"""A PPOCRLabel project: the folder that was opened in PPOCRLabel, as annotators leave it.

``Label.txt`` has the boxes with their texts; crops are cut from them anew, since ``crop_img/`` keeps the crops of
deleted boxes. ``rec_gt.txt`` and ``crop_img/`` are read where there is no ``Label.txt``. ``Cache.cach`` holds what a
model guessed, and is never read.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from paddock.config.schema import DatasetConfig, OnError
from paddock.core.errors import DatasetError
from paddock.data.find_image import IMAGE_SUFFIXES, ImageFinder
from paddock.data.formats.paddleocr_det import read_boxes
from paddock.data.formats.ppocrlabel_project import (
    BOXES,
    CROP_FOLDER,
    CROPS,
    States,
    not_confirmed,
    own_files,
    read_states,
    write_boxes,
)
from paddock.data.formats.target import Target, by_project
from paddock.data.grouping import group_of
from paddock.data.label_lines import LabelLine, parse_lines
from paddock.data.raw_data import RawData
from paddock.data.samples import Problem, RecSample, unlabelled_code, unread


def read_ppocrlabel(raw: Path, dataset: DatasetConfig) -> RawData:
    """Read ``Label.txt``, else ``rec_gt.txt``, or ``dataset.label_files``, of which those called Label.txt have boxes.

    ``raw`` may also be a folder of projects, which are one data set then. Names of PPOCRLabel's own files may be in
    upper or lower case. Pictures that ``fileState.txt`` does not confirm are left out.

    Raises:
        DatasetError: a label file is missing.
        ConfigError: ``dataset.group_pattern`` cannot be used.
    """
    found, group = RawData(), group_of(dataset.group_pattern, raw)
    paths = [raw / name for name in dataset.label_files] or own_files(raw, BOXES, CROPS)
    if not paths:
        message = f"neither {BOXES} nor {CROPS} is in {raw} or a folder of it."
        raise DatasetError(f"{message} Confirm pictures in PPOCRLabel, or check dataset.raw.")
    repair = dataset.on_error is not OnError.drop
    projects: defaultdict[Path, list[Path]] = defaultdict(list)
    for path in paths:
        projects[path.parent if _is_own(path, BOXES) or _is_own(path, CROPS) else raw].append(path)
    for project, labels in projects.items():
        states = read_states(project, repair=repair)
        found.problems += states.problems
        for path in labels:
            if _is_own(path, BOXES):
                found.add(_read_pages(path, states, group, repair))
        if crops := [path for path in labels if not _is_own(path, BOXES)]:
            found.add(_read_crops(crops, project, states, group, repair))
        found.label_files += [states.path] if states.path else []
    return found


def write_ppocrlabel(data: RawData, target: Target) -> None:
    """Write a project, or one for each folder that has pages; crops go to ``crop_img/`` of the target."""
    target.lose_lists(data.pages)
    target.lose_lists(data.crops)
    target.lose_folders(data.crops)
    projects = by_project(data.pages, target)
    for project, pages in projects.items():
        placed = [(target.place(page.image, project / page.image.name), page.regions) for page in pages]
        write_boxes(project, placed, target)
    if not data.crops:
        return
    lines = []
    for crop in data.crops:
        image = target.place(crop.image, PurePosixPath(CROP_FOLDER, crop.image.name))
        lines.append(f"{image}\t{crop.text}\n")
    target.write(CROPS, "".join(lines))
    if projects:
        target.label_files += [*(str(project / BOXES) for project in projects), CROPS]


def _is_own(path: Path, name: str) -> bool:
    return path.name.lower() == name.lower()


def _read_pages(label_file: Path, states: States, group: Callable[[Path], str], repair: bool) -> RawData:
    """The pages of one project; its pictures lie beside ``label_file``, whatever folder their names begin with."""
    images = ImageFinder((label_file.parent,), by_base_name=True, repair=repair)
    taken: list[LabelLine | Problem] = []
    left: list[Problem] = []
    for line in parse_lines(label_file, repair=repair):
        if isinstance(line, Problem) or states.confirm(line.image):
            taken.append(line)
        else:
            left.append(not_confirmed(line.image, line.origin, images.find(line.image, line.origin)[0]))
    found = read_boxes(taken, images, group)
    found.problems += left
    found.label_files.append(label_file)
    return found


def _read_crops(
    label_files: Sequence[Path], project: Path, states: States, group: Callable[[Path], str], repair: bool
) -> RawData:
    found = RawData(label_files=list(label_files))
    images = ImageFinder((project / CROP_FOLDER, project), repair=repair)
    for label_file in label_files:
        for line in parse_lines(label_file, repair=repair):
            if isinstance(line, Problem):
                found.problems.append(line)
                continue
            image, faults = images.find(line.image, line.origin)
            if unlabelled_code(line.text):
                found.problems.append(unread(line.text, line.origin, image))
            elif not states.confirm_crop(line.image):
                found.problems.append(not_confirmed(line.image, line.origin, image))
            else:
                found.problems += [*line.mended, *faults]
                if image:
                    found.add_crop(RecSample(image, line.text, group(image), line.origin))
    crops = {path for path in (project / CROP_FOLDER).glob("*") if path.suffix.lower() in IMAGE_SUFFIXES}
    for path in sorted(crops - images.named):
        message = "no line names this crop; PPOCRLabel keeps those of deleted boxes."
        found.problems.append(Problem("stray_crop", str(path), message, images=(path,)))
    found.named |= images.named | crops
    return found
