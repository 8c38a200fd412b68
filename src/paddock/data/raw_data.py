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

    @property
    def has_tables(self) -> bool:
        """Whether there are labels of tables, usable or not."""
        return bool(self.tables.samples or self.tables.problems)

    @property
    def has_texts(self) -> bool:
        """Whether there are pages or crops, usable or not."""
        return bool(self.pages or self.crops or self.problems)

    def add(self, other: "RawData") -> None:
        """Append what another label file of the same folder holds."""
        self.pages += other.pages
        self.crops += other.crops
        self.tables.add(other.tables)
        self.problems += other.problems
        self.label_files += other.label_files
        self.named |= other.named
