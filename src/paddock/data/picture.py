"""Picture files: decoded to their end and upright, or a problem. Shapes: H rows, W columns of pixels."""

import hashlib
import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from paddock.data.look import Look, look_of
from paddock.data.samples import Problem

T = TypeVar("T")

Bgr = NDArray[np.uint8]
"""``[H, W, 3]``"""

_DECODING_ERRORS = (OSError, ValueError, SyntaxError, EOFError, struct.error, Image.DecompressionBombWarning)
_ORIENTATION_TAG = 0x0112
_JPEG_SCAN, _JPEG_MARKER = 0xDA, 0xFF
_JPEG_END = b"\xff\xd9"
_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_PNG_RGB = b"\x08\x02"
"""Depth and kind of colour, where IHDR has them: 8 bits each of red, green, blue."""
_PNG_RGB_PLACE = 24
_PNG_PLAIN = frozenset({b"IHDR", b"pHYs", b"gAMA", b"sRGB", b"cHRM", b"sBIT", b"tIME", b"IDAT", b"IEND"})
"""Chunks that neither turn a picture nor make it transparent."""
_QUARTER_TURNS = {3: 2, 4: 2, 5: 1, 6: -1, 7: -1, 8: 1}
"""EXIF orientation -> quarter turns against the clock that make the picture upright, after the mirroring."""
_MIRRORED = frozenset({2, 4, 5, 7})
_OPAQUE = 255


@dataclass(frozen=True)
class Picture:
    """A picture as a person sees it."""

    bgr: Bgr
    sha256: str
    """Of the file's bytes."""
    is_turned: bool
    """The file holds the pixels otherwise and an EXIF orientation beside them."""
    is_jpeg: bool
    mode: str
    """Pillow's name for how the file stores a pixel: RGB, L, RGBA..."""
    is_transparent: bool
    """Somewhere another picture would show through; `bgr` has the colour that lies hidden there."""
    look: Look
    """See `paddock.data.look`."""

    @property
    def width(self) -> int:
        """In pixels."""
        return int(self.bgr.shape[1])

    @property
    def height(self) -> int:
        """In pixels."""
        return int(self.bgr.shape[0])


def read_picture(path: Path, origin: str) -> Picture | Problem:
    """Decode all of ``path``; the problem is ``image_corrupt`` or ``image_too_large``."""
    return _read(_decoded, path, origin)


def picture_size(path: Path, origin: str) -> tuple[int, int] | Problem:
    """Width and height in pixels of the upright picture, from the head of its file; problems as of `read_picture`."""
    return _read(_size, path, origin)


def _read(reader: Callable[[Path], T], path: Path, origin: str) -> T | Problem:
    try:
        return reader(path)
    except Image.DecompressionBombError as error:
        message = f"image {path} is too large: {error}. Cut or scale it down and label it again, or delete the line."
        return Problem("image_too_large", origin, message, images=(path,))
    except UnidentifiedImageError:  # whose own words name an object in memory
        message = f"image {path} is corrupt: it has no picture format. Export it again or delete the line."
        return Problem("image_corrupt", origin, message, images=(path,))
    except _DECODING_ERRORS as error:
        message = f"image {path} is corrupt: {error}. Export it again or delete the line."
        return Problem("image_corrupt", origin, message, images=(path,))


def picture_faults(picture: Picture, path: Path, origin: str) -> list[Problem]:
    """What to know of a picture that decodes: ``made_upright``, ``not_rgb``, ``transparent``."""
    faults = []
    if picture.is_turned:
        message = f"{path.name} lies on its side or head, and EXIF says so; PaddleOCR does not look."
        faults.append(Problem("made_upright", origin, message, "read and stored upright", (path,)))
    if picture.mode != "RGB":
        message = f"{path.name} is stored in Pillow's mode {picture.mode}."
        faults.append(Problem("not_rgb", origin, message, "read as 8-bit RGB", (path,)))
    if picture.is_transparent:
        message = f"{path.name} has see-through parts, of which only the colour beneath is read. Put it on white."
        faults.append(Problem("transparent", origin, message, images=(path,)))
    return faults


def encoded(bgr: Bgr, suffix: str) -> bytes:
    """The picture as a file of the kind that ``suffix`` names; JPEG with quality 95."""
    return bytes(cv2.imencode(suffix, bgr)[1])


