"""The recognition part of a PPOCRLabel project: ``rec_gt.txt`` and ``crop_img/`` in the folder that was opened.

``fileState.txt`` is not read: "Export recognition results" has already left out what was not confirmed.
"""

from pathlib import Path

from paddock.config.schema import DatasetConfig
from paddock.data.find_image import IMAGE_SUFFIXES, find_image
from paddock.data.grouping import group_of
from paddock.data.label_lines import parse_lines
from paddock.data.samples import Problem, RawRec, RecSample

NOT_LABELLED = frozenset({"###", "*", "TEMPORARY", "待识别"})
"""Texts that mean "cannot be read" or "not yet read"; PPOCRLabel exports them like any other."""


def read_ppocrlabel(raw: Path, dataset: DatasetConfig) -> RawRec:
    """Read ``rec_gt.txt``, or ``dataset.label_files``, as annotators leave it.

    Raises:
        DatasetError: a label file is missing.
        ConfigError: ``dataset.group_pattern`` cannot be used.
    """
    found, group, named = RawRec(), group_of(dataset.group_pattern, raw), set()
    for label_file in dataset.label_files or ["rec_gt.txt"]:
        for line in parse_lines(raw / label_file):
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
                found.samples.append(RecSample(image, line.text, group(image), line.origin))
    crops = (path for path in (raw / "crop_img").glob("*") if path.suffix.lower() in IMAGE_SUFFIXES)
    if stray := sum(path not in named for path in crops):
        found.ignored["stray_crop"] = stray
    return found
