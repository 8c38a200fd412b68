"""Which source picture a crop was cut from."""

import re
from collections.abc import Callable
from pathlib import Path

from paddock.core.errors import ConfigError


def group_of(pattern: str, raw: Path) -> Callable[[Path], str]:
    """The rule that ``dataset.group_pattern`` states: image below ``raw`` to name of the source picture.

    The name begins with the image's folder, since folders may each have a word_1.jpg of their own. An image whose file
    name the pattern does not match is a group by itself.

    Raises:
        ConfigError: ``pattern`` is no regular expression, or has no group.
    """
    try:
        expression = re.compile(pattern)
    except re.error as error:
        raise ConfigError(f"dataset.group_pattern {pattern!r} is no regular expression: {error}.") from error
    if expression.groups < 1:
        raise ConfigError(rf"dataset.group_pattern {pattern!r} has no group (...). For example '^(.*?)_crop_\d+'.")

    def group(image: Path) -> str:
        match = expression.search(image.name)
        return (image.relative_to(raw).parent / ((match and match.group(1)) or image.name)).as_posix()

    return group
