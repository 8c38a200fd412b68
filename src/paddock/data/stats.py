"""stats.json: what is in a prepared data set, for people and for preflight checks."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from paddock.data.charset import Charset
from paddock.data.check import CheckedSample
from paddock.data.crops import box_sizes
from paddock.data.page_lines import MIN_POINTS
from paddock.data.pages import CheckedPage
from paddock.data.portions import of_pages, of_tables, of_texts
from paddock.data.table_pictures import CheckedTable
from paddock.data.table_tokens import grid_of, merged, span_of


def rec_stats(
    parts: Mapping[str, Sequence[CheckedSample]], charset: Charset, dropped: Counter[str], mended: Counter[str]
) -> dict[str, Any]:
    """Count what the splits hold.

    Image sizes are in pixels, before any resizing. ``samples_of_character`` counts the samples of each split that have
    a character, once or more often. ``num_contradictory_images`` are pictures that lie there more than once, byte for
    byte, under different texts: noise that no model can learn.
    """
    everything = [checked for part in parts.values() for checked in part]
    texts = [checked.sample.text for checked in everything]
    texts_of: defaultdict[str, set[str]] = defaultdict(set)
    for checked in everything:
        texts_of[checked.sha256].add(checked.sample.text)
    seen_in_training = set().union(*(checked.sample.text for checked in parts["train"]))
    return {
        "num_samples": {name: len(part) for name, part in parts.items()},
        "num_groups": {name: len({checked.sample.group for checked in part}) for name, part in parts.items()},
        "num_strings": len(set(texts)),
        "num_identical_images": len(everything) - len(texts_of),
        "num_contradictory_images": sum(len(texts) > 1 for texts in texts_of.values()),
        "num_characters": len(charset),
        "use_space_char": charset.use_space_char,
        "by_split": {name: of_texts(part) for name, part in parts.items()},
        "characters_not_in_train": sorted(set().union(*texts) - seen_in_training),
        "dropped": dict(sorted(dropped.items())),
        "mended": dict(sorted(mended.items())),
        "text_lengths": _histogram([len(text) for text in texts]),
        "characters": dict(sorted(Counter("".join(texts)).items())),
        "samples_of_character": {
            name: dict(sorted(Counter("".join("".join(set(checked.sample.text)) for checked in part)).items()))
            for name, part in parts.items()
        },
        "image_sizes": _sizes([(checked.width, checked.height) for checked in everything]),
    }


def det_stats(
    parts: Mapping[str, Sequence[CheckedPage]], dropped: Counter[str], mended: Counter[str]
) -> dict[str, Any]:
    """Count what the splits hold.

    Sizes are in pixels, before any resizing; a box is as wide as its text is long, however it is turned.
    ``num_regions`` holds all regions, ignored and difficult ones among them.
    """
    pages = [page for part in parts.values() for page in part]
    regions = [region for page in pages for region in page.sample.regions]
    boxes = box_sizes([region.points for region in regions])
    return {
        "num_pages": {name: len(part) for name, part in parts.items()},
        "num_groups": {name: len({page.sample.group for page in part}) for name, part in parts.items()},
        "num_regions": {name: sum(len(page.sample.regions) for page in part) for name, part in parts.items()},
        "by_split": {name: of_pages(part) for name, part in parts.items()},
        "num_ignored": sum(region.is_ignored for region in regions),
        "num_difficult": sum(region.difficult for region in regions),
        "num_polygons": sum(len(region.points) > MIN_POINTS for region in regions),
        "num_pages_without_text": sum(not page.sample.regions for page in pages),
        "num_identical_images": len(pages) - len({page.sha256 for page in pages}),
        "dropped": dict(sorted(dropped.items())),
        "mended": dict(sorted(mended.items())),
        "boxes_per_page": _range([len(page.sample.regions) for page in pages]),
        "box_sizes": _sizes(boxes) if boxes else {},
        "image_sizes": _sizes([(page.width, page.height) for page in pages]),
    }


def table_stats(
    parts: Mapping[str, Sequence[CheckedTable]], num_refused: int, dropped: Counter[str], mended: Counter[str]
) -> dict[str, Any]:
    """Count what the splits hold.

    ``dropped`` counts reasons, of which a refused table may have several. Image sizes are in pixels, before any
    resizing. Lengths are those of merged tokens, which is what a network writes;
    ``tokens_not_in_train`` are those that it cannot have learnt to write.
    """
    tables = [table for part in parts.values() for table in part]
    cells = [cell for table in tables for cell in table.sample.cells]
    grids = [grid_of(table.sample.structure) for table in tables]
    spans = [span for table in tables for token in table.sample.structure if (span := span_of(token))]
    tokens = {
        name: {token for table in part for token in merged(table.sample.structure)} for name, part in parts.items()
    }
    return {
        "num_tables": {name: len(part) for name, part in parts.items()},
        "num_groups": {name: len({table.sample.group for table in part}) for name, part in parts.items()},
        "num_cells": {name: sum(len(table.sample.cells) for table in part) for name, part in parts.items()},
        "by_split": {name: of_tables(part) for name, part in parts.items()},
        "num_cells_with_text": sum(bool(cell.tokens) for cell in cells),
        "num_cells_with_box": sum(cell.box is not None for cell in cells),
        "num_spanning_cells": sum(cell.rowspan > 1 or cell.colspan > 1 for grid in grids for cell in grid),
        "num_tables_with_spans": sum(any(map(span_of, table.sample.structure)) for table in tables),
        "num_tables_with_head": sum("<thead>" in table.sample.structure for table in tables),
        "num_identical_images": len(tables) - len({table.sha256 for table in tables}),
        "tokens_not_in_train": sorted(set().union(*tokens.values()) - tokens["train"]),
        "num_refused": num_refused,
        "dropped": dict(sorted(dropped.items())),
        "mended": dict(sorted(mended.items())),
        "rows": _range([max(cell.row + cell.rowspan for cell in grid) for grid in grids]),
        "columns": _range([max(cell.column + cell.colspan for cell in grid) for grid in grids]),
        "cells_per_table": _range([len(table.sample.cells) for table in tables]),
        "colspans": _histogram([span for name, span in spans if name == "colspan"]),
        "rowspans": _histogram([span for name, span in spans if name == "rowspan"]),
        "token_lengths": _histogram([len(merged(table.sample.structure)) for table in tables]),
        "image_sizes": _sizes([(table.width, table.height) for table in tables]),
    }


def _sizes(sizes_wh: Sequence[tuple[int, int]]) -> dict[str, dict[str, float]]:
    return {
        "width": _range([width for width, _ in sizes_wh]),
        "height": _range([height for _, height in sizes_wh]),
        "aspect_ratio": _range([round(width / height, 3) for width, height in sizes_wh]),
    }


def _histogram(values: list[int]) -> dict[str, int]:
    return {str(value): count for value, count in sorted(Counter(values).items())}


def _range(values: Sequence[float]) -> dict[str, float]:
    return {"min": min(values), "median": median(values), "max": max(values)}
