"""Everything that was found in a raw folder, in the order in which it is told: what `paddock lint` reports."""

import os
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path, PurePath

import numpy as np

from paddock.config.schema import DatasetConfig, OnError
from paddock.data.check import CheckedSample
from paddock.data.check_raw import CheckedRaw, raw_folder
from paddock.data.crops import box_sizes
from paddock.data.label_text import too_long
from paddock.data.pages import CheckedPage
from paddock.data.portions import Portion, of_pages, of_tables, of_texts
from paddock.data.problem_codes import CODES, Severity
from paddock.data.samples import Problem
from paddock.data.table_pictures import CheckedTable
from paddock.data.table_tokens import grid_of, merged

Histogram = dict[str, int]
Picture = CheckedPage | CheckedSample | CheckedTable

_ORIGIN = re.compile(r"(?P<file>.*?):(?P<line>\d+)(?:, (?P<part>.*))?", re.DOTALL)
_EDGES = (0, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096)
"""Where the steps of a histogram of pixels begin."""
_ONE = {"label_files": "label file", "pages": "page", "boxes": "box", "crops": "crop", "tables": "table"}
_RATIO_EDGES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0)
"""The same for width through height."""
_MOST_SOURCES = 40
"""Formats with a label file for each picture are counted by folder."""


@dataclass(frozen=True)
class Place:
    """Where a problem is."""

    file: str
    """Label file or image, below the raw folder as far as it is there."""
    line: int | None
    part: str
    """As in ``box 3``, or empty."""

    def __str__(self) -> str:
        line = "" if self.line is None else f":{self.line}"
        return f"{self.file}{line}{f', {self.part}' if self.part else ''}"


@dataclass(frozen=True)
class Findings:
    """What was read, and every problem, the most severe first, those of one code together, by file and line."""

    name: str
    format: str
    raw: Path
    on_error: OnError
    counts: dict[str, int]
    """What was read: label_files, pages, boxes, crops, tables."""
    problems: list[Problem]
    statistics: dict[str, Histogram]
    """What the usable labels are like."""
    sources: dict[str, Portion]
    """The same by label file, or by the folder of label files."""
    splits: dict[str, dict[str, Portion]] = field(default_factory=dict)
    """The same by task and split, once `paddock prepare` has split them."""

    @classmethod
    def of(cls, found: CheckedRaw, dataset: DatasetConfig, max_text_length: int | None = None) -> "Findings":
        """Sum up what `check_raw` found.

        Args:
            max_text_length: of the model that is to read the texts, if one is chosen.
        """
        problems = found.all_problems
        for crop in found.all_crops if max_text_length else ():
            problems += too_long(crop, max_text_length or 0)
        boxes = [region for page in found.pages for region in page.sample.regions]
        counts = {
            "label_files": len(set(found.raw.label_files)),
            "pages": len(found.pages),
            "boxes": len(boxes),
            "crops": len(found.crops),
            "tables": len(found.tables),
        }
        raw = raw_folder(dataset)
        rank = {code: place for place, code in enumerate(sorted(CODES, key=_severity_rank))}
        places = {id(problem): place_of(problem.origin, raw) for problem in problems}
        problems.sort(key=lambda problem: (rank[problem.code], *_order(places[id(problem)])))
        sources = _by_source([*found.pages, *found.crops, *found.tables], raw)
        return cls(
            name=dataset.name,
            format=dataset.format,
            raw=raw,
            on_error=dataset.on_error,
            counts=counts,
            problems=problems,
            statistics=_statistics(found, sources),
            sources={name: _portion(pictures) for name, pictures in sources.items()},
        )

    @property
    def repairing(self) -> bool:
        """Whether paddock mends what can be mended without a guess."""
        return self.on_error is OnError.repair

    @property
    def by_code(self) -> dict[str, list[Problem]]:
        """The problems of each code that occurs."""
        groups: defaultdict[str, list[Problem]] = defaultdict(list)
        for problem in self.problems:
            groups[problem.code].append(problem)
        return dict(groups)

    @property
    def read(self) -> str:
        """What was read, in words."""
        return f"read as {self.format}: {counted(self.counts)}"

    def place(self, problem: Problem) -> Place:
        """Where ``problem`` is."""
        return place_of(problem.origin, self.raw)

    def message(self, problem: Problem) -> str:
        """What is wrong, on one line, with files below the raw folder by their short names."""
        return problem.message.replace(f"{self.raw}{os.sep}", "").replace("\n", " ")

    def open_problems(self, accepted: Collection[str] = ()) -> list[Problem]:
        """What is left for a person to mend.

        Args:
            accepted: codes and severities that are no reason to complain.
        """
        return [
            problem
            for problem in self.problems
            if problem.is_open(repairing=self.repairing)
            and problem.code not in accepted
            and problem.severity.value not in accepted
        ]


def counted(counts: Mapping[str, int]) -> str:
    """Label files, pages, boxes, crops and tables in words."""
    told = [
        f"{count:,} {_ONE[name] if count == 1 else name.replace('_', ' ')}" for name, count in counts.items() if count
    ]
    return ", ".join(told) or "nothing usable"


