import io
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from paddock.data.charset import Charset
from paddock.data.check import CheckedSample, check_images, check_texts, decoded_size, without_repeats
from paddock.data.samples import RecSample


def sample(image: Path, text: str = "A1", origin: str = "rec_gt.txt:1") -> RecSample:
    return RecSample(image, text, image.stem, origin)


def saved(image: Image.Image, kind: str) -> bytes:
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


def jpeg_content() -> bytes:
    pixels = np.random.default_rng(0).integers(0, 256, (40, 90, 3), dtype=np.uint8)
    return cv2.imencode(".jpg", pixels)[1].tobytes()


def test_a_sound_image_is_measured_and_hashed(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg_content())
    (checked,), problems = check_images([sample(tmp_path / "a.jpg")])
    assert problems == []
    assert (checked.width, checked.height, len(checked.sha256)) == (90, 40, 64)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "CMYK"])
def test_every_pixel_format_that_annotators_use_is_read(mode: str) -> None:
    assert decoded_size(saved(Image.new(mode, (7, 5)), "TIFF" if mode == "CMYK" else "PNG")) == (7, 5)


def test_the_size_is_that_after_the_turn_that_exif_asks_for() -> None:
    file, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6  # orientation: turn by 90 degrees
    Image.new("RGB", (20, 10)).save(file, "JPEG", exif=exif)
    assert decoded_size(file.getvalue()) == (10, 20)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not an image",
        jpeg_content()[:-200],
        jpeg_content()[:100],
        saved(Image.new("RGB", (9, 9)), "PNG")[:-20],
        saved(Image.new("RGB", (9, 9)), "PNG")[:40],
    ],
    ids=["empty", "text", "jpeg without end", "jpeg head", "png without end", "png head"],
)
def test_a_damaged_image_is_a_problem(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.img").write_bytes(content)
    checked, (problem,) = check_images([sample(tmp_path / "a.img", origin="rec_gt.txt:5")])
    assert checked == []
    assert str(problem).startswith(f"rec_gt.txt:5: image {tmp_path / 'a.img'} is corrupt: ")
    assert "\n" not in str(problem)


def test_an_image_that_only_pillow_reads_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "a.gif").write_bytes(saved(Image.new("RGB", (9, 9)), "GIF"))
    _, (problem,) = check_images([sample(tmp_path / "a.gif")])
    assert "OpenCV cannot decode it" in problem.message


def test_a_picture_that_would_fill_the_memory_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 40)  # Pillow refuses above twice this
    (tmp_path / "bomb.png").write_bytes(saved(Image.new("1", (10, 10)), "PNG"))
    _, (problem,) = check_images([sample(tmp_path / "bomb.png")])
    assert "decompression bomb" in problem.message


def test_the_same_line_twice_counts_once(tmp_path: Path, png: Callable[[int], bytes]) -> None:
    image = tmp_path / "a.png"
    kept, problems, num_repeated = without_repeats([sample(image), sample(image, origin="rec_gt.txt:2")])
    assert (kept, problems, num_repeated) == ([sample(image)], [], 1)


def test_one_image_with_two_texts_is_a_problem(tmp_path: Path) -> None:
    image = tmp_path / "a.png"
    kept, (problem,), num_repeated = without_repeats([sample(image), sample(image, "B2", "rec_gt.txt:2")])
    assert (kept, num_repeated) == ([sample(image)], 0)
    assert str(problem) == "rec_gt.txt:2: a.png is 'B2' here and 'A1' in rec_gt.txt:1. Delete one."
    assert problem.code == "conflicting_label"


def test_a_text_that_the_dictionary_cannot_write_is_a_problem(tmp_path: Path) -> None:
    good, bad = (CheckedSample(sample(tmp_path / "a.png", text), "0", 1, 1) for text in ("A1", "A€ 1"))
    writable, (problem,) = check_texts([good, bad], Charset(("1", "A"), use_space_char=False))
    assert writable == [good]
    assert problem.code == "outside_dictionary"
    expected = "'A€ 1' has '€' (U+20AC), ' ' (U+0020), which dataset.dictionary lacks. Add it there or mend the text."
    assert problem.message == expected
