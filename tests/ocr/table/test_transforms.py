"""Transforms one by one; what deployment makes of the same picture is in test_deployment."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.random import default_rng

from paddock.core.errors import ConfigError, DatasetError
from paddock.ocr.table.picture import TablePicture
from paddock.ocr.table.tokens import TableClasses
from paddock.ocr.table.transforms import build_pipeline

DECODE = {"DecodeImage": {"img_mode": "BGR", "channel_first": False}}
LABEL = {"TableLabelEncode": {"max_text_length": 500, "merge_no_span_structure": True, "loc_reg_num": 8}}
BOX = {"TableBoxEncode": {"in_box_format": "xyxyxyxy", "out_box_format": "xyxyxyxy"}}
RESIZE = {"ResizeTableImage": {"max_len": 120}}
NORMALIZE = {"NormalizeImage": {"scale": "1./255.", "order": "hwc"}}
PAD = {"PaddingTableImage": {"size": [120, 120]}}
ALL = [DECODE, LABEL, BOX, RESIZE, NORMALIZE, PAD, {"ToCHWImage": None}, {"KeepKeys": {"keep_keys": ["image"]}}]


def _run(transforms: list[dict[str, Any]], picture: TablePicture) -> TablePicture:
    return build_pipeline(transforms, TableClasses())(picture, default_rng(0))


def _changed(entry: dict[str, Any], **settings: Any) -> dict[str, Any]:
    ((name, values),) = entry.items()
    return {name: {**values, **settings}}


def test_the_picture_keeps_its_shape_in_the_top_left_of_a_square(picture: TablePicture) -> None:
    done = _run(ALL, picture)

    assert done.values.shape == (3, 120, 120)
    assert (done.values[:, 36:] == 0).all()
    assert done.values[:, :36].std() > 0.3
    assert done.source_size == (90, 300)


def test_each_channel_is_normalised_with_its_own_numbers(picture: TablePicture) -> None:
    done = _run([DECODE, NORMALIZE], picture)

    expected = (picture_pixels(picture) / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
    np.testing.assert_allclose(done.values, expected, atol=1e-5)


def picture_pixels(picture: TablePicture) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """The file's pixels."""
    return _run([DECODE], picture).pixels


def test_tokens_that_open_a_cell_with_text_have_its_box_as_shares_of_the_files_picture(picture: TablePicture) -> None:
    done = _run(ALL, picture)

    classes = TableClasses()
    assert [classes.characters[number] for number in done.label] == [
        *("sos", "<tr>", "<td></td>", "<td", ' colspan="2"', ">", "</td>", "<td></td>", "</tr>", "eos")
    ]
    assert done.box_mask[:, 0].tolist() == [0, 0, 1, 1, 0, 0, 0, 0, 0, 0]
    np.testing.assert_allclose(done.boxes[2], [0.1, 0.1, 0.2, 0.1, 0.2, 0.5, 0.1, 0.5], rtol=1e-6)
    np.testing.assert_allclose(done.boxes[3, 2:4], [0.99, 48 / 90], rtol=1e-6)
    assert not done.boxes[done.box_mask[:, 0] == 0].any()


def test_boxes_are_the_same_shares_wherever_they_are_encoded(picture: TablePicture) -> None:
    late = _run([DECODE, LABEL, RESIZE, NORMALIZE, PAD, BOX], picture)

    np.testing.assert_array_equal(late.boxes, _run(ALL, picture).boxes)


def test_empty_cells_can_be_learnt_to_have_a_box_at_0(picture: TablePicture) -> None:
    done = _run([DECODE, _changed(LABEL, learn_empty_box=True)], picture)

    assert done.box_mask[:, 0].tolist() == [0, 0, 1, 1, 0, 0, 0, 1, 0, 0]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (_changed(LABEL, loc_reg_num=4), "loc_reg_num 8, here 4"),
        (_changed(LABEL, replace_empty_cell_token=True), "replace_empty_cell_token false"),
        (_changed(LABEL, merge_no_span_structure=False), "Give both the same"),
        (_changed(LABEL, max_text_len=3), "Did you mean 'max_text_length'"),
        (_changed(BOX, out_box_format="xyxy"), "in_box_format and out_box_format xyxyxyxy"),
        (_changed(RESIZE, resize_bboxes=True), "resize_bboxes"),
        (_changed(PAD, size=[120, 96]), "the same number twice"),
        ({"RecAug": None}, "no component is named 'RecAug'"),
        ({**RESIZE, **PAD}, "one transform a list entry"),
    ],
)
def test_a_setting_that_deployment_does_not_have_is_refused(entry: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        build_pipeline([entry], TableClasses())


def test_a_square_smaller_than_the_picture_is_refused(picture: TablePicture) -> None:
    with pytest.raises(ConfigError, match=r"set it to ResizeTableImage\.max_len"):
        _run([DECODE, NORMALIZE, PAD], picture)


def test_labels_that_cannot_be_encoded_and_pictures_that_cannot_be_seen_name_their_line(picture: TablePicture) -> None:
    with pytest.raises(DatasetError, match=r"train\.jsonl:1: the structure of 10 tokens cannot be encoded"):
        _run([_changed(LABEL, max_text_length=7)], picture)
    with pytest.raises(DatasetError, match=r"train\.jsonl:1: 3 cells in the structure, 2 with text or box"):
        _run([LABEL], replace(picture, cells=picture.cells[:2]))
    with pytest.raises(DatasetError, match=r"300 x 90 px, too slender"):
        _run([DECODE, _changed(RESIZE, max_len=1)], picture)
    picture.image.write_bytes(b"")
    with pytest.raises(DatasetError, match="is corrupt"):
        _run(ALL, picture)


def test_steps_in_the_wrong_order_say_what_comes_first(picture: TablePicture) -> None:
    with pytest.raises(ValueError, match="put DecodeImage first"):
        _run([BOX], picture)
    with pytest.raises(ValueError, match="put DecodeImage first"):
        _run([RESIZE], picture)
    with pytest.raises(ValueError, match="put NormalizeImage first"):
        _run([DECODE, PAD], picture)
