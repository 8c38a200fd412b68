from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from paddock.config.schema import SplitConfig
from paddock.core.errors import DatasetError
from paddock.data.check import CheckedSample
from paddock.data.samples import RecSample
from paddock.data.split import Split, independent_groups, split_samples

SHARES = SplitConfig(train=0.8, val=0.1, test=0.1, by_file=False, val_list=None, test_list=None)


def checked(number: int, group: str, sha256: str | None = None) -> CheckedSample:
    sample = RecSample(Path(f"crop_img/{number:04}.jpg"), "A1", group, f"rec_gt.txt:{number}")
    return CheckedSample(sample, sha256 or str(number), 90, 30)


def singles(count: int) -> list[CheckedSample]:
    return [checked(number, str(number)) for number in range(count)]


def names(part: list[CheckedSample]) -> list[str]:
    return [entry.sample.image.name for entry in part]


def sizes(split: Split[CheckedSample]) -> dict[str, int]:
    return {name: len(part) for name, part in split.parts.items()}


def homes(split: Split[CheckedSample]) -> dict[str, str]:
    return {name: side for side, part in split.parts.items() for name in names(part)}


def test_shares_are_met_as_well_as_chance_meets_them() -> None:
    split = split_samples(singles(2000), SHARES, seed=0)
    # Of 2,000 groups 200 are expected in the test, with a standard deviation of (2000 * 0.1 * 0.9) ** 0.5 = 13.
    assert abs(sizes(split)["test"] - 200) < 40
    assert abs(sizes(split)["val"] - 200) < 40
    assert len(homes(split)) == 2000
    assert (split.held_back, split.borrowing) == ([], [])


def test_an_old_sample_never_changes_sides_when_samples_are_added() -> None:
    steps = [homes(split_samples(singles(count), SHARES, seed=0)) for count in (100, 101, 150, 1000)]
    for before, after in pairwise(steps):
        assert before == {name: after[name] for name in before}


def test_crops_of_one_picture_stay_together() -> None:
    samples = [checked(number, f"page{number // 7}") for number in range(700)]
    split = split_samples(samples, SHARES, seed=3)
    sides = {(entry.sample.group, name) for name, part in split.parts.items() for entry in part}
    assert max(Counter(group for group, _ in sides).values()) == 1


def test_identical_pictures_never_straddle_splits() -> None:
    # Pictures 0..99 come again as 100..199 under other names, in other groups.
    samples = [checked(number, f"page{number}", sha256=str(number % 100)) for number in range(200)]
    split = split_samples(samples, SHARES, seed=0)
    assert len({(entry.sha256, name) for name, part in split.parts.items() for entry in part}) == 100


def test_copies_that_are_added_go_where_their_originals_are() -> None:
    before = homes(split_samples(singles(200), SHARES, seed=0))
    samples = singles(400)
    pairs = [(samples[number + 200].sample.image, samples[number].sample.image) for number in range(200)]
    after = homes(split_samples(samples, SHARES, 0, copies=pairs))
    assert all(after[copy.name] == after[original.name] == before[original.name] for copy, original in pairs)


def test_groups_that_share_pictures_in_a_chain_are_one() -> None:
    samples = [checked(0, "c", "x"), checked(1, "b", "x"), checked(2, "b", "y"), checked(3, "a", "y"), checked(4, "d")]
    assert sorted(map(len, independent_groups(samples))) == [1, 4]
    copies = [(samples[4].sample.image, samples[0].sample.image), (Path("left_out.jpg"), samples[1].sample.image)]
    assert list(map(len, independent_groups(samples, copies))) == [5]


def test_the_order_of_files_does_not_matter_to_groups_without_copies() -> None:
    samples = [checked(number, f"page{number // 3}") for number in range(120)]
    straight, turned = (split_samples(order, SHARES, seed=5) for order in (samples, samples[::-1]))
    assert list(straight.parts) == list(turned.parts) == ["train", "val", "test"]
    assert list(map(names, straight.parts.values())) == list(map(names, turned.parts.values()))


def test_another_seed_splits_otherwise() -> None:
    assert homes(split_samples(singles(100), SHARES, 0)) != homes(split_samples(singles(100), SHARES, 1))


@pytest.mark.parametrize("group_sizes", [(50, 50, 50), (1000, 1, 1), (1, 1, 1), (1, 1, 1, 1), (90, 5, 5)])
def test_three_groups_are_enough_however_large_they_are(group_sizes: tuple[int, ...]) -> None:
    groups = [group for group, size in enumerate(group_sizes) for _ in range(size)]
    split = split_samples([checked(number, str(group)) for number, group in enumerate(groups)], SHARES, seed=0)
    assert min(sizes(split).values()) > 0
    assert split.borrowing


@pytest.mark.parametrize("num_groups", [0, 1, 2])
def test_fewer_than_three_groups_are_refused(num_groups: int) -> None:
    samples = [checked(number, str(number % max(num_groups, 1))) for number in range(10 * num_groups)]
    message = rf"{10 * num_groups} usable samples come from {num_groups} source picture\(s\), and.*Label more pictures"
    with pytest.raises(DatasetError, match=message):
        split_samples(samples, SHARES, seed=0)


def test_a_listed_split_has_what_is_listed_and_nothing_else_moves() -> None:
    drawn = homes(split_samples(singles(100), SHARES, seed=0))
    listed = {Path(f"crop_img/{name}"): side for name, side in drawn.items() if side == "test"}
    split = split_samples(singles(1000), SHARES, 0, listed=listed)
    assert set(names(split.parts["test"])) == {image.name for image in listed}
    assert {name: homes(split)[name] for name in drawn} == drawn
    assert abs(sizes(split)["val"] - 100) < 40


def test_what_goes_with_a_listed_picture_is_held_back() -> None:
    samples = [*singles(50), checked(50, "7"), checked(51, "new", sha256="7"), checked(52, "other")]
    copies = [(samples[52].sample.image, samples[7].sample.image)]
    split = split_samples(samples, SHARES, 0, copies, {samples[7].sample.image: "test"})
    assert names(split.parts["test"]) == ["0007.jpg"]
    assert names(split.held_back) == ["0050.jpg", "0051.jpg", "0052.jpg"]


def test_listed_pictures_stay_where_they_are_listed_even_if_their_group_straddles() -> None:
    samples = [*singles(50), checked(50, "7")]
    listed = {samples[7].sample.image: "test", samples[50].sample.image: "val"}
    split = split_samples(samples, SHARES, 0, listed=listed)
    assert (names(split.parts["test"]), names(split.parts["val"])) == (["0007.jpg"], ["0050.jpg"])
    assert sizes(split)["train"] == 49


def test_with_both_splits_listed_one_group_is_enough_to_train_on() -> None:
    samples = singles(3)
    listed = {samples[0].sample.image: "test", samples[1].sample.image: "val"}
    assert sizes(split_samples(samples, SHARES, 0, listed=listed)) == {"train": 1, "val": 1, "test": 1}
    with pytest.raises(DatasetError, match=r"0 source picture\(s\) beside those that lists name, and each of tr"):
        split_samples(samples[:2], SHARES, 0, listed=listed)
