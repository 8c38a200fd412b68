"""Picture files: decoded to their end and upright, or a problem. Shapes: H rows, W columns of pixels."""

import hashlib
import io
import struct
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
    # Pillow refuses a truncated file, which OpenCV fills with grey and a note on stderr.
    with Image.open(io.BytesIO(content)) as image:
        image.load()
        orientation, is_jpeg = image.getexif().get(_ORIENTATION_TAG, 1), image.format == "JPEG"
        mode, is_transparent = image.mode, _is_transparent(image)
    # Training and deployment read with OpenCV, so what it sees counts; of EXIF it knows only some formats' places.
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    stored = cv2.imdecode(np.frombuffer(content, np.uint8), flags)
    if stored is None:
        raise ValueError("OpenCV cannot decode it")
    bgr = _upright(stored, orientation)
    sha256, is_turned = hashlib.sha256(content).hexdigest(), bgr is not stored
    return Picture(bgr, sha256, is_turned, is_jpeg, mode, is_transparent, look_of(bgr))


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
