"""Pictures that are there more than once, and pictures that nobody has labelled."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from paddock.data.find_image import IMAGE_SUFFIXES
from paddock.data.look import Look, first_likeness
from paddock.data.samples import Problem

_SPLIT = re.compile(r"(?<![a-z])(?:(train)|(val|valid|validation|dev|eval)|(test))(?![a-z])", re.IGNORECASE)

_LEAST_COMMON = 0.5
"""Share of the words that a copy has in common with its original; people label one picture differently, too."""


@dataclass(frozen=True)
class Labelled:
    """One picture with its label."""

    image: Path
    origin: str
    group: str
    sha256: str
    """Of the file's bytes."""
    look: Look
    words: frozenset[str]
    """What the label says is to be read."""


def check_copies(pictures: Sequence[Labelled]) -> list[Problem]:
    """Say which pictures are another one's file again, or a copy of one of another group.

    A copy looks the same and has much of the same text; forms of one shop look the same and have not.
    """
    problems = []
    first: dict[str, Labelled] = {}
    for picture in pictures:
        known = first.setdefault(picture.sha256, picture)
        if known is not picture:
            problems.append(_same_file(picture, known))
    single = list(first.values())
    for picture, place in zip(single, first_likeness([one.look for one in single]), strict=True):
        known = picture if place is None else single[place]
        if known.group != picture.group and _common(picture.words, known.words) >= _LEAST_COMMON:
            other = "" if picture.words == known.words else " and is labelled differently"
            what = f"{picture.image.name} looks like {known.image.name} ({known.origin}){other}."
            advice = "Delete one, or have dataset.group_pattern group them."
            images = (picture.image, known.image)
            problems.append(Problem("near_duplicate", picture.origin, f"{what} {advice}", images=images))
    return problems


def check_lists(lines: Iterable[tuple[Path, str]], sha256: Mapping[Path, str]) -> list[Problem]:
    """A problem ``in_two_splits`` for each picture that two label files name which are called after different splits.

    Args:
        lines: image and origin of every label line, repeated ones among them.
        sha256: of the images that decode; others count by their paths.
    """
    seen: defaultdict[str, dict[str, tuple[Path, str]]] = defaultdict(dict)
    problems = []
    for image, origin in lines:
        if not (split := split_of(origin.rpartition(":")[0])):
            continue
        places = seen[sha256.get(image, str(image))]
        if split not in places and places:
            other, (known, known_origin) = next(iter(places.items()))
            message = f"{image.name} is in a list of {split}, and in one of {other} ({known_origin}). Take one out."
            problems.append(Problem("in_two_splits", origin, message, images=(image, known)))
        places.setdefault(split, (image, origin))
    return problems


@lru_cache(maxsize=256)
def split_of(label_file: str) -> str | None:
    """train, val or test, if the label file is called after just one of them."""
    found = {match.lastindex for match in _SPLIT.finditer(Path(label_file).stem)}
    return ("train", "val", "test")[int(found.pop() or 0) - 1] if len(found) == 1 else None


def orphans(named: Set[Path]) -> list[Problem]:
    """Images beside ``named`` ones that no line names."""
    problems = []
    for folder in sorted({image.parent for image in named}):
        for path in sorted(folder.iterdir()):
            if path.suffix.lower() in IMAGE_SUFFIXES and path not in named:
                message = "no line names this image. Label it, or take it out of the folder."
                problems.append(Problem("orphan_image", str(path), message, images=(path,)))
    return problems


def _common(some: frozenset[str], others: frozenset[str]) -> float:
    """Words that both have, through all."""
    return len(some & others) / len(some | others) if some or others else 1.0


def _same_file(picture: Labelled, known: Labelled) -> Problem:
    images = (picture.image, known.image)
    what = f"{picture.image.name} is the same file as {known.image.name} ({known.origin})"
    if picture.words == known.words:
        return Problem("duplicate_image", picture.origin, f"{what}. Delete one.", images=images)
    message = f"{what} and labelled differently: nothing can learn both. Mend the wrong one."
    return Problem("contradictory_image", picture.origin, message, images=images)
