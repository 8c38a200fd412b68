from collections import Counter
from pathlib import Path

from paddock.data.charset import charset_of
from paddock.data.check import CheckedSample
from paddock.data.pages import CheckedPage
from paddock.data.samples import PageSample, RecSample, Region
from paddock.data.stats import det_stats, rec_stats, table_stats
from paddock.data.table_pictures import CheckedTable
from paddock.data.tables import TableCell, TableSample


def checked(text: str, group: str, sha256: str, size_wh: tuple[int, int] = (90, 30)) -> CheckedSample:
    return CheckedSample(RecSample(Path(f"{group}.jpg"), text, group, "rec_gt.txt:1"), sha256, *size_wh)


def test_stats_count_what_the_splits_hold() -> None:
    parts = {
        "train": [checked("AB", "p", "1"), checked("A", "p", "2", (30, 40))],
        "val": [checked("A C", "q", "3")],
        "test": [checked("AB", "r", "4", (60, 30)), checked("BA", "s", "4", (60, 30))],
    }
    charset = charset_of(entry.sample.text for part in parts.values() for entry in part)
    assert rec_stats(parts, charset, Counter({"stray_crop": 2, "no_tab": 1}), Counter({"crlf": 1})) == {
        "num_samples": {"train": 2, "val": 1, "test": 2},
        "num_groups": {"train": 1, "val": 1, "test": 2},
        "num_strings": 4,
        "num_identical_images": 1,
        "num_contradictory_images": 1,
        "num_characters": 4,
        "use_space_char": True,
        "by_split": {
            "train": {
                "num_texts": 2,
                "num_strings": 2,
                "num_characters": 2,
                "text_length": 1.5,
                "text_height_px": 35,
                "text_aspect_ratio": 1.875,
            },
            "val": {
                "num_texts": 1,
                "num_strings": 1,
                "num_characters": 3,
                "text_length": 3,
                "text_height_px": 30,
                "text_aspect_ratio": 3,
            },
            "test": {
                "num_texts": 2,
                "num_strings": 2,
                "num_characters": 2,
                "text_length": 2,
                "text_height_px": 30,
                "text_aspect_ratio": 2,
            },
        },
        "characters_not_in_train": [" ", "C"],
        "dropped": {"no_tab": 1, "stray_crop": 2},
        "mended": {"crlf": 1},
        "text_lengths": {"1": 1, "2": 3, "3": 1},
        "characters": {" ": 1, "A": 5, "B": 3, "C": 1},
        "samples_of_character": {"train": {"A": 2, "B": 1}, "val": {" ": 1, "A": 1, "C": 1}, "test": {"A": 2, "B": 2}},
        "image_sizes": {
            "width": {"min": 30, "median": 60, "max": 90},
            "height": {"min": 30, "median": 30, "max": 40},
            "aspect_ratio": {"min": 0.75, "median": 2.0, "max": 3.0},
        },
    }


def page(group: str, sha256: str, *regions: Region) -> CheckedPage:
    sample = PageSample(Path(f"{group}.jpg"), regions, group, "Label.txt:1")
    return CheckedPage(sample, sha256, 200, 100, sample.image, ())


