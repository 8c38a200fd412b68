import pytest

from paddock.config.compose import compose
from paddock.config.fingerprint import fingerprint
from tests.repository import REPOSITORY


def print_of(*words: str, digest: str = "data") -> str:
    return fingerprint(compose(words, REPOSITORY), digest)


@pytest.mark.parametrize(
    "word",
    [
        "tracking=off",
        "registry.alias=candidate",
        "export.tolerance=0.1",
        "output_dir=elsewhere",
        "metrics_dir=elsewhere",
        "prepared_dir=elsewhere",
        "Global.checkpoints=last",
        "dataset.raw=elsewhere",
    ],
)
def test_what_does_not_change_the_training_leaves_its_name_alone(word: str) -> None:
    assert print_of(word) == print_of()


@pytest.mark.parametrize(
    "word",
    [
        "seed=1",
        "Global.epoch_num=9",
        "Optimizer.lr.learning_rate=1e-4",
        "model=rec_crnn_r34",
        "Train.loader.batch_size_per_card=7",
        "hardware=gpu",
        "training.patience=3",
        "Global.pretrained_model=a.pdparams",
        "Global.character_dict_path=mine.txt",
        "Train.dataset.label_file_list=[half.txt]",
    ],
)
def test_what_changes_the_training_gives_it_another_name(word: str) -> None:
    assert print_of(word) != print_of()


def test_other_data_and_other_code_give_it_another_name() -> None:
    config = compose([], REPOSITORY)
    assert len({fingerprint(config, "a"), fingerprint(config, "b"), fingerprint(config, "a", "code")}) == 3


def test_the_name_is_64_hexadecimal_digits() -> None:
    assert len(print_of()) == 64
    assert int(print_of(), 16) >= 0
