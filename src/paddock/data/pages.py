"""Every page is decoded once: its boxes are held against the picture, and its crops are cut."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np

from paddock.config.schema import Difficult
from paddock.data.check import CheckedSample
from paddock.data.crops import UPRIGHT_ASPECT_RATIO, Corners, crop_size, cut, loosened, quad_of, sized_quads
from paddock.data.overlap import overlaps
from paddock.data.picture import Bgr, Picture, encoded, picture_faults, read_picture, write_upright
from paddock.data.regions import are_sound, fit_region
from paddock.data.samples import PageSample, Points, Problem, RecSample, Region, unlabelled_code, unread
from paddock.data.threads import map_in_processes

IGNORED = "###"
"""What a region is written as that ``dataset.difficult=ignore`` takes out."""
_WORTH_PROCESSES = 500
"""Pages that take longer than it does to start processes."""
_CROP_SUFFIX = ".png"
"""Lossless, because in deployment no crop is stored between the page and the network."""
_LINE_BREAKS = frozenset("\t\n\r")
_MOST_OVERLAP = 0.5
"""Intersection through union of two boxes above which one of them may be a mistake."""
_SAME_BOX = 0.9
"""The same for two boxes that say the same."""


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
    look: int = 0
    """See `paddock.data.look`."""

    @property
    def is_turned(self) -> bool:
        """Whether `file` is a draft."""
        return self.file != self.sample.image


@dataclass
class CheckedPages:
    """What became of the pages."""

    pages: list[CheckedPage] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    """Of pages and regions."""
    crop_problems: list[Problem] = field(default_factory=list)
    """Of regions that stay on their page and give no crop."""


@dataclass(frozen=True)
class _Judged:
    """What becomes of one region."""

    region: Region | None = None
    text: str | None = None
    """What the crop says."""
    problems: tuple[Problem, ...] = ()
    crop_problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Cutting:
    """How pages become crops."""

    difficult: Difficult
    num_loose: int
    """Crops of each text for training; 0 cuts it along its label alone."""
    seed: int
    """Of the loose crops."""


def check_pages(
    pages: Sequence[PageSample], cutting: Cutting, drafts: Path | None, *, repair: bool = False
) -> CheckedPages:
    """Check all pages, and write crops and turned pictures below the folder ``drafts``.

    A page that had boxes and has none left is left out, since it is no page without text.

    Args:
        drafts: None writes nothing; then ``file`` is the raw file, and crops have the picture of their page.
        repair: mend boxes; see `fit_region`.

    Raises:
        OSError: ``drafts`` cannot be written.
    """
    found = CheckedPages()
    work = partial(_check_page, cutting=cutting, drafts=drafts, repair=repair)
    verb = "check pages, cut crops" if drafts else "check pages"
    numbered = _numbered(pages)
    if drafts:
        for number in {number for number, _ in numbered}:
            _turned(_drafts_of(number, drafts)).mkdir(parents=True)
    for one in map_in_processes(work, numbered, verb, _WORTH_PROCESSES):
        found.pages += one.pages
        found.problems += one.problems
        found.crop_problems += one.crop_problems
    return found


def _numbered(pages: Sequence[PageSample]) -> list[tuple[int, PageSample]]:
    """Each page with the number of earlier ones of its name, whose crops need another folder.

    Not a folder for each page, because so many take time to make and to delete.
    """
    seen: Counter[str] = Counter()
    numbered = []
    for page in pages:
        stem = page.image.stem.lower()
        numbered.append((seen[stem], page))
        seen[stem] += 1
    return numbered


def _check_page(numbered: tuple[int, PageSample], cutting: Cutting, drafts: Path | None, repair: bool) -> CheckedPages:
    number, page = numbered
    picture = read_picture(page.image, page.origin)
    if isinstance(picture, Problem):
        return CheckedPages(problems=[picture])
    sound = are_sound([region.points for region in page.regions], (picture.width, picture.height))
    judged = [
        _judge(region, index, page, picture, cutting.difficult, repair=repair, is_sound=is_sound)
        for index, (region, is_sound) in enumerate(zip(page.regions, sound, strict=True))
    ]
    judged = _without_doubles(judged, page, repair)
    found = CheckedPages(
        problems=[*picture_faults(picture, page.image, page.origin), *(p for one in judged for p in one.problems)],
        crop_problems=[problem for one in judged for problem in one.crop_problems],
    )
    regions = tuple(one.region for one in judged if one.region)
    if page.regions and not regions:
        message = f"{page.image.name} is left out, since none of its {len(page.regions)} boxes can be used."
        found.problems.append(Problem("no_box_left", page.origin, message, images=(page.image,)))
        return found
    crops, file = (
        _drafted(judged, page, picture, cutting, _drafts_of(number, drafts))
        if drafts
        else (tuple(_uncut(one, index, page) for index, one in enumerate(judged) if one.text), page.image)
    )
    sample = replace(page, regions=regions)
    found.pages.append(CheckedPage(sample, picture.sha256, picture.width, picture.height, file, crops, picture.look))
    return found


def _judge(
    drawn: Region,
    index: int,
    page: PageSample,
    picture: Picture,
    difficult: Difficult,
    *,
    repair: bool,
    is_sound: bool,
) -> _Judged:
    name = f"box {index + 1} ({drawn.text[:20]!r}) on {page.image.name}"
    here = partial(replace, images=(page.image,), points=drawn.points)
    size_wh = (picture.width, picture.height)
    fitted = (drawn, []) if is_sound else fit_region(drawn, size_wh, name, page.origin, repair=repair)
    if isinstance(fitted, Problem):
        return _Judged(problems=(here(fitted),))
    region, mended = fitted[0], tuple(map(here, fitted[1]))
    if region.difficult and difficult is not Difficult.keep:
        note = here(Problem("difficult", page.origin, f"{name} is marked as difficult."))
        if difficult is Difficult.drop:
            return _Judged(problems=(note,))
        return _Judged(replace(region, text=IGNORED), problems=mended, crop_problems=(note,))
    text = region.text.strip()
    if unlabelled_code(text):
        left = unread(text, f"{page.origin}, box {index + 1}", page.image, drawn.points)
        return _Judged(region, problems=mended, crop_problems=(left,))
    if _LINE_BREAKS & set(text):
        message = f"{name} has a tab or a line break in its text, which a recogniser cannot write. Mend the text."
        return _Judged(region, problems=mended, crop_problems=(here(Problem("line_break", page.origin, message)),))
    return _Judged(region, text, mended)


def _without_doubles(judged: Sequence[_Judged], page: PageSample, repair: bool) -> list[_Judged]:
    """Say which boxes cover nearly the same, and leave out what is there twice if that is to be mended."""
    result, regions = list(judged), [(place, one.region) for place, one in enumerate(judged) if one.region]
    for first, second, share in overlaps([region.points for _, region in regions], _MOST_OVERLAP):
        (one, box), (other, double) = regions[first], regions[second]
        if share >= _SAME_BOX and box.text == double.text:
            message = f"box {other + 1} ({double.text[:20]!r}) on {page.image.name} is box {one + 1} again. Delete one."
            problem = Problem("repeated_box", page.origin, message, f"left out, since box {one + 1} is there")
            dropped = repair
        else:
            message = (
                f"box {other + 1} ({double.text[:20]!r}) and box {one + 1} ({box.text[:20]!r}) on {page.image.name} "
                f"share {share:.0%} of what they cover. Delete one, or draw them apart."
            )
            problem, dropped = Problem("boxes_overlap", page.origin, message), False
        problem = replace(problem, images=(page.image,), points=double.points)
        told = (*result[other].problems, problem)
        result[other] = _Judged(problems=told) if dropped else replace(result[other], problems=told)
    return result


def _drafted(
    judged: Sequence[_Judged], page: PageSample, picture: Picture, cutting: Cutting, folder: Path
) -> tuple[tuple[CheckedSample, ...], Path]:
    """Write the crops, and the picture if it had to be turned; the crops and the upright picture."""
    texts = [(index, one.region, one.text) for index, one in enumerate(judged) if one.region and one.text]
    quads = sized_quads([region.points for _, region, _ in texts])
    crops = tuple(
        _write_crops(index, region, text, sized, page, picture, cutting, folder)
        for (index, region, text), sized in zip(texts, quads, strict=True)
    )
    return crops, write_upright(page.image, picture, _turned(folder)) if picture.is_turned else page.image


def _drafts_of(number: int, drafts: Path) -> Path:
    """The folder for crops of pages that have ``number`` earlier ones of the same name."""
    return drafts / f"pages_{number}"


def _turned(folder: Path) -> Path:
    """The folder for pages that had to be turned, which must not be taken for crops."""
    return folder / "turned"


def _uncut(judged: _Judged, index: int, page: PageSample) -> CheckedSample:
    """The crop as far as it is known before it is cut."""
    assert judged.region and judged.text
    width, height = crop_size(quad_of(np.array(judged.region.points, np.float32)))
    sample = RecSample(page.image, judged.text, page.group, f"{page.origin}, box {index + 1}")
    upright = height >= UPRIGHT_ASPECT_RATIO * width
    size_wh = (height, width) if upright else (width, height)
    return CheckedSample(sample, "", *size_wh, points=judged.region.points)


def _write_crops(
    index: int,
    region: Region,
    text: str,
    sized: tuple[Corners, tuple[int, int]],
    page: PageSample,
    picture: Picture,
    cutting: Cutting,
    folder: Path,
) -> CheckedSample:
    quad, size_wh = sized
    stem, origin = f"{page.image.stem}_crop_{index}", f"{page.origin}, box {index + 1}"
    loose = []
    for number, around in enumerate(_loose_quads(quad, index, picture, cutting)):
        sample = RecSample(folder / f"{stem}_loose_{number}{_CROP_SUFFIX}", text, page.group, origin)
        loose.append(_write_crop(sample, cut(picture.bgr, around)))
    tight = RecSample(folder / f"{stem}{_CROP_SUFFIX}", text, page.group, origin)
    return _write_crop(tight, cut(picture.bgr, quad, size_wh), tuple(loose), region.points)


def _loose_quads(quad: Corners, index: int, picture: Picture, cutting: Cutting) -> Iterator[Corners]:
    if not cutting.num_loose:
        return
    # A picture's content tells its crops apart, so that they stay the same when other pages are added.
    draw = np.random.default_rng([cutting.seed, int(picture.sha256[:16], 16), index])
    for _ in range(cutting.num_loose):
        around = loosened(quad, draw)
        yield around if min(crop_size(around)) else quad


def _write_crop(
    sample: RecSample, bgr: Bgr, loose: tuple[CheckedSample, ...] = (), points: Points = ()
) -> CheckedSample:
    content = encoded(bgr, _CROP_SUFFIX)
    sample.image.write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    return CheckedSample(sample, sha256, bgr.shape[1], bgr.shape[0], loose, points=points)