def test_stats_of_pages_count_regions_and_measure_boxes_along_their_text() -> None:
    upright = Region("A", ((0, 0), (40, 0), (40, 10), (0, 10)))
    downwards = Region("###", ((20, 0), (20, 30), (10, 30), (10, 0)), difficult=True)
    arch = Region("B", ((0, 4), (10, 0), (20, 4), (20, 20), (10, 16), (0, 20)))
    parts = {
        "train": [page("p", "1", upright, downwards), page("p", "2")],
        "val": [page("q", "3", upright)],
        "test": [page("r", "3", arch)],
    }
    stats = det_stats(parts, Counter({"no_area": 2}), Counter({"clipped": 1}))
    assert stats.pop("by_split")["train"] == {
        "num_pages": 2,
        "num_boxes": 2,
        "num_ignored_boxes": 1,
        "boxes_per_page": 1,
        "box_height_px": 10,
        "box_aspect_ratio": 3.5,
        "longer_side_px": 200,
    }
    assert stats == {
        "num_pages": {"train": 2, "val": 1, "test": 1},
        "num_groups": {"train": 1, "val": 1, "test": 1},
        "num_regions": {"train": 2, "val": 1, "test": 1},
        "num_ignored": 1,
        "num_difficult": 1,
        "num_polygons": 1,
        "num_pages_without_text": 1,
        "num_identical_images": 1,
        "dropped": {"no_area": 2},
        "mended": {"clipped": 1},
        "boxes_per_page": {"min": 0, "median": 1, "max": 2},
        "box_sizes": {
            "width": {"min": 20, "median": 35, "max": 40},
            "height": {"min": 10, "median": 10, "max": 20},
            "aspect_ratio": {"min": 1.0, "median": 3.5, "max": 4.0},
        },
        "image_sizes": {
            "width": {"min": 200, "median": 200, "max": 200},
            "height": {"min": 100, "median": 100, "max": 100},
            "aspect_ratio": {"min": 2.0, "median": 2.0, "max": 2.0},
        },
    }


BOX = (1.0, 2.0, 9.0, 2.0, 9.0, 8.0, 1.0, 8.0)


def table(group: str, sha256: str, structure: tuple[str, ...], *cells: TableCell) -> CheckedTable:
    sample = TableSample(Path(f"{group}.jpg"), structure, cells, group, "train.jsonl:1")
    return CheckedTable(sample, sha256, 200, 100, sample.image)


def test_stats_of_tables_count_cells_spans_and_tokens() -> None:
    spanned = ("<thead>", "<tr>", "<td", ' colspan="2"', ">", "</td>", "</tr>", "</thead>")
    pair = ("<tbody>", "<tr>", "<td>", "</td>", "<td>", "</td>", "</tr>", "</tbody>")
    parts = {
        "train": [
            table("p", "1", pair, TableCell(("A",), BOX), TableCell()),
            table("p", "2", pair, *[TableCell()] * 2),
        ],
        "val": [table("q", "3", pair, TableCell(("B",)), TableCell(("C",), BOX))],
        "test": [table("r", "3", spanned + pair, *[TableCell(("D",), BOX)] * 3)],
    }
    stats = table_stats(parts, 2, Counter({"too_long": 2, "cell_count": 1}), Counter({"made_upright": 1}))
    assert stats.pop("by_split")["test"] == {
        "num_tables": 1,
        "num_cells": 3,
        "num_spanning_cells": 1,
        "rows": 2,
        "columns": 2,
        "structure_tokens": 14,
        "longer_side_px": 200,
    }
    assert stats == {
        "num_tables": {"train": 2, "val": 1, "test": 1},
        "num_groups": {"train": 1, "val": 1, "test": 1},
        "num_cells": {"train": 4, "val": 2, "test": 3},
        "num_cells_with_text": 6,
        "num_cells_with_box": 5,
        "num_spanning_cells": 1,
        "num_tables_with_spans": 1,
        "num_tables_with_head": 1,
        "num_identical_images": 1,
        "tokens_not_in_train": [' colspan="2"', "</td>", "</thead>", "<td", "<thead>", ">"],
        "num_refused": 2,
        "dropped": {"cell_count": 1, "too_long": 2},
        "mended": {"made_upright": 1},
        "rows": {"min": 1, "median": 1, "max": 2},
        "columns": {"min": 2, "median": 2, "max": 2},
        "cells_per_table": {"min": 2, "median": 2, "max": 3},
        "colspans": {"2": 1},
        "rowspans": {},
        "token_lengths": {"6": 3, "14": 1},
        "image_sizes": {
            "width": {"min": 200, "median": 200, "max": 200},
            "height": {"min": 100, "median": 100, "max": 100},
            "aspect_ratio": {"min": 2.0, "median": 2.0, "max": 2.0},
        },
    }
