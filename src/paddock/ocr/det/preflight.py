"""Before the first step: what is on the pages, and whether the network can see it."""

from collections.abc import Sequence
from statistics import median

from paddock.core.errors import DatasetError
from paddock.data.image_size import image_hw
from paddock.ocr.det.metric import height_px
from paddock.ocr.det.page import Page
from paddock.ocr.det.transforms import DetResizeForTest

SMALLEST_PX = 8
"""Text lower than this where the network sees it is hardly ever found; PaddleOCR's MakeShrinkMap leaves it out."""


def sizes_or_zero(pages: Sequence[Page], resize: DetResizeForTest) -> list[tuple[int, int]]:
    """Input height and width of each page; zeros for a picture that cannot be read, which the loader will report."""
    sizes = []
    for page in pages:
        try:
            sizes.append(resize.size(image_hw(page.image, page.origin)))
        except DatasetError:
            sizes.append((0, 0))
    return sizes


def report(pages: Sequence[Page], resize: DetResizeForTest) -> list[str]:
    """What a user should know of the training pages, a line each.

    Args:
        resize: as validation, test and deployment prepare pages.

    Raises:
        DatasetError: a picture is missing or corrupt, or no page has a text that can be learnt.
    """
    heights, num_ignored, num_empty = [], 0, 0
    for page in pages:
        size = image_hw(page.image, page.origin)
        ratio = resize.size(size)[0] / size[0]
        learnt = [polygon for polygon, ignored in zip(page.polygons, page.ignored, strict=True) if not ignored]
        heights += [ratio * height_px(polygon) for polygon in learnt]
        num_ignored += sum(page.ignored)
        num_empty += not learnt
    if not heights:
        raise DatasetError("no training page has a text that is not ignored: check the labels of the data set.")
    small = sum(height < SMALLEST_PX for height in heights)
    lines = [
        f"{len(pages)} pages, {len(heights)} boxes to learn ({len(heights) / len(pages):.1f} a page), "
        f"{num_ignored} ignored, {num_empty} pages without any",
        f"box heights where the network sees them: median {median(heights):.0f} px, smallest {min(heights):.0f} px",
    ]
    if small:
        lines.append(
            f"{small} boxes ({small / len(heights):.1%}) are lower than {SMALLEST_PX} px there and will hardly be "
            "found: raise DetResizeForTest.limit_side_len in Eval"
        )
    return lines
