"""Detection and recognition scored together: a text counts if it was found and read. Shapes: P points x, y.

The protocol of ICDAR 2015's end-to-end task (Karatzas et al., 2015, section IV.D): boxes are matched as in detection,
and a matched pair is worth what its reading is worth.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from paddock.ocr.det.metric import DetMetric, PageMatch, scores
from paddock.ocr.det.page import Page, Polygon


@dataclass(frozen=True)
class FoundText:
    """One text that was found and read on a page."""

    polygon: Polygon
    """``[P, 2]`` in pixels of the page."""
    text: str
    confidence: float


@dataclass(frozen=True)
class ReadText:
    """A labelled text, a found one, or both where they match."""

    image: Path
    truth: str | None
    """None where nothing is labelled."""
    reading: str | None
    """None where nothing was found."""
    confidence: float = 0.0

    @property
    def is_exact(self) -> bool:
        """Found and read letter by letter, case and blanks kept."""
        return self.truth == self.reading

    @property
    def similarity(self) -> float:
        """One minus the edit distance through the longer of both texts; 0 where one is missing."""
        if self.truth is None or self.reading is None:
            return 0.0
        return float(Levenshtein.normalized_similarity(self.truth, self.reading))


@dataclass(frozen=True)
class EvaluatedPage:
    """One page of an end-to-end evaluation."""

    page: Page
    found: tuple[FoundText, ...]
    match: PageMatch
    unreadable: str = ""
    """Why the picture could not be read; then nothing was found on it."""

    @property
    def texts(self) -> list[ReadText]:
        """What was matched, missed and found in vain; ignored texts are left out."""
        image, truth, found, match = self.page.image, self.page.texts, self.found, self.match
        return [
            *(ReadText(image, truth[p.label], found[p.box].text, found[p.box].confidence) for p in match.pairs),
            *(ReadText(image, truth[label], None) for label in match.missed),
            *(ReadText(image, None, found[box].text, found[box].confidence) for box in match.false),
        ]


def score_page(page: Page, found: Sequence[FoundText], unreadable: str = "") -> EvaluatedPage:
    """Match what was found on a page with its labels."""
    match = DetMetric().match(page.polygons, page.ignored, [text.polygon for text in found])
    return EvaluatedPage(page, tuple(found), match, unreadable)


def metrics(pages: Sequence[EvaluatedPage]) -> dict[str, float]:
    """``hmean`` of detection alone, ``hmean_exact`` and ``hmean_edit`` with the readings, and what was counted.

    A pair is worth 1 in ``hmean_exact`` if it was read letter by letter, and the similarity of both texts in
    ``hmean_edit``; ``exact`` is the share of the matched texts that were read letter by letter.
    """
    texts = [text for page in pages for text in page.texts]
    num_labels = sum(page.match.num_labels for page in pages)
    num_boxes = sum(page.match.num_boxes for page in pages)
    num_pairs = sum(len(page.match.pairs) for page in pages)
    num_exact = sum(text.is_exact for text in texts)
    similarity = sum(text.similarity for text in texts)
    exact = scores(num_exact, num_labels, num_boxes)
    return {
        "hmean": scores(num_pairs, num_labels, num_boxes)["hmean"],
        **{f"{name}_exact": value for name, value in exact.items()},
        "hmean_edit": scores(similarity, num_labels, num_boxes)["hmean"],
        "exact": num_exact / num_pairs if num_pairs else 0.0,
        "n_eval": float(len(pages)),
        "n_unreadable": float(sum(bool(page.unreadable) for page in pages)),
    }
