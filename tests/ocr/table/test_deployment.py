"""What paddleocr 3.x does with a model called SLANet, before and after the network: the same as training does."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.random import default_rng

from paddock.data.table_tokens import STRUCTURE_TOKENS
from paddock.data.tables import TableCell
from paddock.ocr.table.decode import TableLabelDecode
from paddock.ocr.table.picture import TablePicture
from paddock.ocr.table.tokens import TableClasses
from paddock.ocr.table.transforms import build_pipeline

pytestmark = pytest.mark.slow

MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
TRANSFORMS = [
    {"DecodeImage": {"img_mode": "BGR", "channel_first": False}},
    {"TableLabelEncode": {"max_text_length": 500, "merge_no_span_structure": True, "loc_reg_num": 8}},
    {"TableBoxEncode": {"in_box_format": "xyxyxyxy", "out_box_format": "xyxyxyxy"}},
    {"ResizeTableImage": {"max_len": 488}},
    {"NormalizeImage": {"scale": "1./255.", "mean": MEAN, "std": STD, "order": "hwc"}},
    {"PaddingTableImage": {"size": [488, 488]}},
    {"ToCHWImage": None},
]
SIZES = [(90, 300), (611, 207), (1, 488), (333, 333), (977, 1373)]
"""Height and width in pixels; 611 x 207 and 977 x 1373 are where rounding down gives another picture."""


def _learnt(folder: Path, size: tuple[int, int]) -> TablePicture:
    """A picture of ``size`` with two cells, as it is learnt."""
    height, width = size
    pixels = default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    (folder / "table.png").write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    corners = (3.0, 0.0, width - 1.0, 0.0, width - 1.0, height - 1.0, 3.0, height - 1.0)
    picture = TablePicture(
        image=folder / "table.png",
        structure=("<tr>", "<td>", "</td>", "<td", ' rowspan="2"', ">", "</td>", "</tr>"),
        cells=(TableCell(("A",), corners), TableCell(("B",), (0.0, 0.0, 5.0, 0.0, 5.0, 1.0, 0.0, 1.0))),
        origin="gt.txt:1",
    )
    return build_pipeline(TRANSFORMS, TableClasses())(picture, default_rng(0))


@pytest.mark.parametrize("size", SIZES)
def test_the_network_sees_in_training_what_it_sees_in_use_bit_for_bit(tmp_path: Path, size: tuple[int, int]) -> None:
    from paddlex.inference.common.reader import ReadImage
    from paddlex.inference.models.common import Normalize, ResizeByLong, ToCHWImage
    from paddlex.inference.models.table_structure_recognition.processors import Pad

    learnt = _learnt(tmp_path, size)

    images = ReadImage(format="BGR")(imgs=[str(learnt.image)])
    images = Normalize(mean=MEAN, std=STD)(imgs=ResizeByLong(target_long_edge=488)(imgs=images))
    ((padded, _),) = Pad(target_size=488, val=0)(imgs=images)
    (used,) = ToCHWImage()(imgs=[padded])

    np.testing.assert_array_equal(learnt.values, used)


@pytest.mark.parametrize("size", SIZES)
def test_boxes_as_they_are_learnt_come_back_in_pixels_of_the_file_under_the_name_slanet_only(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    from paddlex.inference.models.table_structure_recognition.processors import TableLabelDecode as Deployed

    learnt, classes = _learnt(tmp_path, size), TableClasses()
    outputs = learnt.boxes[None, 1:], np.eye(len(classes), dtype=np.float32)[None, learnt.label[1:]]
    truth = np.array([cell.box for cell in learnt.cells])
    height, width = size

    (ours,) = TableLabelDecode(classes)(*outputs, [size])
    found = {
        name: Deployed(name, merge_no_span_structure=True, dict_character=list(STRUCTURE_TOKENS))(
            list(outputs), img_size=[[488, 488]], ori_img_size=[[width, height]]
        )[0]
        for name in ("SLANet", "SLANet_plus")
    }

    np.testing.assert_allclose(ours.boxes, truth, atol=1e-3)
    np.testing.assert_allclose(np.array(found["SLANet"]["bbox"]), truth, atol=1)  # whole pixels, rounded down
    assert found["SLANet"]["structure"] == [
        "<html>",
        "<body>",
        "<table>",
        *ours.structure,
        "</table>",
        "</body>",
        "</html>",
    ]
    assert found["SLANet"]["structure_score"] == pytest.approx(ours.confidence)
    far_off = np.abs(np.array(found["SLANet_plus"]["bbox"]) - truth).max() > 1
    assert far_off == (height != width)  # any other name takes them for shares of the padded square
