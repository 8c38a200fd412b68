"""Where the image is that a label line names, on this machine and inside the data folder."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
    written = PurePosixPath(_slashed(name))
    if ".." in written.parts or "\0" in name:
        return Problem("outside_folder", origin, f"{name!r} leaves the data folder. Write paths below dataset.raw.")
    for tail in _tails(written, by_base_name):
        for folder in folders:
            if is_file(folder / tail):
                return folder / tail
    looked = ", ".join(str(folder) for folder in folders)
    message = f"image {name!r} is missing (looked in {looked}). Restore it or delete the line."
    return Problem("image_missing", origin, message)


@dataclass
class ImageFinder:
    """Looks for the images of label lines, and says what is odd about how the lines name them."""

    folders: Sequence[Path]
    by_base_name: bool = False
    """See `find_image`."""
    repair: bool = False
    """Take an image whose name differs in upper and lower case or Unicode form only, if there is just one."""
    named: set[Path] = field(default_factory=set)
    """All images that were found."""
    _names: dict[Path, dict[str, list[str]]] = field(default_factory=dict)
    """Folder -> what is in it, by `_folded` name."""

    def find(self, name: str, origin: str) -> tuple[Path | None, list[Problem]]:
        """The image, if there is one, and the problems of `find_image`, ``name_differs`` and `name_faults`."""
        found = find_image(name, self.folders, origin, by_base_name=self.by_base_name)
        faults = []
        if isinstance(found, Problem):
            image = self._nearly(name) if found.code == "image_missing" else None
            if image is None:
                return None, [found]
            message = f"image {name!r} is missing, and {image} differs in upper and lower case or accents only."
            faults.append(Problem("name_differs", origin, f"{message} Rename it.", f"read as {image.name}", (image,)))
            self.named.add(image)
            if not self.repair:
                return None, faults
            found = image
        self.named.add(found)
        return found, [*faults, *name_faults(name, found, origin)]

    def _nearly(self, name: str) -> Path | None:
        """The only image that ``name`` could mean if letters of either case were the same."""
        for tail in _tails(PurePosixPath(_slashed(name)), self.by_base_name):
            for folder in self.folders:
                places = [folder]
                for part in tail.parts:
                    places = [place / entry for place in places for entry in self._listed(place, _folded(part))]
                if len(places) == 1 and is_file(places[0]):
                    return places[0]
        return None

    def _listed(self, folder: Path, folded: str) -> list[str]:
        if folder not in self._names:
            self._names[folder] = {}
            for entry in sorted(folder.iterdir()) if folder.is_dir() else ():
                self._names[folder].setdefault(_folded(entry.name), []).append(entry.name)
        return self._names[folder].get(folded, [])


def name_faults(name: str, image: Path, origin: str) -> list[Problem]:
    """What is odd about ``name``, by which ``image`` was found all the same."""
    faults = []
    if "\\" in name:
        message = f"{name!r} has backslashes between its folders, as on Windows. Write / instead."
        faults.append(Problem("windows_path", origin, message, f"read as {image.name}", (image,)))
    if _slashed(name).startswith("/"):
        message = f"{name!r} is an absolute path, which holds on one machine only. Write it relative."
        faults.append(Problem("absolute_path", origin, message, f"read as {image.name}, by the end of it", (image,)))
    return faults + non_ascii(image, origin)


def non_ascii(image: Path, origin: str) -> list[Problem]:
    """The note ``non_ascii_name`` where the file's name has other characters."""
    if image.name.isascii():
        return []
    return [Problem("non_ascii_name", origin, f"{image.name!r} goes beyond ASCII; paddock reads it.", images=(image,))]


def _slashed(name: str) -> str:
    """``name`` with / between its parts and without a drive."""
    return _DRIVE.sub("", name.replace("\\", "/"))


def _tails(written: PurePosixPath, by_base_name: bool) -> list[PurePosixPath]:
    """What is looked for, in this order; see `find_image`."""
    last_two = PurePosixPath(*written.relative_to(written.anchor).parts[-2:])
    tails = [last_two] if written.is_absolute() else [written, last_two]
    return [*tails, PurePosixPath(written.name)] if written.is_absolute() or by_base_name else tails


def is_file(path: Path) -> bool:
    """Whether ``path`` is a file; a path that no system could have is none."""
    try:
        return path.is_file()
    except OSError:  # longer than a name may be: a label file whose columns were swapped has JSON for a name
        return False


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


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
