"""Every kind of bad input, through the command line: one line that says what is wrong and what to do, exit status 2,
nothing half-written."""

import os
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from paddock.cli import main

pytestmark = pytest.mark.slow

TINY = [
    "experiment=null",
    "dataset=ppocrlabel",
    "dataset.raw=raw",
    "tracking=off",
    "hardware.threads=1",
    "Architecture.Backbone={name: MobileNetV3, scale: 0.35, model_name: small}",
    "Architecture.Neck.hidden_size=24",
    "Global.epoch_num=1",
]


@pytest.fixture
def raw(checkout: Path) -> Path:
    """An annotated folder without a fault: 20 pictures, two strings."""
    folder = checkout / "raw"
    (folder / "crop_img").mkdir(parents=True)
    lines = []
    for number in range(20):
        pixels = np.random.default_rng(number).integers(0, 256, (32, 60, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"crop_img/p{number}_crop_0.png")
        lines.append(f"crop_img/p{number}_crop_0.png\t{'AB' if number % 2 else 'BA'}\n")
    (folder / "rec_gt.txt").write_text("".join(lines))
    return folder


def complaint(capsys: pytest.CaptureFixture[str], verb: str, *words: str) -> str:
    """Run a command that must be refused; its one line."""
    capsys.readouterr()
    status = main([verb, *TINY, *words])
    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith(f"paddock {verb}:")]
    assert status == 2
    assert len(said) == 1
    return said[0]


def replace_line(raw: Path, number: int, line: str) -> None:
    path = raw / "rec_gt.txt"
    lines = path.read_text().splitlines()
    lines[number - 1] = line
    path.write_text("\n".join(lines) + "\n")


def fault(line: str) -> Callable[[Path], None]:
    return lambda raw: replace_line(raw, 3, line)


def corrupt(raw: Path) -> None:
    (raw / "crop_img/p2_crop_0.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")


def foreign_dictionary(raw: Path) -> None:
    (raw / "keys.txt").write_text("A\n")


def two_samples(raw: Path) -> None:
    path = raw / "rec_gt.txt"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:2]))


@pytest.mark.parametrize(
    ("spoil", "words", "message"),
    [
        (lambda raw: None, ["dataset.raw=nowhere"], r"nowhere.*(missing|does not exist)"),
        (fault("crop_img/p2_crop_0.png AB"), [], r"rec_gt\.txt:3: no tab"),
        (fault("crop_img/none.png\tAB"), [], r"rec_gt\.txt:3: .*none\.png"),
        (fault("crop_img/p2_crop_0.png\t"), [], r"rec_gt\.txt:3: no text"),
        (corrupt, [], r"rec_gt\.txt:3: .*p2_crop_0\.png"),
        (foreign_dictionary, ["dataset.dictionary=raw/keys.txt"], r"rec_gt\.txt:\d+: .*'B'"),
        (two_samples, [], r"(split|sample)"),
    ],
)
def test_bad_data_are_refused_and_nothing_is_prepared(
    raw: Path,
    capsys: pytest.CaptureFixture[str],
    spoil: Callable[[Path], None],
    words: list[str],
    message: str,
) -> None:
    spoil(raw)

    line = complaint(capsys, "prepare", *words)

    assert re.search(message, line), line
    assert not Path("data/prepared").exists() or not any(Path("data/prepared").rglob("*.txt"))


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("model=rec_crnn_mv4", "'rec_crnn_mv3'"),
        ("Optimizer.lr.learing_rate=1", "'learning_rate'"),
        ("modle=rec_crnn_r34", "'model'"),
    ],
)
def test_misspelt_words_are_answered_with_the_nearest_one(
    raw: Path, capsys: pytest.CaptureFixture[str], word: str, message: str
) -> None:
    line = complaint(capsys, "train", word)

    assert "Did you mean" in line
    assert message in line


class _RunsCode:
    def __reduce__(self) -> Any:
        return os.mkdir, ("was_run",)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no weights", "is no PaddleOCR checkpoint"),
        (pickle.dumps({"head.fc.weight": _RunsCode()}), "was not loaded"),
        (pickle.dumps({"head.fc.weight": np.zeros((1, 1))}), "fills 0.0% of the network"),
    ],
)
def test_bad_weights_are_refused_before_training(
    raw: Path, capsys: pytest.CaptureFixture[str], content: bytes, message: str
) -> None:
    assert main(["prepare", *TINY]) == 0
    Path("w.pdparams").write_bytes(content)

    line = complaint(capsys, "train", "Global.pretrained_model=w")

    assert message in line
    assert not Path("was_run").exists()
    assert not Path("outputs").exists()
    assert [folder.name for folder in Path("scratch").iterdir()] == ["prepare"]


def test_a_folder_that_cannot_be_written_is_named(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("taken").write_text("")

    assert "cannot write taken/rec" in complaint(capsys, "prepare", "prepared_dir=taken/rec")


def test_evaluation_before_training_says_what_to_run(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "Train first: paddock train" in complaint(capsys, "eval")


def test_an_unreachable_registry_is_one_line(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = str(raw / "crop_img/p0_crop_0.png")

    line = complaint(capsys, "predict", picture, "tracking=server", "tracking.uri=http://127.0.0.1:9")

    assert "http://127.0.0.1:9 is unreachable" in line
