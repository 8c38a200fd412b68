from collections import Counter
from pathlib import Path

from paddock.data.charset import charset_of
from paddock.data.check import CheckedSample
from paddock.data.samples import RecSample
from paddock.data.stats import rec_stats


def checked(text: str, group: str, sha256: str, size_wh: tuple[int, int] = (90, 30)) -> CheckedSample:
    return CheckedSample(RecSample(Path(f"{group}.jpg"), text, group, "rec_gt.txt:1"), sha256, *size_wh)


def test_stats_count_what_the_splits_hold() -> None:
    parts = {
        "train": [checked("AB", "p", "1"), checked("A", "p", "2", (30, 40))],
        "val": [checked("A C", "q", "3")],
        "test": [checked("AB", "r", "4", (60, 30)), checked("BA", "s", "4", (60, 30))],
    }
    charset = charset_of(entry.sample.text for part in parts.values() for entry in part)
    assert rec_stats(parts, charset, Counter({"stray_crop": 2, "no_tab": 1})) == {
        "num_samples": {"train": 2, "val": 1, "test": 2},
        "num_groups": {"train": 1, "val": 1, "test": 2},
        "num_strings": 4,
        "num_identical_images": 1,
        "num_contradictory_images": 1,
        "num_characters": 4,
        "use_space_char": True,
        "characters_not_in_train": [" ", "C"],
        "dropped": {"no_tab": 1, "stray_crop": 2},
        "text_lengths": {"1": 1, "2": 3, "3": 1},
        "characters": {" ": 1, "A": 5, "B": 3, "C": 1},
        "image_sizes": {
            "width": {"min": 30, "median": 60, "max": 90},
            "height": {"min": 30, "median": 30, "max": 40},
            "aspect_ratio": {"min": 0.75, "median": 2.0, "max": 3.0},
        },
    }
