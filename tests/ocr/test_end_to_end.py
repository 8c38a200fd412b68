from pathlib import Path

import numpy as np
import pytest

from paddock.ocr.det.page import Page
from paddock.ocr.end_to_end import EvaluatedPage, FoundText, ReadText, metrics, score_page
from tests.ocr.det_pages import make_page

BOXES = [[[10, 10 + 20 * row], [60, 10 + 20 * row], [60, 22 + 20 * row], [10, 22 + 20 * row]] for row in range(4)]


def page_of(*texts: str) -> Page:
    """A page with these texts below each other; ``###`` is ignored."""
    page = make_page(BOXES[: len(texts)], texts=texts)
    return Page(page.image, page.polygons, page.texts, tuple(text == "###" for text in texts), page.origin)


def found(row: int, text: str, confidence: float = 0.9, shift: float = 0) -> FoundText:
    return FoundText(np.array(BOXES[row], np.float32) + shift, text, confidence)


def test_a_text_counts_if_it_was_found_and_read() -> None:
    page = score_page(page_of("ab", "abcd", "x"), [found(0, "ab"), found(1, "abcx"), found(3, "y")])

    values = metrics([page])

    assert page.texts == [
        ReadText(Path("page.png"), "ab", "ab", 0.9),
        ReadText(Path("page.png"), "abcd", "abcx", 0.9),
        ReadText(Path("page.png"), "x", None),
        ReadText(Path("page.png"), None, "y", 0.9),
    ]
    # 3 labels, 3 boxes; 2 match, 1 of them is read letter by letter, the other to 3 of 4 letters.
    assert values == {
        "hmean": pytest.approx(2 / 3),
        "precision_exact": pytest.approx(1 / 3),
        "recall_exact": pytest.approx(1 / 3),
        "hmean_exact": pytest.approx(1 / 3),
        "hmean_edit": pytest.approx((1 + 3 / 4) / 3),
        "exact": 1 / 2,
        "n_eval": 1,
        "n_unreadable": 0,
    }


def test_precision_and_recall_count_boxes_and_labels_of_all_pages() -> None:
    pages = [
        score_page(page_of("a", "b", "c"), [found(0, "a")]),
        score_page(page_of("d"), [found(0, "d"), found(2, "e"), found(3, "f")]),
    ]

    values = metrics(pages)

    # 2 exact readings, 4 labels, 4 boxes.
    assert (values["precision_exact"], values["recall_exact"], values["hmean_exact"]) == (0.5, 0.5, 0.5)
    assert (values["exact"], values["n_eval"]) == (1, 2)


def test_case_and_blanks_count() -> None:
    page = score_page(page_of("Ab c"), [found(0, "ab c")])

    assert [text.is_exact for text in page.texts] == [False]
    assert page.texts[0].similarity == 3 / 4


def test_a_text_read_in_the_wrong_place_is_missed_and_invented() -> None:
    page = score_page(page_of("ab"), [found(0, "ab", shift=30)])

    assert [(text.truth, text.reading) for text in page.texts] == [("ab", None), (None, "ab")]
    assert metrics([page])["hmean_edit"] == 0


def test_ignored_texts_are_neither_missed_nor_found() -> None:
    page = score_page(page_of("ab", "###"), [found(0, "ab"), found(1, "whatever")])

    assert [text.truth for text in page.texts] == ["ab"]
    assert metrics([page])["hmean_exact"] == 1


def test_an_unreadable_page_misses_all_of_its_texts() -> None:
    read = score_page(page_of("ab"), [found(0, "ab")])
    lost = score_page(page_of("cd"), [], "it is gone")

    values = metrics([read, lost])

    assert (values["recall_exact"], values["precision_exact"]) == (0.5, 1)
    assert (values["n_eval"], values["n_unreadable"]) == (2, 1)


@pytest.mark.parametrize("pages", [[], [score_page(page_of(), [])]])
def test_nothing_to_score_scores_nothing(pages: list[EvaluatedPage]) -> None:
    values = metrics(pages)

    assert (values["hmean"], values["hmean_exact"], values["hmean_edit"], values["exact"]) == (0, 0, 0, 0)