def write_upright(image: Path, picture: Picture, folder: Path) -> Path:
    """Store the pixels of ``image`` in ``folder`` as they are seen, without EXIF; a JPEG stays one, all else is PNG."""
    path = folder / image.with_suffix(image.suffix if picture.is_jpeg else ".png").name
    path.write_bytes(encoded(picture.bgr, ".jpg" if picture.is_jpeg else ".png"))
    return path


def _size(path: Path) -> tuple[int, int]:
    with Image.open(path) as image:
        width, height = image.size
        orientation = image.getexif().get(_ORIENTATION_TAG, 1)
    return (height, width) if _QUARTER_TURNS.get(orientation, 0) % 2 else (width, height)


def _decoded(path: Path) -> Picture:
    content = path.read_bytes()
    with Image.open(io.BytesIO(content)) as image:
        is_whole = _is_whole_jpeg(content) or _is_whole_png(content)
        # Pillow refuses a truncated file, which OpenCV fills with grey and a note on stderr. It costs as much again.
        if not is_whole:
            image.load()
        # Training and deployment read with OpenCV, so what it sees counts; of EXIF it knows only some formats' places.
        flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
        stored = cv2.imdecode(np.frombuffer(content, np.uint8), flags)
        if stored is None:
            image.load()  # it may know why
            raise ValueError("OpenCV cannot decode it")
        is_jpeg, mode, is_transparent = image.format == "JPEG", image.mode, _is_transparent(image)
        # Of a PNG Pillow looks for EXIF at the end of the pixels, too.
        is_plain = is_whole and not is_jpeg
        bgr = stored if is_plain else _upright(stored, image.getexif().get(_ORIENTATION_TAG, 1))
    sha256, is_turned = hashlib.sha256(content).hexdigest(), bgr is not stored
    return Picture(bgr, sha256, is_turned, is_jpeg, mode, is_transparent, look_of(bgr))


def _is_whole_jpeg(content: bytes) -> bool:
    """Whether nothing but pixels lies between the head of a JPEG of one scan and its end marker.

    No decoder runs out of such a file. Of progressive JPEGs and those with restart markers the answer is False.
    """
    if not content.endswith(_JPEG_END):
        return False
    place = 2
    while content[place : place + 1] == b"\xff":
        kind, place = content[place + 1], place + 2 + int.from_bytes(content[place + 2 : place + 4], "big")
        if kind == _JPEG_SCAN and place < len(content):
            scan = np.frombuffer(content, np.uint8, offset=place)
            # A byte 0xff of pixels is followed by 0; any other is a marker.
            return int(np.count_nonzero((scan[:-1] == _JPEG_MARKER) & (scan[1:] != 0))) == 1
    return False


def _is_whole_png(content: bytes) -> bool:
    """Whether this is an RGB PNG of plain chunks, each with the checksum that it was written with."""
    kinds_of_colour = content[_PNG_RGB_PLACE : _PNG_RGB_PLACE + len(_PNG_RGB)]
    if not content.startswith(_PNG_HEAD) or kinds_of_colour != _PNG_RGB:
        return False
    view, place, name = memoryview(content), len(_PNG_HEAD), b""
    while place + 12 <= len(content):
        end = place + 8 + int.from_bytes(view[place : place + 4], "big")
        name = bytes(view[place + 4 : place + 8])
        if name not in _PNG_PLAIN or zlib.crc32(view[place + 4 : end]) != int.from_bytes(view[end : end + 4], "big"):
            return False
        place = end + 4
    return name == b"IEND" and place == len(content)


def _is_transparent(image: Image.Image) -> bool:
    if "transparency" in image.info:  # a palette may name a see-through colour that no pixel has
        image = image.convert("RGBA")
    return "A" in image.getbands() and bool(np.asarray(image.getchannel("A")).min() < _OPAQUE)


def _upright(stored: Bgr, orientation: object) -> Bgr:
    """Undo an EXIF orientation of 2 to 8; any other value means that there is nothing to undo."""
    if orientation not in _MIRRORED and orientation not in _QUARTER_TURNS:
        return stored
    mirrored = stored[:, ::-1] if orientation in _MIRRORED else stored
    return np.ascontiguousarray(np.rot90(mirrored, _QUARTER_TURNS.get(orientation, 0)))
