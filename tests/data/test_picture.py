import io
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps

from paddock.data.picture import Picture, encoded, picture_faults, read_picture
from paddock.data.samples import Problem

ORIENTATION_TAG = 0x0112


def saved(image: Image.Image, kind: str, orientation: int | None = None) -> bytes:
    file, exif = io.BytesIO(), Image.Exif()
    if orientation is not None:
        exif[ORIENTATION_TAG] = orientation
    image.save(file, kind, exif=exif)
    return file.getvalue()


def jpeg_content() -> bytes:
    pixels = np.random.default_rng(0).integers(0, 256, (40, 90, 3), dtype=np.uint8)
    return cv2.imencode(".jpg", pixels)[1].tobytes()


def read(folder: Path, content: bytes) -> Picture | Problem:
    (folder / "a.img").write_bytes(content)
    return read_picture(folder / "a.img", "rec_gt.txt:5")


def sound(folder: Path, content: bytes) -> Picture:
    picture = read(folder, content)
    assert isinstance(picture, Picture)
    return picture


def problem_of(folder: Path, content: bytes) -> Problem:
    problem = read(folder, content)
    assert isinstance(problem, Problem)
    return problem


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "CMYK"])
def test_every_pixel_format_that_annotators_use_is_read(tmp_path: Path, mode: str) -> None:
    kind = "TIFF" if mode == "CMYK" else "PNG"
    picture = sound(tmp_path, saved(Image.new(mode, (7, 5)), kind))
    assert (picture.width, picture.height, picture.bgr.shape) == (7, 5, (5, 7, 3))
    assert not picture.is_turned
    assert not picture.is_jpeg


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_as_exif_says_in_every_format(tmp_path: Path, kind: str, orientation: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (4, 6, 3), dtype=np.uint8)
    image = Image.fromarray(pixels)
    image.getexif()[ORIENTATION_TAG] = orientation
    file = io.BytesIO()
    image.save(file, kind, exif=image.getexif(), **({"lossless": True} if kind == "WEBP" else {}))
    picture = sound(tmp_path, file.getvalue())
    upright = np.asarray(ImageOps.exif_transpose(image))
    assert np.array_equal(picture.bgr[..., ::-1], upright)
    # OpenCV turns a TIFF itself, whatever it is told, so such a file need not be rewritten.
    assert picture.is_turned == (orientation != 1 and kind != "TIFF")


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_jpeg_is_turned_as_opencv_turns_it_for_training(tmp_path: Path, orientation: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    content = saved(Image.fromarray(pixels), "JPEG", orientation)
    picture = sound(tmp_path, content)
    assert np.array_equal(picture.bgr, cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR))
    assert picture.is_jpeg


@pytest.mark.parametrize("orientation", [0, 9, 500])
def test_an_orientation_that_means_nothing_turns_nothing(tmp_path: Path, orientation: int) -> None:
    picture = sound(tmp_path, saved(Image.new("RGB", (20, 10)), "JPEG", orientation))
    assert (picture.width, picture.height, picture.is_turned) == (20, 10, False)


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
    problem = problem_of(tmp_path, content)
    assert str(problem).startswith(f"rec_gt.txt:5: image {tmp_path / 'a.img'} is corrupt: ")
    assert problem.code == "image_corrupt"
    assert "\n" not in str(problem)


def test_an_image_that_vanished_is_a_problem(tmp_path: Path) -> None:
    problem = read_picture(tmp_path / "gone.png", "rec_gt.txt:5")
    assert isinstance(problem, Problem)
    assert problem.code == "image_corrupt"


def test_an_image_that_only_pillow_reads_is_a_problem(tmp_path: Path) -> None:
    assert "OpenCV cannot decode it" in problem_of(tmp_path, saved(Image.new("RGB", (9, 9)), "GIF")).message


def test_a_picture_of_20000_by_20000_pixels_is_a_problem(tmp_path: Path) -> None:
    chunks = (b"IHDR" + struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0), b"IDAT")
    framed = (struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) for chunk in chunks)
    problem = problem_of(tmp_path, b"\x89PNG\r\n\x1a\n" + b"".join(framed))
    assert problem.code == "image_too_large"
    assert "400000000 pixels" in problem.message
    assert problem.message.endswith("Cut or scale it down and label it again, or delete the line.")


def test_a_stored_picture_is_lossless_as_png(tmp_path: Path) -> None:
    bgr = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    assert np.array_equal(sound(tmp_path, encoded(bgr, ".png")).bgr, bgr)


def faults(folder: Path, content: bytes) -> list[str]:
    return [problem.code for problem in picture_faults(sound(folder, content), folder / "a.img", "rec_gt.txt:5")]


@pytest.mark.parametrize(("mode", "codes"), [("RGB", []), ("L", ["not_rgb"]), ("1", ["not_rgb"]), ("P", ["not_rgb"])])
def test_how_a_picture_is_stored_is_told(tmp_path: Path, mode: str, codes: list[str]) -> None:
    assert faults(tmp_path, saved(Image.new(mode, (7, 5)), "PNG")) == codes


def test_a_picture_that_lies_on_its_side_is_told_as_mended(tmp_path: Path) -> None:
    content = saved(Image.new("RGB", (7, 5)), "JPEG", orientation=6)
    (problem,) = picture_faults(sound(tmp_path, content), tmp_path / "a.img", "rec_gt.txt:5")
    assert (problem.code, problem.is_mended(repairing=False)) == ("made_upright", True)


@pytest.mark.parametrize(("alpha", "codes"), [(255, ["not_rgb"]), (0, ["not_rgb", "transparent"])])
def test_only_what_shows_through_is_transparent(tmp_path: Path, alpha: int, codes: list[str]) -> None:
    assert faults(tmp_path, saved(Image.new("RGBA", (7, 5), (9, 9, 9, alpha)), "PNG")) == codes


def test_a_see_through_colour_counts_if_a_pixel_has_it(tmp_path: Path) -> None:
    for used in (0, 1):
        image, file = Image.new("P", (7, 5), used), io.BytesIO()
        image.putpalette([0, 0, 0, 255, 255, 255])
        image.save(file, "PNG", transparency=1)
        assert faults(tmp_path, file.getvalue()) == ["not_rgb", "transparent"][: 1 + used]


def mutated(content: bytes, number: int) -> bytes:
    """``content`` with a few bytes changed, lost or added."""
    draw = np.random.default_rng(number)
    place = int(draw.integers(len(content)))
    change = draw.bytes(int(draw.integers(1, 5))) if draw.integers(4) else b"\xff"
    kept = place + int(draw.integers(0, 3)) * len(change)
    return content[:place] + change + content[kept:] if draw.integers(8) else content[:place]


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_what_is_decoded_once_is_judged_as_if_it_were_decoded_twice(tmp_path: Path, kind: str) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (24, 32, 3), dtype=np.uint8)
    original = saved(Image.fromarray(pixels), kind)
    assert not isinstance(read(tmp_path, original), Problem)
    for number in range(300):
        content = mutated(original, number)
        try:
            with Image.open(io.BytesIO(content)) as image:
                image.load()
            is_sound = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR) is not None
        except (OSError, ValueError, SyntaxError, struct.error):
            is_sound = False
        assert isinstance(read(tmp_path, content), Picture) == is_sound, number
