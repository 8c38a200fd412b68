"""A detector and a recogniser scored together on labelled pages, read exactly as they are read in deployment."""

from collections.abc import Sequence
from pathlib import Path

import cv2

from paddock.core.errors import DatasetError
from paddock.core.files import write_bytes, write_csv
from paddock.data.page_picture import FALSE, MATCHED, MISSED, Colour, Mark, beside_texts, jpeg
from paddock.data.prepared import PreparedDet
from paddock.data.progress import progress
from paddock.ocr.datasets import Listed
from paddock.ocr.det.labels import labelled_pages
from paddock.ocr.det.page import Page
from paddock.ocr.end_to_end import EvaluatedPage, FoundText, score_page
from paddock.serving.ocr import OCR
from paddock.serving.pictures import load_picture

WRONG: Colour = (150, 60, 190)
"""Found, and read otherwise than it is labelled."""


def read_split(detector: Path, recognizer: Path, layout: PreparedDet, split: str) -> list[EvaluatedPage]:
    """Read all pages of a split with two packages, every page once; an unreadable one has nothing on it.

    Raises:
        DatasetError: the data set is not prepared for detection, or its label file is damaged.
        ExportError: a folder is no package, or paddleocr does not load it.
    """
    layout.stats()  # says what is wrong with a data set without boxes
    pages = labelled_pages(Listed(layout.folder, [str(layout.label_file(split))], [1.0]))
    ocr = OCR(detector, recognizer)
    return [_read(ocr, page) for page in progress(pages, f"read {split}")]


def write_report(pages: Sequence[EvaluatedPage], folder: Path, count: int) -> None:
    """Write ``samples.csv`` with every labelled and found text; draw the ``count`` worst pages and their readings."""
    write_csv(
        folder / "samples.csv",
        [
            {
                "image": str(text.image),
                "truth": text.truth,
                "reading": text.reading,
                "confidence": round(text.confidence, 4),
                "exact": text.is_exact,
                "similarity": round(text.similarity, 4),
            }
            for page in pages
            for text in page.texts
        ],
    )
    worst = sorted(pages, key=lambda page: -sum(not text.is_exact for text in page.texts))[:count]
    for rank, page in enumerate(worst, start=1):
        if not page.unreadable:
            wrong = sum(not text.is_exact for text in page.texts)
            write_bytes(folder / f"{rank:02}_{wrong}_wrong_{page.page.image.stem}.jpg", _drawn(page))


def _read(ocr: OCR, page: Page) -> EvaluatedPage:
    try:
        lines = ocr(page.image)
    except DatasetError as error:
        return score_page(page, [], str(error))
    return score_page(page, [FoundText(line.polygon, line.text, line.confidence) for line in lines])


def _drawn(page: EvaluatedPage) -> bytes:
    marks = [Mark(page.page.polygons[label], MISSED) for label in page.match.missed]
    marks += [Mark(page.found[box].polygon, FALSE, page.found[box].text) for box in page.match.false]
    for pair in page.match.pairs:
        found = page.found[pair.box]
        is_exact = found.text == page.page.texts[pair.label]
        marks.append(Mark(found.polygon, MATCHED if is_exact else WRONG, found.text))
    rgb = cv2.cvtColor(load_picture(page.page.image), cv2.COLOR_BGR2RGB)
    return jpeg(beside_texts(rgb, marks))
