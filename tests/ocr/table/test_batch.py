"""Batches of tables of different length."""

from dataclasses import replace

import numpy as np
from numpy.random import default_rng

from paddock.ocr.table.batch import collate
from paddock.ocr.table.picture import TablePicture
from paddock.ocr.table.tokens import TableClasses
from paddock.ocr.table.transforms import build_pipeline

TRANSFORMS = [
    {"DecodeImage": None},
    {"TableLabelEncode": {"max_text_length": 500, "merge_no_span_structure": True, "loc_reg_num": 8}},
    {"TableBoxEncode": {"in_box_format": "xyxyxyxy", "out_box_format": "xyxyxyxy"}},
    {"ResizeTableImage": {"max_len": 64}},
    {"NormalizeImage": None},
    {"PaddingTableImage": {"size": [64, 64]}},
    {"ToCHWImage": None},
]


def test_labels_are_padded_with_the_start_to_the_longest(picture: TablePicture) -> None:
    pipeline = build_pipeline(TRANSFORMS, TableClasses())
    short = replace(picture, structure=("<tr>", "<td>", "</td>", "</tr>"), cells=picture.cells[:1])
    pictures = [pipeline(one, default_rng(0)) for one in (short, picture)]

    batch = collate(pictures, [(picture, "gone")])

    structure, boxes, mask, extent = batch.targets
    assert batch.images.shape == (2, 3, 64, 64)
    assert (structure.shape, boxes.shape, mask.shape) == ((2, 10), (2, 10, 8), (2, 10, 1))
    assert structure[0, 5:].tolist() == [0] * 5
    assert (mask[0].sum(), mask[1].sum(), boxes[0, 5:].any()) == (1, 2, False)
    np.testing.assert_allclose(extent, [[0.3, 1]] * 2)
    assert batch.samples[0].tensor is None
    assert batch.samples[1].source_size == (90, 300)
    assert batch.unreadable == ((picture, "gone"),)


def test_without_labels_there_are_no_targets(picture: TablePicture) -> None:
    pipeline = build_pipeline([entry for entry in TRANSFORMS if "TableLabelEncode" not in entry], TableClasses())

    assert collate([pipeline(picture, default_rng(0))], []).targets == ()


def test_a_batch_of_unreadable_pictures_is_empty(picture: TablePicture) -> None:
    batch = collate([], [(picture, "gone")])

    assert (len(batch.images), batch.samples, batch.unreadable) == (0, (), ((picture, "gone"),))
    assert batch.images.dtype == np.float32
