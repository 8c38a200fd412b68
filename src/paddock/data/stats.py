"""stats.json: what is in a prepared data set, for people and for preflight checks."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from paddock.data.charset import Charset
from paddock.data.check import CheckedSample


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
        "image_sizes": {
            "width": _range([checked.width for checked in everything]),
            "height": _range([checked.height for checked in everything]),
            "aspect_ratio": _range([round(checked.width / checked.height, 3) for checked in everything]),
        },
    }


def _histogram(values: list[int]) -> dict[str, int]:
    return {str(value): count for value, count in sorted(Counter(values).items())}


def _range(values: Sequence[float]) -> dict[str, float]:
    return {"min": min(values), "median": median(values), "max": max(values)}
