"""What all PPOCRLabel projects have in common, whatever is labelled in them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath, PureWindowsPath

from paddock.data.find_image import find_file
from paddock.data.formats.target import Target
from paddock.data.label_lines import parse_lines
from paddock.data.page_lines import page_line
from paddock.data.samples import Problem, Region

BOXES, CROPS, STATES = "Label.txt", "rec_gt.txt", "fileState.txt"
CROP_FOLDER = "crop_img"
_CONFIRMED = "1"
_CROP = re.compile(r"(?P<page>.+)_crop_\d+\.\w+", re.DOTALL)


@dataclass(frozen=True)
class States:
    """Which pictures of a project are done, as ``fileState.txt`` says."""

    path: Path | None
    """None where there is no such file; then all are."""
    confirmed: frozenset[str] = frozenset()
    """Names of pictures, whatever machine and folder the file names."""
    problems: list[Problem] = field(default_factory=list)

    def confirm(self, image: str) -> bool:
        """Whether the picture that a label line calls ``image`` is done."""
        return self.path is None or base_name(image) in self.confirmed

    def confirm_crop(self, crop: str) -> bool:
        """Whether the picture is done that ``crop`` was cut from; a crop of another name than PPOCRLabel's counts."""
        match = _CROP.fullmatch(base_name(crop))
        return self.path is None or match is None or match["page"] in self._stems

    @cached_property
    def _stems(self) -> frozenset[str]:
        return frozenset(Path(name).stem for name in self.confirmed)


def read_states(project: Path, *, repair: bool) -> States:
    """Read the project's ``fileState.txt``, in upper or lower case."""
    path = find_file(project, STATES)
    if path is None:
        return States(None)
    confirmed, problems = set(), []
    for line in parse_lines(path, repair=repair):
        if isinstance(line, Problem):
            problems.append(line)
            continue
        problems += line.mended
        if line.text == _CONFIRMED:
            confirmed.add(base_name(line.image))
    return States(path, frozenset(confirmed), problems)


def base_name(image: str) -> str:
    """What tells pictures of one folder apart, in paths of any machine."""
    return PureWindowsPath(image).name


def not_confirmed(image: str, origin: str, path: Path | None) -> Problem:
    """The note on a picture that somebody began to label; ``path`` is where it is, if it is."""
    message = f"{base_name(image)} has boxes that nobody confirmed."
    return Problem("not_confirmed", origin, message, images=(path,) if path else ())


def own_files(raw: Path, *names: str) -> list[Path]:
    """The first of ``names`` that ``raw`` has, in upper or lower case; else those of each folder in it."""
    for folders in ([raw], sorted(path for path in raw.iterdir() if path.is_dir())):
        found = [next(filter(None, (find_file(folder, name) for name in names)), None) for folder in folders]
        if paths := [path for path in found if path]:
            return paths
    return []


def write_boxes(
    project: PurePosixPath, pages: Iterable[tuple[PurePosixPath, Iterable[Region]]], target: Target
) -> None:
    """Write ``Label.txt`` and ``fileState.txt``, with all pictures confirmed."""
    folder = project.name or target.name
    labels = [(f"{folder}/{image.name}", tuple(regions)) for image, regions in pages]
    target.write(project / BOXES, "".join(page_line(image, regions) for image, regions in labels))
    target.write(project / STATES, "".join(f"{image}\t{_CONFIRMED}\n" for image, _ in labels))
