"""How large a picture is once it is decoded, from the head of its file only."""

from pathlib import Path

from PIL import Image, UnidentifiedImageError

from paddock.core.errors import DatasetError

_EXIF_ORIENTATION = 0x0112
_TURNED = range(5, 9)
"""EXIF orientations that swap height and width."""


def image_hw(image: Path, origin: str) -> tuple[int, int]:
    """Height and width in pixels.

    Args:
        origin: label file and line that name the picture.

    Raises:
        DatasetError: the file is missing or no picture.
    """
    try:
        with Image.open(image) as opened:
            width, height = opened.size
            turned = opened.getexif().get(_EXIF_ORIENTATION, 1) in _TURNED
    except FileNotFoundError as error:
        raise DatasetError(f"{origin}: image {image} is missing. Run `paddock prepare` again.") from error
    except (OSError, UnidentifiedImageError) as error:
        raise DatasetError(f"{origin}: image {image} is corrupt. Run `paddock prepare` again.") from error
    return (width, height) if turned else (height, width)
