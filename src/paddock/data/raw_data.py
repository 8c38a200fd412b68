"""Everything a reader found in a raw folder."""

from dataclasses import dataclass, field
from pathlib import Path

from paddock.data.samples import PageSample, Problem, RecSample
from paddock.data.tables import RawTables


@dataclass
class RawData:
    """Labels of all kinds, and what could not be used."""

    pages: list[PageSample] = field(default_factory=list)
    """Pictures with boxes; they make data for text detection, and crops of their own."""
    crops: list[RecSample] = field(default_factory=list)
    """Crops that came as such, with a text each."""
    tables: RawTables = field(default_factory=RawTables)
    """Pictures of tables, with problems of their own: a few that cannot be learnt are no reason to stop."""
    problems: list[Problem] = field(default_factory=list)
    """Of pages and crops, mended ones among them, and notes on what is left out on purpose."""
    label_files: list[Path] = field(default_factory=list)
    """All that were read."""
    named: set[Path] = field(default_factory=set)
    """Images that a line names, whatever became of the line."""
    _first: dict[tuple[str, Path], RecSample] = field(default_factory=dict)
    """Label file and image -> the crop."""
    _repeats: dict[tuple[str, Path], "_Repeats"] = field(default_factory=dict)

    @property
    def has_tables(self) -> bool:
        """Whether there are labels of tables, usable or not."""
        return bool(self.tables.samples or self.tables.problems)

    @property
    def has_texts(self) -> bool:
        """Whether there are pages or crops, usable or not."""
        return bool(self.pages or self.crops or self.problems)

    def add_crop(self, sample: RecSample) -> None:
        """Append one crop; a line that only says again what an earlier one of its file says is counted, not kept.

        So a label file to which a tool appends needs no more memory than what it is about.
        """
        key = (sample.origin.rpartition(":")[0], sample.image)
        known = self._first.setdefault(key, sample)
        if known is sample or known.text != sample.text:
            self.crops.append(sample)
        elif key in self._repeats:
            self._repeats[key].number += 1
        else:
            self._repeats[key] = _Repeats(sample.origin)

    def repeated_lines(self) -> list[Problem]:
        """A note for each crop whose line stands in its file more than once."""
        notes = []
        for key, repeats in self._repeats.items():
            message = f"{key[1].name} has the same label in {self._first[key].origin}"
            more = f", and {repeats.number - 1} more lines say so" if repeats.number > 1 else ""
            notes.append(Problem("repeated_line", repeats.origin, f"{message}{more}.", images=(key[1],)))
        return notes

    def add(self, other: "RawData") -> None:
        """Append what another label file of the same folder holds."""
        self.pages += other.pages
        self.crops += other.crops
        self.tables.add(other.tables)
        self.problems += other.problems
        self.label_files += other.label_files
        self.named |= other.named
        self._first |= other._first
        self._repeats |= other._repeats


@dataclass
class _Repeats:
    """Lines that say the same as an earlier one."""

    origin: str
    """The first of them."""
    number: int = 1
