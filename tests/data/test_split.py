from collections import Counter
from pathlib import Path

import pytest

from paddock.config.schema import SplitConfig
from paddock.core.errors import DatasetError
from paddock.data.check import CheckedSample
from paddock.data.samples import RecSample
from paddock.data.split import independent_groups, split_samples

SHARES = SplitConfig(train=0.8, val=0.1, test=0.1)


def checked(number: int, group: str, sha256: str | None = None) -> CheckedSample:
    sample = RecSample(Path(f"crop_img/{number:04}.jpg"), "A1", group, f"rec_gt.txt:{number}")
    return CheckedSample(sample, sha256 or str(number), 90, 30)


def names(part: list[CheckedSample]) -> list[str]:
    return [entry.sample.image.name for entry in part]


def sizes(parts: dict[str, list[CheckedSample]]) -> dict[str, int]:
    return {name: len(part) for name, part in parts.items()}


def test_shares_are_met_exactly_where_each_sample_is_its_own_group() -> None:
    parts = split_samples([checked(number, str(number)) for number in range(200)], SHARES, seed=0)
    assert sizes(parts) == {"train": 160, "val": 20, "test": 20}
    assert len({name for part in parts.values() for name in names(part)}) == 200


def test_crops_of_one_picture_stay_together_and_shares_are_met_within_one_group() -> None:
    samples = [checked(number, f"page{number // 7}") for number in range(700)]
    parts = split_samples(samples, SHARES, seed=3)
    homes = {(entry.sample.group, name) for name, part in parts.items() for entry in part}
    assert max(Counter(group for group, _ in homes).values()) == 1
    assert abs(len(parts["val"]) - 70) <= 7
    assert abs(len(parts["test"]) - 70) <= 7


def test_identical_pictures_never_straddle_splits() -> None:
    # Pictures 0..99 come again as 100..199 under other names, in other groups.
    samples = [checked(number, f"page{number}", sha256=str(number % 100)) for number in range(200)]
    parts = split_samples(samples, SHARES, seed=0)
    homes = {(entry.sha256, name) for name, part in parts.items() for entry in part}
    assert len(homes) == 100


def test_groups_that_share_pictures_in_a_chain_are_one() -> None:
    samples = [checked(0, "c", "x"), checked(1, "b", "x"), checked(2, "b", "y"), checked(3, "a", "y"), checked(4, "d")]
    assert {name: len(group) for name, group in independent_groups(samples).items()} == {"a": 4, "d": 1}


def test_the_order_of_files_does_not_matter() -> None:
    samples = [checked(number, f"page{number // 3}", sha256=str(number % 90)) for number in range(120)]
    straight, turned = (split_samples(order, SHARES, seed=5) for order in (samples, samples[::-1]))
    assert list(straight) == list(turned) == ["train", "val", "test"]
    assert list(map(names, straight.values())) == list(map(names, turned.values()))


def test_another_seed_splits_otherwise() -> None:
    samples = [checked(number, str(number)) for number in range(100)]
    assert names(split_samples(samples, SHARES, 0)["test"]) != names(split_samples(samples, SHARES, 1)["test"])


def test_a_data_set_that_grows_keeps_most_of_its_test_split() -> None:
    samples = [checked(number, str(number)) for number in range(330)]
    before, after = (set(names(split_samples(samples[:count], SHARES, 0)["test"])) for count in (300, 330))
    assert len(before & after) >= 0.8 * len(before)


@pytest.mark.parametrize("group_sizes", [(50, 50, 50), (1000, 1, 1), (1, 1, 1), (1, 1, 1, 1), (90, 5, 5)])
def test_three_groups_are_enough_however_large_they_are(group_sizes: tuple[int, ...]) -> None:
    groups = [group for group, size in enumerate(group_sizes) for _ in range(size)]
    parts = split_samples([checked(number, str(group)) for number, group in enumerate(groups)], SHARES, seed=0)
    assert min(sizes(parts).values()) > 0
    assert len(parts["train"]) == max(group_sizes) or len(group_sizes) > 3


@pytest.mark.parametrize("num_groups", [0, 1, 2])
def test_fewer_than_three_groups_are_refused(num_groups: int) -> None:
    samples = [checked(number, str(number % max(num_groups, 1))) for number in range(10 * num_groups)]
    message = rf"{10 * num_groups} usable samples come from {num_groups} source picture\(s\).*Label more pictures"
    with pytest.raises(DatasetError, match=message):
        split_samples(samples, SHARES, seed=0)
