from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PIL import Image

from paddock.config.schema import Config
from paddock.ocr.det.page import Page
from tests.ocr.det_pages import Points, make_page
from tests.tiny_detector import prepared_pages


@pytest.fixture
def stored_page(tmp_path: Path) -> Callable[..., Page]:
    """Store a page's picture; the page itself is not decoded yet."""

    def store(regions: Sequence[Points], image_hw: tuple[int, int] = (100, 200)) -> Page:
        page = make_page(regions, image_hw)
        path = tmp_path / "page.png"
        Image.fromarray(page.pixels).save(path)
        return Page(path, page.polygons, page.texts, page.ignored, page.origin)

    return store


@pytest.fixture(scope="session")
def prepared_config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """The config of prepared pages of bars; tests only read them."""
    return prepared_pages(
        tmp_path_factory.mktemp("pages"), "Global.d2s_train_image_shape=[3,64,96]", "Train.loader.batch_size_per_card=3"
    )
