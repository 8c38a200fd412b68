"""Class numbers: what a table head's outputs mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from paddock.core.errors import DatasetError
from paddock.data.table_tokens import CELL_TOKENS, STRUCTURE_TOKENS, WHOLE_CELL, dictionary_text, merged, normalised

SOS, EOS = "sos", "eos"
"""Names of the first and the last class: the start of a sequence, which is its padding, too, and its end."""


@dataclass(frozen=True)
class TableClasses:
    """The classes of a table head: start, the dictionary in its order, end."""

    tokens: tuple[str, ...] = STRUCTURE_TOKENS
    """Lines of the dictionary file."""
    merge_no_span_structure: bool = True
    """PaddleOCR's ``PostProcess.merge_no_span_structure``: a cell without span is one token at the dictionary's end."""

    @cached_property
    def characters(self) -> list[str]:
        """Every class by its number."""
        known = list(self.tokens)
        if self.merge_no_span_structure:
            known = [word for word in known if word != "<td>"]
            known += [] if WHOLE_CELL in known else [WHOLE_CELL]
        return [SOS, *known, EOS]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {token: number for number, token in enumerate(self.characters)}

    @cached_property
    def cell_numbers(self) -> frozenset[int]:
        """Classes that open a cell, and so have a box."""
        return frozenset(number for token, number in self._numbers.items() if token in CELL_TOKENS)

    def __len__(self) -> int:
        return len(self.characters)

    def encode(self, structure: Sequence[str], max_text_length: int) -> tuple[int, ...] | None:
        """Class numbers from start to end, both included, as PaddleOCR's TableLabelEncode gives them, unpadded.

        None for a structure that is empty, longer than ``max_text_length`` tokens, or has one outside the dictionary.
        (PaddleOCR leaves such a token out, and so learns a table that is none.)
        """
        tokens = self.words(structure)
        if not 0 < len(tokens) <= max_text_length or self.outside(structure):
            return None
        return tuple(self._numbers[token] for token in (SOS, *tokens, EOS))

    def words(self, structure: Sequence[str]) -> tuple[str, ...]:
        """A structure written as the classes have it, merged or not."""
        tokens = normalised(structure)
        return merged(tokens) if self.merge_no_span_structure else tokens

    def outside(self, structure: Sequence[str]) -> list[str]:
        """Tokens of a structure that no class stands for, each once."""
        return [token for token in dict.fromkeys(self.words(structure)) if token not in self._numbers]

    def file_text(self) -> str:
        """Content of the dictionary file."""
        return dictionary_text(self.tokens)


def read_classes(path: Path, merge_no_span_structure: bool) -> TableClasses:
    """Read a dictionary file as PaddleOCR ships them: a token a line, spans with a blank before them.

    Raises:
        DatasetError: the file is missing, not UTF-8, empty, or has a line twice.
    """
    try:
        lines = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    except OSError as error:
        raise DatasetError(
            f"dictionary {path} cannot be read: {error.strerror}. Check Global.character_dict_path."
        ) from error
    except UnicodeDecodeError as error:
        raise DatasetError(f"dictionary {path} is not UTF-8. Save it as UTF-8.") from error
    tokens = tuple(line for line in lines if line)
    if not tokens:
        raise DatasetError(f"dictionary {path} is empty. Write one structure token a line.")
    if repeated := [token for number, token in enumerate(tokens) if token in tokens[:number]]:
        raise DatasetError(f"dictionary {path} has {repeated[0]!r} twice; each token is one class. Delete one.")
    return TableClasses(tokens, merge_no_span_structure)
