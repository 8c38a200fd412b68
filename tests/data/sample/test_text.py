from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from paddock.data.sample.text import (
    CHARACTERS,
    HEADINGS,
    MAX_LENGTH,
    MAX_PHRASE_LENGTH,
    MIN_LENGTH,
    NAMES,
    VALUES,
    WORDS,
    distinct_texts,
    random_texts,
)


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return distinct_texts(2000, seed=0)


def test_no_text_comes_twice(texts: list[str]) -> None:
    assert len(set(texts)) == 2000


def test_a_larger_sample_begins_like_a_smaller_one(texts: list[str]) -> None:
    assert distinct_texts(300, seed=0) == texts[:300]


def test_another_seed_gives_other_texts(texts: list[str]) -> None:
    assert len(set(texts) & set(distinct_texts(2000, seed=1))) < 100


def test_lengths_fit_the_time_steps_of_a_crnn(texts: list[str]) -> None:
    assert min(map(len, texts)) >= MIN_LENGTH
    assert max(len(text) for text in texts if " " not in text) <= MAX_LENGTH
    assert max(map(len, texts)) <= MAX_PHRASE_LENGTH
    # CTC needs a step for each character and one between two alike; 100 pixels give 25 steps.
    assert max(len(text) + sum(a == b for a, b in pairwise(text)) for text in texts) <= 25


def test_a_share_of_the_texts_has_two_or_three_words(texts: list[str]) -> None:
    words = Counter(len(text.split(" ")) for text in texts)
    assert set(words) == {1, 2, 3}
    assert 0.10 < (words[2] + words[3]) / len(texts) < 0.18
    assert all(text == " ".join(text.split()) for text in texts)


def test_every_character_comes_often_enough_to_be_learnt(texts: list[str]) -> None:
    counts = Counter("".join(texts))
    assert set(counts) == {*CHARACTERS, " "}
    assert min(counts.values()) >= 80


def test_letters_that_look_like_digits_are_left_out() -> None:
    assert not set("OI") & set("".join(WORDS) + CHARACTERS)


def test_cells_of_tables_are_written_in_the_same_characters() -> None:
    draw = np.random.default_rng(0)
    texts = [say(draw) for say in {*NAMES, *VALUES, *HEADINGS} for _ in range(200)]
    assert set("".join(texts)) <= {*CHARACTERS, " "}
    assert all(text and text == text.strip() for text in texts)


def test_random_texts_show_each_given_character_about_as_often() -> None:
    texts = random_texts("AB1-", 2000, seed=0)

    counts = Counter("".join(texts))
    assert set(counts) == set("AB1-")
    assert min(counts.values()) > 0.8 * max(counts.values())
    assert {len(text) for text in texts} == set(range(1, MAX_LENGTH + 1))
    assert all(any(map(str.isalnum, text)) for text in texts)
    assert random_texts("AB1-", 50, seed=0) == texts[:50]
