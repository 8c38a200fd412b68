from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PIL import Image

from paddock.ocr.det.page import Page
from tests.ocr.det_pages import Points, make_page


@pytest.fixture
def stored_page(tmp_path: Path) -> Callable[..., Page]:
    """Store a page's picture; the page itself is not decoded yet."""

    def store(regions: Sequence[Points], image_hw: tuple[int, int] = (100, 200)) -> Page:
        page = make_page(regions, image_hw)
        path = tmp_path / "page.png"
        Image.fromarray(page.pixels).save(path)
        return Page(path, page.polygons, page.texts, page.ignored, page.origin)

    return store
