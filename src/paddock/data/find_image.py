"""Where the image is that a label line names, on this machine and inside the data folder."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from paddock.data.samples import Problem

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp"})

_DRIVE = re.compile(r"^[A-Za-z]:(?=/)")


def find_image(name: str, folders: Sequence[Path], origin: str, *, by_base_name: bool = False) -> Path | Problem:
    """Look for ``name`` below each of ``folders`` in turn.

    An absolute path comes from the annotator's machine and is never followed: its last two parts are looked for, then
    its base name. A relative one is looked for as written, then by its last two parts; by its base name alone, which
    could be the page instead of the crop, only where asked for. Symbolic links are followed: DVC may link a data set
    from its cache.

    Returns:
        The image, or the problem ``outside_folder`` or ``image_missing``.
    """
    written = PurePosixPath(_DRIVE.sub("", name.replace("\\", "/")))
    if ".." in written.parts or "\0" in name:
        return Problem("outside_folder", origin, f"{name!r} leaves the data folder. Write paths below dataset.raw.")
    last_two = PurePosixPath(*written.relative_to(written.anchor).parts[-2:])
    tails = [last_two] if written.is_absolute() else [written, last_two]
    if written.is_absolute() or by_base_name:
        tails.append(PurePosixPath(written.name))
    for tail in tails:
        for folder in folders:
            if (folder / tail).is_file():
                return folder / tail
    looked = ", ".join(str(folder) for folder in folders)
    message = f"image {name!r} is missing (looked in {looked}). Restore it or delete the line."
    return Problem("image_missing", origin, message)


def find_file(folder: Path, name: str) -> Path | None:
    """The file ``name`` in ``folder``, in upper or lower case, or None; one of the exact name comes first."""
    if (folder / name).is_file():
        return folder / name
    return min(
        (path for path in folder.glob("*") if path.name.lower() == name.lower() and path.is_file()), default=None
    )


def images_by_stem(folder: Path) -> dict[str, list[Path]]:
    """All images below ``folder`` by their names without suffix, for formats with a label file an image."""
    images: dict[str, list[Path]] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in IMAGE_SUFFIXES:
            images.setdefault(path.stem, []).append(path)
    return images


def find_by_stem(stem: str, images: Mapping[str, Sequence[Path]], label_file: Path) -> Path | Problem:
    """The image that ``label_file`` belongs to: the one in its own folder, else the only one of that name.

    Returns:
        The image, or the problem ``image_missing`` or ``image_ambiguous``.
    """
    found = images.get(stem, ())
    best = [path for path in found if path.parent == label_file.parent] or found
    if not best:
        message = f"there is no image {stem}.* for it. Restore it or delete the label file."
        return Problem("image_missing", str(label_file), message)
    if len(best) > 1:
        message = f"it may be for {best[0]} or {best[1]}. Put each label file beside its image."
        return Problem("image_ambiguous", str(label_file), message)
    return best[0]
