"""Where the image is that a label line names, on this machine and inside the data folder."""

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from paddock.data.samples import Problem

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp"})

_DRIVE = re.compile(r"^[A-Za-z]:(?=/)")


def find_image(name: str, folders: Sequence[Path], origin: str) -> Path | Problem:
    """Look for ``name`` below each of ``folders`` in turn.

    An absolute path comes from the annotator's machine and is never followed: its last two parts are looked for, then
    its base name. A relative one is looked for as written, then by its last two parts; never by its base name alone,
    which could be the page instead of the crop. Symbolic links are followed: DVC may link a data set from its cache.

    Returns:
        The image, or the problem ``outside_folder`` or ``image_missing``.
    """
    written = PurePosixPath(_DRIVE.sub("", name.replace("\\", "/")))
    if ".." in written.parts or "\0" in name:
        return Problem("outside_folder", origin, f"{name!r} leaves the data folder. Write paths below dataset.raw.")
    last_two = PurePosixPath(*written.relative_to(written.anchor).parts[-2:])
    tails = (last_two, PurePosixPath(written.name)) if written.is_absolute() else (written, last_two)
    for tail in tails:
        for folder in folders:
            if (folder / tail).is_file():
                return folder / tail
    looked = ", ".join(str(folder) for folder in folders)
    message = f"image {name!r} is missing (looked in {looked}). Restore it or delete the line."
    return Problem("image_missing", origin, message)
