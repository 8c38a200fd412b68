"""Scores of readings: PaddleOCR's under PaddleOCR's names, and strict ones beside them."""

import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance import Levenshtein

EPSILON = 1e-5
"""PaddleOCR's guard against an empty evaluation; it keeps a perfect score just below 1."""

_LETTERS_AND_DIGITS = frozenset(string.ascii_letters + string.digits)


@dataclass(frozen=True)
class RecMetric:
    """PaddleOCR's accuracy and normalised edit similarity.

    Args:
        is_filter: compare ASCII letters and digits only, in lower case.
        ignore_space: compare without blanks.
        main_indicator: the score by which the best checkpoint is chosen.
    """

    main_indicator: str = "acc"
    is_filter: bool = False
    ignore_space: bool = True

    def __call__(self, pairs: Iterable[tuple[str, str]]) -> dict[str, float]:
        """``acc`` and ``norm_edit_dis`` (1 is perfect in both) over pairs of reading and truth."""
        correct, distance, total = 0, 0.0, 0
        for reading, truth in pairs:
            reading, truth = self._normal(reading), self._normal(truth)
            distance += Levenshtein.normalized_distance(reading, truth)
            correct += reading == truth
            total += 1
        return {"acc": correct / (total + EPSILON), "norm_edit_dis": 1 - distance / (total + EPSILON)}

    def _normal(self, text: str) -> str:
        if self.ignore_space:
            text = text.replace(" ", "")
        if self.is_filter:
            text = "".join(character for character in text if character in _LETTERS_AND_DIGITS).lower()
        return text


def strict_scores(pairs: Sequence[tuple[str, str]]) -> dict[str, float]:
    """Scores against the raw label: case and blanks kept.

    ``exact`` is the share of readings that equal their label; ``cer`` is edits per character of all labels together,
    so it may exceed 1; an empty evaluation scores 0 and 1.
    """
    if not pairs:
        return {"exact": 0.0, "cer": 1.0}
    edits = sum(Levenshtein.distance(reading, truth) for reading, truth in pairs)
    characters = sum(len(truth) for _, truth in pairs)
    return {
        "exact": sum(reading == truth for reading, truth in pairs) / len(pairs),
        "cer": edits / max(characters, 1),
    }


@dataclass
class CharacterScore:
    """How often a character of the labels was read, missed or invented."""

    support: int = 0
    correct: int = 0
    invented: int = 0
    read_as: dict[str, int] = field(default_factory=dict)
    """What stood in its place, with counts; the empty string where nothing did."""


def by_character(pairs: Iterable[tuple[str, str]]) -> dict[str, CharacterScore]:
    """Score of each character, from the edits that turn a label into its reading."""
    scores: dict[str, CharacterScore] = {}

    def score_of(character: str) -> CharacterScore:
        return scores.setdefault(character, CharacterScore())

    for reading, truth in pairs:
        for edit in Levenshtein.opcodes(truth, reading):
            expected, found = truth[edit.src_start : edit.src_end], reading[edit.dest_start : edit.dest_end]
            if edit.tag == "insert":
                for character in found:
                    score_of(character).invented += 1
                continue
            for position, character in enumerate(expected):
                score = score_of(character)
                score.support += 1
                if edit.tag == "equal":
                    score.correct += 1
                else:
                    seen = found[position] if position < len(found) else ""
                    score.read_as[seen] = score.read_as.get(seen, 0) + 1
    return dict(sorted(scores.items()))


def by_length(pairs: Iterable[tuple[str, str]]) -> dict[int, tuple[int, float]]:
    """Label length -> number of labels and share read exactly."""
    groups: dict[int, list[bool]] = {}
    for reading, truth in pairs:
        groups.setdefault(len(truth), []).append(reading == truth)
    return {length: (len(hits), sum(hits) / len(hits)) for length, hits in sorted(groups.items())}