def place_of(origin: str, raw: Path) -> Place:
    """Take apart what `Problem.origin` holds."""
    match = _ORIGIN.fullmatch(origin)
    file, line, part = (match["file"], int(match["line"]), match["part"] or "") if match else (origin, None, "")
    return Place(short_name(file, raw), line, part)


def short_name(file: str | Path, raw: Path) -> str:
    """The file as a path below ``raw``, if it is there."""
    return str(file).removeprefix(f"{raw}{os.sep}")  # not Path.relative_to, which takes longer than all the rest


def _severity_rank(code: str) -> int:
    return list(Severity).index(CODES[code].severity)


def _order(place: Place) -> tuple[str, int, int]:
    number = re.search(r"\d+", place.part)
    return place.file, place.line or 0, int(number[0]) if number else 0


def _by_source(pictures: Sequence[Picture], raw: Path) -> dict[str, list[Picture]]:
    """The pictures of each label file, else of each folder with label files; nothing where there are too many."""
    files: defaultdict[str, list[Picture]] = defaultdict(list)
    for picture in pictures:
        files[place_of(picture.sample.origin, raw).file].append(picture)
    if len(files) <= _MOST_SOURCES:
        return dict(sorted(files.items()))
    folders: defaultdict[str, list[Picture]] = defaultdict(list)
    for file, members in sorted(files.items()):
        folders[f"{PurePath(file).parent}/"] += members
    return dict(folders) if len(folders) <= _MOST_SOURCES else {}


def _portion(pictures: Sequence[Picture]) -> Portion:
    pages = [one for one in pictures if isinstance(one, CheckedPage)]
    crops = [one for one in pictures if isinstance(one, CheckedSample)]
    tables = [one for one in pictures if isinstance(one, CheckedTable)]
    texts = [*crops, *(crop for page in pages for crop in page.crops)]
    return {
        **(of_pages(pages) if pages else {}),
        **(of_texts(texts) if texts else {}),
        **(of_tables(tables) if tables else {}),
    }


def _statistics(found: CheckedRaw, sources: Mapping[str, Sequence[Picture]]) -> dict[str, Histogram]:
    texts = [crop.sample.text for crop in found.all_crops]
    regions = [region for page in found.pages for region in page.sample.regions]
    boxes = box_sizes([region.points for region in regions])
    pictures: list[Picture] = [*found.pages, *found.crops, *found.tables]
    grids = [grid_of(table.sample.structure) for table in found.tables]
    spans = [f"{cell.rowspan} x {cell.colspan}" for grid in grids for cell in grid if cell.rowspan * cell.colspan > 1]
    crop_sizes = boxes or [(crop.width, crop.height) for crop in found.crops]
    histograms = {
        "characters of a text": _whole_numbers([len(text) for text in texts]),
        "samples of a character": dict(Counter("".join(texts)).most_common()),
        "width through height of a text": _ratios([width / height for width, height in crop_sizes]),
        "boxes of a page": _whole_numbers([len(page.sample.regions) for page in found.pages]),
        "height of a box in pixels": _steps([min(size) for size in boxes]),
        "length of a box in pixels": _steps([max(size) for size in boxes]),
        "cells of a table": _steps([len(table.sample.cells) for table in found.tables]),
        "rows of a table": _whole_numbers([max(cell.row + cell.rowspan for cell in grid) for grid in grids]),
        "columns of a table": _whole_numbers([max(cell.column + cell.colspan for cell in grid) for grid in grids]),
        "rows x columns that a cell spans": dict(Counter(spans).most_common()),
        "structure tokens of a table": _steps([len(merged(table.sample.structure)) for table in found.tables]),
        "longer side of a picture in pixels": _steps([max(one.width, one.height) for one in pictures]),
        "width through height of a picture": _ratios([one.width / one.height for one in pictures]),
        "pictures of a source": {name: len(members) for name, members in sources.items()},
    }
    return {name: histogram for name, histogram in histograms.items() if histogram}


def _whole_numbers(values: Sequence[int]) -> Histogram:
    return {str(value): count for value, count in sorted(Counter(values).items())}


def _steps(values: Sequence[int]) -> Histogram:
    """How many values lie from one of `_EDGES` to the next; without empty steps at both ends."""
    names = [f"{low} to {high - 1}" for low, high in pairwise(_EDGES)]
    return _within(values, _EDGES, [*names, f"{_EDGES[-1]} or more"])


def _ratios(values: Sequence[float]) -> Histogram:
    """The same for `_RATIO_EDGES`."""
    names = [f"{low:g} to {high:g}" for low, high in pairwise(_RATIO_EDGES)]
    return _within(values, _RATIO_EDGES, [*names, f"{_RATIO_EDGES[-1]:g} or more"])


def _within(values: Sequence[float], edges: Sequence[float], names: Sequence[str]) -> Histogram:
    places = Counter((np.searchsorted(edges, values, side="right") - 1).tolist())
    steps = range(min(places), max(places) + 1) if places else ()
    return {names[step]: places[step] for step in steps}
