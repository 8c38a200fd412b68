from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from paddock.ocr.rec.line import TextLine


@pytest.fixture
def draw(tmp_path: Path) -> Callable[..., TextLine]:
    """Make a labelled picture: grey noise of a given size."""
    count = 0

    def make(text: str = "AB", width: int = 60, height: int = 30, suffix: str = ".png") -> TextLine:
        nonlocal count
        count += 1
        path = tmp_path / f"{count}{suffix}"
        pixels = np.random.default_rng(count).integers(0, 256, (height, width, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(path)
        return TextLine(path, text, f"labels.txt:{count}")

    return make
