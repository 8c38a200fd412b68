"""What a part of a data set is like: a split, or what one label file says. Numbers without ``num_`` are medians."""

from collections.abc import Sequence
from statistics import median

from paddock.data.check import CheckedSample
from paddock.data.crops import box_sizes
from paddock.data.pages import CheckedPage
from paddock.data.table_pictures import CheckedTable
from paddock.data.table_tokens import grid_of, merged

Portion = dict[str, float]


def of_pages(pages: Sequence[CheckedPage]) -> Portion:
    """Pages and boxes; a box is as wide as its text is long, however it is turned."""
    regions = [region for page in pages for region in page.sample.regions]
    boxes = box_sizes([region.points for region in regions])
    return {
        "num_pages": len(pages),
        "num_boxes": len(boxes),
        "num_ignored_boxes": sum(region.is_ignored for region in regions),
        "boxes_per_page": _middle([len(page.sample.regions) for page in pages]),
        "box_height_px": _middle([height for _, height in boxes]),
        "box_aspect_ratio": _middle([round(width / height, 2) for width, height in boxes]),
        "longer_side_px": _middle([max(page.width, page.height) for page in pages]),
    }


def of_texts(crops: Sequence[CheckedSample]) -> Portion:
    """Single lines of text."""
    texts = [crop.sample.text for crop in crops]
    return {
        "num_texts": len(texts),
        "num_strings": len(set(texts)),
        "num_characters": len(set("".join(texts))),
        "text_length": _middle([len(text) for text in texts]),
        "text_height_px": _middle([crop.height for crop in crops]),
        "text_aspect_ratio": _middle([round(crop.width / crop.height, 2) for crop in crops]),
    }


def of_tables(tables: Sequence[CheckedTable]) -> Portion:
    """Tables and cells."""
    grids = [grid_of(table.sample.structure) for table in tables]
    return {
        "num_tables": len(tables),
        "num_cells": sum(map(len, grids)),
        "num_spanning_cells": sum(cell.rowspan > 1 or cell.colspan > 1 for grid in grids for cell in grid),
        "rows": _middle([max(cell.row + cell.rowspan for cell in grid) for grid in grids]),
        "columns": _middle([max(cell.column + cell.colspan for cell in grid) for grid in grids]),
        "structure_tokens": _middle([len(merged(table.sample.structure)) for table in tables]),
        "longer_side_px": _middle([max(table.width, table.height) for table in tables]),
    }


def _middle(values: Sequence[float]) -> float:
    return median(values) if values else 0
