"""What a network keeps of weights whose dictionary is another one: rows by what their classes mean."""

from pathlib import Path

import numpy as np
import paddle
import pytest

from paddock.core.errors import CheckpointError
from paddock.data.charset import Charset
from paddock.data.table_tokens import STRUCTURE_TOKENS
from paddock.ocr.inherited import Inherited
from paddock.ocr.rec.charset import CTCClasses
from paddock.ocr.rec.model import CLASS_AXES, CRNN, build_network
from paddock.ocr.table.head import CLASS_AXES as TABLE_AXES
from paddock.ocr.table.model import build_network as build_slanet
from paddock.ocr.table.tokens import TableClasses
from paddock.training.pretrained import load_pretrained
from tests import tiny_slanet
from tests.tiny_recognizer import ARCHITECTURE

OLD = Charset(tuple("0123AB"), use_space_char=True)


def rec_network(charset: Charset, seed: int) -> CRNN:
    paddle.seed(seed)
    network = build_network(ARCHITECTURE, len(CTCClasses(charset)))
    network.train()
    for name, layer in network.named_sublayers():
        if "norm" in name or "bn" in name:
            layer.eval()  # batches of one picture
    return network


def saved(network: paddle.nn.Layer, folder: Path) -> Path:
    paddle.save(network.state_dict(), str(folder / "old.pdparams"))
    return folder / "old.pdparams"


def inherited(ours: Charset, theirs: Charset, dictionary: Path) -> Inherited:
    alternatives = [CTCClasses(Charset(theirs.characters, space)).characters for space in (True, False)]
    return Inherited(dictionary, CTCClasses(ours).characters, alternatives, CLASS_AXES)


@pytest.mark.parametrize("theirs_has_space", [True, False])
def test_after_an_extension_the_old_classes_have_the_same_logits_before_the_first_step(
    tmp_path: Path, theirs_has_space: bool
) -> None:
    theirs = Charset(OLD.characters, theirs_has_space)
    ours = theirs.extended("é中 ")
    old, new = rec_network(theirs, 1), rec_network(ours, 2)
    fresh = new.head.fc.weight.numpy().copy()

    report = load_pretrained(new, saved(old, tmp_path), 0.9, inherited(ours, theirs, tmp_path / "dict.txt"))

    pictures = paddle.to_tensor(np.random.default_rng(0).standard_normal((2, 3, 32, 64)).astype(np.float32))
    before, after = old(pictures).numpy(), new(pictures).numpy()
    ours_named, theirs_named = CTCClasses(ours).characters, CTCClasses(theirs).characters
    places = [ours_named.index(name) for name in theirs_named]
    # The space stands last in both, so a new character moves it: numbers alone would mix it up with one of them.
    assert places[:7] == list(range(7))
    assert places[-1] == (9 if theirs_has_space else 6)
    assert np.array_equal(new.head.fc.weight.numpy()[:, places], old.head.fc.weight.numpy())
    assert np.array_equal(new.head.fc.weight.numpy()[:, [7, 8]], fresh[:, [7, 8]])
    np.testing.assert_allclose(after[:, :, places], before, rtol=0, atol=1e-6)
    assert report.mismatched == ()
    assert 0.99 < report.matched_ratio < 1
    told = "8 of 10 classes keep their rows, 2 start fresh: 'é' '中'"
    told_without = "7 of 10 classes keep their rows, 3 start fresh: 'é' '中' ' '"
    assert report.lines()[-1].endswith(told if theirs_has_space else told_without)


def test_another_dictionary_of_equal_size_gives_the_rows_that_both_have(tmp_path: Path) -> None:
    ours = Charset(tuple("A01é3B"), use_space_char=True)
    old, new = rec_network(OLD, 1), rec_network(ours, 2)

    report = load_pretrained(new, saved(old, tmp_path), 0.9, inherited(ours, OLD, tmp_path / "dict.txt"))

    ours_rows, theirs_rows = new.head.fc.bias.numpy(), old.head.fc.bias.numpy()
    assert ours_rows[1] == theirs_rows[5]  # A
    assert ours_rows[2] == theirs_rows[1]  # 0
    assert ours_rows[7] == theirs_rows[7]  # the space
    assert "7 of 8 classes keep their rows, 1 start fresh: 'é'; 1 of theirs are gone: '2'" in report.classes


def test_the_same_dictionary_needs_no_words(tmp_path: Path) -> None:
    old, new = rec_network(OLD, 1), rec_network(OLD, 2)

    report = load_pretrained(new, saved(old, tmp_path), 1.0, inherited(OLD, OLD, tmp_path / "dict.txt"))

    assert (report.matched_ratio, report.classes) == (1, "")
    assert np.array_equal(new.head.fc.weight.numpy(), old.head.fc.weight.numpy())


def test_a_dictionary_that_is_not_the_weights_own_is_refused(tmp_path: Path) -> None:
    new, path = rec_network(OLD, 2), saved(rec_network(OLD, 1), tmp_path)
    other = inherited(OLD, Charset(tuple("ABC"), use_space_char=True), tmp_path / "dict.txt")

    with pytest.raises(CheckpointError, match=r"dict\.txt makes 5 or 4 classes, the weights have 8: it is not theirs"):
        load_pretrained(new, path, 0.5, other)


def test_weights_without_a_head_inherit_nothing(tmp_path: Path) -> None:
    old, new = rec_network(OLD, 1), rec_network(OLD, 2)
    paddle.save(old.backbone.state_dict(), str(tmp_path / "backbone.pdparams"))

    report = load_pretrained(
        new, tmp_path / "backbone.pdparams", 0.1, inherited(OLD, Charset(("Z",), True), tmp_path / "dict.txt")
    )

    assert "head.fc.weight" in report.missing
    assert report.classes == ""


def test_a_table_head_keeps_what_it_writes_and_what_it_reads(tmp_path: Path) -> None:
    theirs = TableClasses()
    ours = TableClasses((*STRUCTURE_TOKENS, ' colspan="21"'))
    paddle.seed(1)
    old = build_slanet(tiny_slanet.ARCHITECTURE, len(theirs))
    paddle.seed(2)
    new = build_slanet(tiny_slanet.ARCHITECTURE, len(ours))

    report = load_pretrained(
        new, saved(old, tmp_path), 0.9, Inherited(tmp_path, ours.characters, [theirs.characters], TABLE_AXES)
    )

    places = [ours.characters.index(name) for name in theirs.characters]
    written = (old.state_dict(), new.state_dict())
    before, after = (values["head.structure_generator.1.weight"].numpy() for values in written)
    assert np.array_equal(after[:, places], before)
    before, after = (values["head.structure_attention_cell.rnn.weight_ih"].numpy() for values in written)
    channels = before.shape[1] - len(theirs)
    assert np.array_equal(after[:, :channels], before[:, :channels])
    assert np.array_equal(after[:, channels:][:, places], before[:, channels:])
    assert report.mismatched == ()
    assert "1 start fresh: ' colspan=\"21\"'" in report.classes
