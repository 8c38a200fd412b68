"""Several prepared data sets in one training: what an epoch takes of each, and what the network can then write."""

from collections import Counter
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from paddock.config.compose import compose
from paddock.config.schema import Config
from paddock.core.errors import ConfigError, DatasetError
from paddock.core.files import write_json, write_text
from paddock.data.prepared import PreparedRec
from paddock.ocr.datasets import listed, mixed_test
from paddock.ocr.rec.task import RecTask
from tests.repository import REPOSITORY

WORDS = ["experiment=null", "dataset=ppocrlabel", "dataset.raw=raw", "dataset.name=mine", "Train.loader.num_workers=0"]


def write_set(folder: Path, text: str, counts: dict[str, int]) -> None:
    """A prepared set in which every picture says ``text``; pictures of all sets have the same names."""
    layout = PreparedRec(folder / "rec")
    for split, count in counts.items():
        layout.image_folder(split).mkdir(parents=True)
        lines = []
        for number in range(count):
            pixels = np.random.default_rng(number).integers(0, 256, (32, 60, 3), dtype=np.uint8)
            name = f"{layout.image_folder(split).name}/{number}.png"
            Image.fromarray(pixels).save(layout.folder / name)
            lines.append(f"{name}\t{text}\n")
        write_text(layout.label_file(split), "".join(lines))
    write_text(layout.dictionary, "".join(f"{character}\n" for character in sorted(set(text) - {" "})))
    write_json(layout.stats_file, {"digest": f"{text:0<64}"})


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    """Prepared sets mine, old and older."""
    for name, text, train in (("mine", "BA", 6), ("old", "CB", 20), ("older", "D E", 10)):
        write_set(tmp_path / name, text, {"train": train, "val": 2, "test": 3})
    return tmp_path


def config(prepared: Path, *words: str) -> Config:
    return compose([*WORDS, f"prepared_dir={prepared / 'mine'}", *words], REPOSITORY)


def test_an_epoch_takes_a_share_of_each_set_drawn_anew_and_the_preflight_says_so(prepared: Path) -> None:
    task = RecTask.open(config(prepared, "training.mix={old: 0.25, older: 0.25}", "Train.loader.batch_size_per_card=2"))

    assert task.preflight()[-1] == "an epoch takes 6 of 6 samples of mine, 5 of 20 samples of old, " + (
        "2 of 10 samples of older"
    )
    loader = task.train_loader(0, 1)
    epochs = [sorted(chain(*loader.plan(epoch))) for epoch in range(4)]
    for numbers in epochs:
        samples = [loader.source.samples[number] for number in numbers]
        assert Counter(sample.image.parents[2].name for sample in samples) in (
            {"mine": 6, "old": 5, "older": 1},  # the last, incomplete batch is left out
            {"mine": 6, "old": 4, "older": 2},
            {"mine": 5, "old": 5, "older": 2},
        )
        assert all(
            sample.text == {"mine": "BA", "old": "CB"}.get(sample.image.parents[2].name, "D E") for sample in samples
        )
    assert len({tuple(numbers) for numbers in epochs}) == 4


def test_the_dictionary_is_the_own_one_extended_by_those_of_the_mixed_sets(prepared: Path) -> None:
    mixed = RecTask.open(config(prepared, "training.mix={old: 0.25, older: 1}"))

    assert mixed.classes.characters == ["blank", "A", "B", "C", "D", "E", " "]


def test_a_dictionary_that_is_given_stays_as_it_is(prepared: Path) -> None:
    write_text(prepared / "given.txt", "E\nD\nC\nB\nA\n")

    given = RecTask.open(config(prepared, "training.mix.old=1", f"Global.character_dict_path={prepared / 'given.txt'}"))

    assert given.classes.characters == ["blank", "E", "D", "C", "B", "A", " "]


def test_a_run_is_known_by_all_the_data_that_it_learns_from(prepared: Path) -> None:
    task = RecTask.open(config(prepared, "training.mix.old=0.5"))

    assert [(ref.name, ref.context) for ref in task.datasets()] == [
        ("mine", "train"),
        ("mine", "val"),
        ("old", "train"),
    ]
    assert len({ref.digest for ref in task.datasets()}) == 3


def test_validation_and_test_are_the_own_ones_and_the_others_can_be_asked_for(prepared: Path) -> None:
    mixed = config(prepared, "training.mix.old=0.5")

    assert listed(mixed, "val").folder == prepared / "mine" / "rec"
    test = mixed_test(mixed, "old")
    assert test.data_dir == str(prepared / "old" / "rec")
    assert test.label_file_list == [str(prepared / "old" / "rec" / "rec_gt_test.txt")]


def test_without_a_mixture_there_is_nothing_to_say_of_it(prepared: Path) -> None:
    assert not any("an epoch takes" in line for line in RecTask.open(config(prepared)).preflight())


@pytest.mark.parametrize(
    ("word", "error", "message"),
    [
        (
            "training.mix.none=0.5",
            DatasetError,
            r"training\.mix\.none: .*none/rec is not prepared.*Run paddock p",
        ),
        ("training.mix.mine=0.5", ConfigError, r"training\.mix\.mine: that is the data set itself"),
    ],
)
def test_a_set_that_cannot_be_mixed_in_is_refused(
    prepared: Path, word: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        RecTask.open(config(prepared, word))


@pytest.mark.parametrize("share", ["0", "1.5", "-0.1"])
def test_a_share_is_above_0_and_up_to_1(prepared: Path, share: str) -> None:
    with pytest.raises(ConfigError, match=r"training\.mix\.old is .*: it is the share of the set, above 0 and up to 1"):
        config(prepared, f"training.mix.old={share}")
