"""Every page is decoded once: its boxes are held against the picture, and its crops are cut."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np

from paddock.config.schema import Difficult
from paddock.data.check import CheckedSample
from paddock.data.crops import Corners, crop_size, cut, loosened, quad_of
from paddock.data.picture import Picture, encoded, read_picture, write_upright
from paddock.data.regions import fit_region
from paddock.data.samples import NOT_LABELLED, PageSample, Problem, RecSample, Region
from paddock.data.threads import map_in_threads

IGNORED = "###"
"""What a region is written as that ``dataset.difficult=ignore`` takes out."""
_CROP_SUFFIX = ".png"
"""Lossless, because in deployment no crop is stored between the page and the network."""
_LINE_BREAKS = frozenset("\t\n\r")


@dataclass(frozen=True)
class CheckedPage:
    """A page whose picture decodes, with the regions that lie on it."""

    sample: PageSample
    sha256: str
    """Of the raw image file's bytes."""
    width: int
    height: int
    file: Path
    """The upright picture: the raw file, or a draft where EXIF says that the raw file's pixels lie otherwise."""
    crops: tuple[CheckedSample, ...]
    """Of the regions that have a text; drafts, named as PPOCRLabel names them."""


@dataclass
class CheckedPages:
    """What became of the pages."""

    pages: list[CheckedPage] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    """Of pages and regions, which are left out."""
    crop_problems: list[Problem] = field(default_factory=list)
    """Of regions that stay on their page and give no crop."""
    ignored: Counter[str] = field(default_factory=Counter)
    """Regions and pages left out on purpose."""
    unread: Counter[str] = field(default_factory=Counter)
    """Regions that stay on their page and give no crop."""
    mended: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class _Judged:
    """What becomes of one region; codes say why it is less than was drawn."""

    region: Region | None = None
    text: str | None = None
    """What the crop says."""
    problem: Problem | None = None
    crop_problem: Problem | None = None
    ignored: str | None = None
    unread: str | None = None
    mended: Sequence[str] = ()


@dataclass(frozen=True)
class Cutting:
    """How pages become crops."""

    difficult: Difficult
    num_loose: int
    """Crops of each text for training; 0 cuts it along its label alone."""
    seed: int
    """Of the loose crops."""


def check_pages(pages: Sequence[PageSample], cutting: Cutting, drafts: Path) -> CheckedPages:
    """Check all pages, and write crops and turned pictures below the folder ``drafts``.

    A page that had boxes and has none left is left out, since it is no page without text.

    Raises:
        OSError: ``drafts`` cannot be written.
    """
    found = CheckedPages()
    work = partial(_check_page, cutting=cutting, drafts=drafts)
    for one in map_in_threads(work, list(enumerate(pages)), "check pages, cut crops"):
        found.pages += one.pages
        found.problems += one.problems
        found.crop_problems += one.crop_problems
        found.ignored += one.ignored
        found.unread += one.unread
        found.mended += one.mended
    return found


def _check_page(numbered: tuple[int, PageSample], cutting: Cutting, drafts: Path) -> CheckedPages:
    number, page = numbered
    picture = read_picture(page.image, page.origin)
    if isinstance(picture, Problem):
        return CheckedPages(problems=[picture])
    judged = [_judge(region, index, page, picture, cutting.difficult) for index, region in enumerate(page.regions)]
    found = CheckedPages(
        problems=[one.problem for one in judged if one.problem],
        crop_problems=[one.crop_problem for one in judged if one.crop_problem],
        ignored=Counter(one.ignored for one in judged if one.ignored),
        unread=Counter(one.unread for one in judged if one.unread),
        mended=Counter(code for one in judged for code in one.mended),
    )
    regions = tuple(one.region for one in judged if one.region)
    if page.regions and not regions:
        found.ignored["no_box_left"] += 1
        return found
    folder = drafts / f"{number:07}"
    folder.mkdir(parents=True)
    crops = tuple(
        _write_crops(one, index, page, picture, cutting, folder) for index, one in enumerate(judged) if one.text
    )
    found.mended += Counter(made_upright=int(picture.is_turned))
    file = write_upright(page.image, picture, folder) if picture.is_turned else page.image
    sample = replace(page, regions=regions)
    found.pages.append(CheckedPage(sample, picture.sha256, picture.width, picture.height, file, crops))
    return found


def _judge(drawn: Region, index: int, page: PageSample, picture: Picture, difficult: Difficult) -> _Judged:
    name = f"box {index + 1} ({drawn.text[:20]!r}) on {page.image.name}"
    fitted = fit_region(drawn, (picture.width, picture.height), name, page.origin)
    if isinstance(fitted, Problem):
        return _Judged(problem=fitted)
    region, mended = fitted
    if region.difficult and difficult is Difficult.drop:
        return _Judged(ignored="difficult")
    if region.difficult and difficult is Difficult.ignore:
        return _Judged(replace(region, text=IGNORED), unread="difficult", mended=mended)
    text = region.text.strip()
    if text in NOT_LABELLED:
        return _Judged(region, unread="not_labelled", mended=mended)
    if _LINE_BREAKS & set(text):
        message = f"{name} has a tab or a line break in its text, which a recogniser cannot write. Mend the text."
        return _Judged(region, crop_problem=Problem("line_break", page.origin, message), mended=mended)
    return _Judged(region, text, mended=mended)


def _write_crops(
    judged: _Judged, index: int, page: PageSample, picture: Picture, cutting: Cutting, folder: Path
) -> CheckedSample:
    assert judged.region and judged.text
    quad = quad_of(np.array(judged.region.points, np.float32))
    stem, origin = f"{page.image.stem}_crop_{index}", f"{page.origin}, box {index + 1}"
    # A picture's content tells its crops apart, so that they stay the same when other pages are added.
    draw = np.random.default_rng([cutting.seed, int(picture.sha256[:16], 16), index])
    loose = []
    for number in range(cutting.num_loose):
        sample = RecSample(folder / f"{stem}_loose_{number}{_CROP_SUFFIX}", judged.text, page.group, origin)
        around = loosened(quad, draw)
        loose.append(_write_crop(sample, picture, around if min(crop_size(around)) else quad))
    tight = RecSample(folder / f"{stem}{_CROP_SUFFIX}", judged.text, page.group, origin)
    return replace(_write_crop(tight, picture, quad), loose=tuple(loose))


def _write_crop(sample: RecSample, picture: Picture, quad: Corners) -> CheckedSample:
    bgr = cut(picture.bgr, quad)
    content = encoded(bgr, _CROP_SUFFIX)
    sample.image.write_bytes(content)
    return CheckedSample(sample, hashlib.sha256(content).hexdigest(), bgr.shape[1], bgr.shape[0])
