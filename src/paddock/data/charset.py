"""The character dictionary: one character a line, its order is the order of the network's classes."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from paddock.core.errors import DatasetError

SPACE = " "


@dataclass(frozen=True)
class Charset:
    """Characters that a recogniser can write.

    The space never stands in the dictionary file: paddleocr's CTC decoder appends one of its own, and PaddleOCR's
    ``use_space_char`` puts the class at that same last place.
    """

    characters: tuple[str, ...]
    """Lines of the dictionary file, in order."""
    use_space_char: bool
    """PaddleOCR's ``Global.use_space_char``."""

    def __len__(self) -> int:
        return len(self.characters) + self.use_space_char

    def outside(self, text: str) -> list[str]:
        """The characters of ``text`` that cannot be written, each once, in order of first use."""
        return [] if self._known.issuperset(text) else [one for one in dict.fromkeys(text) if one not in self._known]

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset({*self.characters, *(SPACE if self.use_space_char else "")})

    def extended(self, characters: Iterable[str]) -> "Charset":
        """With those of ``characters`` that are missing at the end, so that every character keeps its line."""
        wanted, known = dict.fromkeys(characters), {*self.characters, SPACE}
        new = [character for character in wanted if character not in known]
        return Charset((*self.characters, *new), self.use_space_char or SPACE in wanted)

    def file_text(self) -> str:
        """Content of the dictionary file."""
        return "".join(f"{character}\n" for character in self.characters)


def charset_of(texts: Iterable[str]) -> Charset:
    """The charset that ``texts`` need, by code point."""
    needed = set().union(*texts)
    return Charset(tuple(sorted(needed - {SPACE})), SPACE in needed)


def read_charset(path: Path, texts: Iterable[str] = ()) -> Charset:
    """Read a dictionary file as PaddleOCR ships them; ``use_space_char`` if it ends in a space or ``texts`` have one.

    Raises:
        DatasetError: the file is missing, not UTF-8 or empty; a line is empty, holds several characters or repeats an
            earlier one; or a space stands elsewhere than last.
    """
    lines = _lines(path)
    first_lines: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        if len(line) != 1:
            what = "is empty" if not line else f"holds {len(line)} characters ({line[:20]!r})"
            raise DatasetError(f"{path}:{number}: the line {what}; a dictionary has one character a line. Mend it.")
        if line in first_lines:
            where = f"{path}:{number}: {line!r} stands in line {first_lines[line]} already"
            raise DatasetError(f"{where}; each character is one class. Delete one of the lines.")
        if line == SPACE and number < len(lines):
            where = f"{path}:{number}: the space must be the last line, or absent"
            raise DatasetError(f"{where}: paddleocr's decoder appends its own at the end. Move the line.")
        first_lines[line] = number
    characters = tuple(line for line in lines if line != SPACE)
    return Charset(characters, SPACE in first_lines or any(SPACE in text for text in texts))


def _lines(path: Path) -> list[str]:
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise DatasetError(f"dictionary {path} is missing. Check dataset.dictionary.") from error
    except OSError as error:
        raise DatasetError(f"dictionary {path} cannot be read: {error.strerror}. Check dataset.dictionary.") from error
    except UnicodeDecodeError as error:
        raise DatasetError(f"dictionary {path} is not UTF-8. Save it as UTF-8.") from error
    # Not splitlines: U+2028 and its like are characters that a dictionary may list.
    lines = content.replace("\r\n", "\n").split("\n")
    # Shipped dictionaries end in a line end, some in an empty line too; PaddleOCR would make that a class.
    while lines and not lines[-1]:
        lines.pop()
    if not lines:
        raise DatasetError(f"dictionary {path} is empty. Write one character a line.")
    return lines
