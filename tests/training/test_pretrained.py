from pathlib import Path

import numpy as np
import paddle
import pytest
from paddle import nn

from paddock.core.errors import CheckpointError
from paddock.training.pretrained import load_exactly, load_pretrained


def network(classes: int) -> nn.Layer:
    return nn.Sequential(nn.Linear(4, 6), nn.Linear(6, classes))


def saved(path: Path, layer: nn.Layer) -> Path:
    paddle.save(layer.state_dict(), str(path))
    return path


def test_another_dictionary_leaves_the_head_fresh_and_says_so(tmp_path: Path) -> None:
    source, target = network(3), network(2)
    fresh_head = target[1].weight.numpy().copy()

    report = load_pretrained(target, saved(tmp_path / "w.pdparams", source), min_matched_ratio=0.5)

    assert np.array_equal(target[0].weight.numpy(), source[0].weight.numpy())
    assert np.array_equal(target[1].weight.numpy(), fresh_head)
    assert report.matched == ("0.weight", "0.bias")
    assert report.mismatched == (
        "1.weight: [6, 3] in the file, [6, 2] in the network",
        "1.bias: [3] in the file, [2] in the network",
    )
    assert report.matched_ratio == pytest.approx((24 + 6) / (24 + 6 + 12 + 2))


def test_the_suffix_may_be_left_out_as_in_paddleocr(tmp_path: Path) -> None:
    source = network(2)
    saved(tmp_path / "best_accuracy.pdparams", source)

    assert load_pretrained(network(2), tmp_path / "best_accuracy", 1.0).matched_ratio == 1.0


def test_report_counts_missing_and_unused_names(tmp_path: Path) -> None:
    path = saved(tmp_path / "w.pdparams", nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 2)))

    lines = load_pretrained(network(2), path, 0.1).lines()

    assert lines[1:] == ["  missing 2: 1.weight, 1.bias", "  unused 2: 2.weight, 2.bias"]


class Whole(nn.Layer):
    """A backbone with a head behind it."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = nn.Sequential(nn.Linear(4, 6), nn.Linear(6, 5))
        self.head = nn.Linear(5, 2)


def test_a_backbones_own_file_fills_the_backbone_of_a_network(tmp_path: Path) -> None:
    source, target = nn.Sequential(nn.Linear(4, 6), nn.Linear(6, 5), nn.Linear(5, 1000)), Whole()

    report = load_pretrained(target, saved(tmp_path / "imagenet.pdparams", source), min_matched_ratio=0.5)

    assert np.array_equal(target.backbone[1].weight.numpy(), source[1].weight.numpy())
    assert report.matched == ("backbone.0.weight", "backbone.0.bias", "backbone.1.weight", "backbone.1.bias")
    assert report.missing == ("head.weight", "head.bias")
    assert report.unused == ("2.weight", "2.bias")


def test_weights_of_another_architecture_are_refused_and_load_nothing(tmp_path: Path) -> None:
    target = network(2)
    before = target[1].bias.numpy().copy()
    path = saved(tmp_path / "w.pdparams", nn.Sequential(nn.Linear(9, 9), nn.Linear(9, 2)))

    with pytest.raises(CheckpointError, match=r"fills 4\.\d% of the network, below training\.min_matched_ratio=0\.5"):
        load_pretrained(target, path, 0.5)

    assert np.array_equal(target[1].bias.numpy(), before)


def test_trained_weights_must_fit_exactly(tmp_path: Path) -> None:
    path = saved(tmp_path / "w.pdparams", network(3))

    with pytest.raises(
        CheckpointError, match=r"2 tensors differ, first 1\.bias: \[3\] in the file, \[2\] in the network"
    ):
        load_exactly(network(2), path)
