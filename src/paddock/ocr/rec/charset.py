"""Class numbers: what a CTC head's outputs mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from paddock.data.charset import SPACE, Charset

BLANK = "blank"
"""Name of class 0, CTC's "no character here" (arXiv:1507.05717, section 2.3.1)."""


@dataclass(frozen=True)
class CTCClasses:
    """The classes of a CTC head: blank, the dictionary in its order, then a space where the charset has one."""

    charset: Charset

    @cached_property
    def characters(self) -> list[str]:
        """Every class by its number."""
        return [BLANK, *self.charset.characters, *([SPACE] if self.charset.use_space_char else [])]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {character: number for number, character in enumerate(self.characters) if number > 0}

    def __len__(self) -> int:
        return len(self.characters)

    def encode(self, text: str, max_text_length: int) -> list[int] | None:
        """Class numbers of ``text`` as PaddleOCR's CTCLabelEncode gives them.

        Characters outside the charset are left out, as PaddleOCR does; the preflight reports them first. None for
        a text that is empty, longer than ``max_text_length``, or of unknown characters only.
        """
        if not 0 < len(text) <= max_text_length:
            return None
        return [self._numbers[character] for character in text if character in self._numbers] or None

    def text(self, numbers: Sequence[int]) -> str:
        """The text that class numbers stand for."""
        return "".join(self.characters[number] for number in numbers)


def required_steps(text: str) -> int:
    """Time steps CTC needs at least: one a character, one more between two equal neighbours (a blank)."""
    return len(text) + sum(left == right for left, right in pairwise(text))
