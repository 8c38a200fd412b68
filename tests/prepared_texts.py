"""Prepared text lines without `paddock prepare`, for tests of what moves or compares them."""

from collections.abc import Mapping
from pathlib import Path


def write_texts(folder: Path, texts: Mapping[str, str]) -> Path:
    """Write ``folder``/rec with a picture for each character of a split, which is its label.

    Returns:
        ``folder``.
    """
    home = folder / "rec"
    for split, characters in texts.items():
        (home / f"crop_img_{split}").mkdir(parents=True)
        for character in characters:
            (home / f"crop_img_{split}/{character}.png").write_text(f"a picture of {character}")
        lines = [f"crop_img_{split}/{character}.png\t{character}\n" for character in characters]
        (home / f"rec_gt_{split}.txt").write_text("".join(lines))
    (home / "dict.txt").write_text("".join(f"{character}\n" for character in sorted("".join(texts.values()))))
    (home / "stats.json").write_text("{}")
    return folder
