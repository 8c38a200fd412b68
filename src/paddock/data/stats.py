"""stats.json: what is in a prepared data set, for people and for preflight checks."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

import numpy as np

from paddock.data.charset import Charset
from paddock.data.check import CheckedSample
from paddock.data.crops import crop_size, quad_of
from paddock.data.page_lines import MIN_POINTS
from paddock.data.pages import CheckedPage


def rec_stats(parts: Mapping[str, Sequence[CheckedSample]], charset: Charset, dropped: Counter[str]) -> dict[str, Any]:
    """Count what the splits hold.

    Image sizes are in pixels, before any resizing. ``num_contradictory_images`` are pictures that lie there more than
    once, byte for byte, under different texts: noise that no model can learn.
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
        "characters_not_in_train": sorted(set().union(*texts) - seen_in_training),
        "dropped": dict(sorted(dropped.items())),
        "text_lengths": _histogram([len(text) for text in texts]),
        "characters": dict(sorted(Counter("".join(texts)).items())),
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
    boxes = [crop_size(quad_of(np.array(region.points, np.float32))) for region in regions]
    return {
        "num_pages": {name: len(part) for name, part in parts.items()},
        "num_groups": {name: len({page.sample.group for page in part}) for name, part in parts.items()},
        "num_regions": {name: sum(len(page.sample.regions) for page in part) for name, part in parts.items()},
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
