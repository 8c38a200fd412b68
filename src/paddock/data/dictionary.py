"""Dictionaries beside the labels that they are for: which characters the labels have, how often, and where."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from paddock.config.schema import DatasetConfig, Difficult, OnError
from paddock.core.errors import DatasetError
from paddock.core.files import write_text
from paddock.data.charset import SPACE, Charset, read_charset
from paddock.data.check import other_boxes, other_text, without_repeats
from paddock.data.label_text import check_characters
from paddock.data.raw_data import RawData
from paddock.data.samples import PageSample, unlabelled_code

_PLACES = 3
"""Places of a character that are told."""
_FEW = 10
"""Texts of a character below which a recogniser has little to learn it from."""


@dataclass(frozen=True)
class Usage:
    """The characters of all readable labels."""

    num_texts: int
    counts: Counter[str]
    """Texts that have the character."""
    places: dict[str, list[str]]
    """The first label files and lines that have it."""

    @property
    def needed(self) -> list[str]:
        """All of them by code point."""
        return sorted(self.counts)

    def rows(self, charset: Charset) -> list[dict[str, object]]:
        """A row for each character of the labels or the dictionary, the most frequent first."""
        known = {*charset.characters, *([SPACE] if charset.use_space_char else [])}
        every = sorted({*known, *self.counts}, key=lambda character: (-self.counts[character], character))
        return [
            {
                "character": character,
                "code_point": f"U+{ord(character):04X}",
                "texts": self.counts[character],
                "in_dictionary": character in known,
                "first": "; ".join(self.places.get(character, [])),
            }
            for character in every
        ]


def usage_of(raw: RawData, dataset: DatasetConfig, known: Sequence[str] = ()) -> Usage:
    """Count the characters of the labels as `paddock prepare` would read them; no picture is opened.

    Args:
        known: characters of a given dictionary.
    """
    repair = dataset.on_error is OnError.repair
    pages, crops, _ = check_characters(raw.pages, raw.crops, frozenset(known), repair=repair)
    keep_difficult = dataset.difficult is Difficult.keep
    texts = [(crop.text, crop.origin) for crop in without_repeats(crops, other_text)[0]]
    for page in without_repeats(pages, other_boxes)[0]:
        texts += _texts(page, keep_difficult)
    counts: Counter[str] = Counter()
    places: defaultdict[str, list[str]] = defaultdict(list)
    for text, origin in texts:
        for character in dict.fromkeys(text):
            counts[character] += 1
            if counts[character] <= _PLACES:
                places[character].append(origin)
    return Usage(len(texts), counts, dict(places))


def summary(usage: Usage, charset: Charset, name: str) -> list[str]:
    """What a dictionary is to the labels, a line each."""
    outside = [character for character in usage.needed if charset.outside(character)]
    known = [character for character in usage.needed if character not in outside]
    rare = [character for character in known if usage.counts[character] < _FEW]
    unused = [character for character in charset.characters if not usage.counts[character]]
    lines = [
        f"{name}: {len(charset.characters)} characters{' and the space' if charset.use_space_char else ''}",
        f"labels: {usage.num_texts:,} texts with {len(usage.counts)} characters",
    ]
    if outside:
        lines.append(f"outside the dictionary: {len(outside)}")
        lines += [f"  {told(character, usage)}: {'; '.join(usage.places[character])}" for character in outside]
    if rare:
        shown = ", ".join(f"{character!r} {usage.counts[character]}" for character in rare)
        lines.append(f"in fewer than {_FEW} texts, so hardly learnt: {shown}")
    if unused:
        lines.append(f"in no text, so never learnt: {len(unused)} of the dictionary's characters")
    return lines


def told(character: str, usage: Usage) -> str:
    """A character with its code point, for letters that look alike, and how many texts have it."""
    return f"{character!r} (U+{ord(character):04X}) in {usage.counts[character]} text(s)"


def write_dictionary(path: Path, charset: Charset) -> None:
    """Write a dictionary file; one that is there is only ever appended to, since weights go by its order.

    Raises:
        DatasetError: what is there is no dictionary, or not the beginning of ``charset``.
        PaddockError: the file cannot be written.
    """
    if path.exists():
        there = read_charset(path).characters
        if charset.characters[: len(there)] != there:
            raise DatasetError(
                f"{path} is there and is not the beginning of the new dictionary; weights that were trained with it "
                "would read other characters. Choose another --out, or delete it."
            )
    write_text(path, charset.file_text())


def _texts(page: PageSample, keep_difficult: bool) -> Iterator[tuple[str, str]]:
    for number, region in enumerate(page.regions, start=1):
        text = region.text.strip()
        if not unlabelled_code(text) and (keep_difficult or not region.difficult):
            yield text, f"{page.origin}, box {number}"
