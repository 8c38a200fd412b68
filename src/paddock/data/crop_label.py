"""The label of a crop that comes from elsewhere than a line of PaddleOCR's, where any text can stand."""

from pathlib import Path

from paddock.data.label_lines import is_writable
from paddock.data.samples import Problem, RecSample, unlabelled_code, unread

_BREAKS = frozenset("\t\n\r")


def labelled_crop(image: Path, text: str, origin: str, group: str) -> tuple[RecSample | None, list[Problem]]:
    """The crop, or what is wrong with its text: ``empty_label``, ``line_break``, ``not_labelled``, ``placeholder``.

    Blanks at the ends are left out, which is the problem ``outer_blanks``.
    """
    plain, shown = text.strip(), f"{text[:60]!r}"
    if not plain:
        message = f"{image.name} has no text. Write it, or take the image out."
        return None, [Problem("empty_label", origin, message, images=(image,))]
    if unlabelled_code(plain):
        return None, [unread(plain, origin, image)]
    if _BREAKS & set(plain) or not is_writable(plain):
        message = f"{image.name} has a tab or a line break in its text {shown}, which a recogniser cannot write."
        return None, [Problem("line_break", origin, f"{message} Mend the text.", images=(image,))]
    crop = RecSample(image, plain, group, origin)
    if plain == text:
        return crop, []
    message = f"blanks before or after the text {shown}, which no picture shows."
    return crop, [Problem("outer_blanks", origin, message, "read without them", (image,))]
