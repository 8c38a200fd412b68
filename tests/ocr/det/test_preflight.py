from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from paddock.core.errors import DatasetError
from paddock.ocr.det.page import Page
from paddock.ocr.det.preflight import report, sizes_or_zero
from paddock.ocr.det.transforms import DetResizeForTest

StorePage = Callable[..., Page]

RESIZE = DetResizeForTest(limit_side_len=960, limit_type="max")
WORD = [[40, 30], [140, 30], [140, 60], [40, 60]]
DOWNWARDS = [[10, 5], [30, 5], [30, 95], [10, 95]]


def test_boxes_are_counted_with_their_heights_where_the_network_sees_them(stored_page: StorePage) -> None:
    page = replace(stored_page([WORD, DOWNWARDS, WORD], (100, 200)), ignored=(False, False, True))

    lines = report([page, replace(page, ignored=(True, True, True))], RESIZE)

    # 100 rows become 96. A word that runs downwards is as high as it is wide: 20 px.
    assert lines == [
        "2 pages, 2 boxes to learn (1.0 a page), 4 ignored, 1 pages without any",
        "box heights where the network sees them: median 24 px, smallest 19 px",
    ]


def test_boxes_too_small_for_the_network_are_counted(stored_page: StorePage) -> None:
    page = stored_page([WORD], (512, 1024))

    lines = report([page], DetResizeForTest(limit_side_len=128, limit_type="max"))

    # 512 rows become 64, 30 px become 3.75 px.
    assert lines[2].startswith("1 boxes (100.0%) are lower than 8 px there and will hardly be found: raise DetResize")


def test_pages_without_anything_to_learn_are_refused(stored_page: StorePage) -> None:
    page = replace(stored_page([WORD]), ignored=(True,))

    with pytest.raises(DatasetError, match="no training page has a text that is not ignored"):
        report([page], RESIZE)


def test_pictures_are_missed_before_the_first_step(stored_page: StorePage, tmp_path: Path) -> None:
    page = stored_page([WORD])
    (tmp_path / "broken.png").write_bytes(b"GIF89a")

    with pytest.raises(DatasetError, match=r"labels\.txt:1: image .*none\.png is missing"):
        report([replace(page, image=tmp_path / "none.png")], RESIZE)
    with pytest.raises(DatasetError, match=r"broken\.png is corrupt"):
        report([replace(page, image=tmp_path / "broken.png")], RESIZE)


def test_evaluation_keeps_unreadable_pictures_in_its_list(stored_page: StorePage, tmp_path: Path) -> None:
    page = stored_page([WORD], (100, 200))

    assert sizes_or_zero([page, replace(page, image=tmp_path / "none.png")], RESIZE) == [(96, 192), (0, 0)]
