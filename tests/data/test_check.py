from collections.abc import Callable
from pathlib import Path

from paddock.data.charset import Charset
from paddock.data.check import CheckedSample, check_images, check_texts, other_boxes, other_text, without_repeats
from paddock.data.samples import PageSample, RecSample, Region


def sample(image: Path, text: str = "A1", origin: str = "rec_gt.txt:1") -> RecSample:
    return RecSample(image, text, image.stem, origin)


def page(image: Path, *texts: str, origin: str = "Label.txt:1") -> PageSample:
    regions = (Region(text, ((0, 0), (9, 0), (9, 9), (0, 9))) for text in texts)
    return PageSample(image, tuple(regions), image.stem, origin)


def test_a_sound_image_is_measured_and_hashed(tmp_path: Path, png: Callable[[int], bytes]) -> None:
    (tmp_path / "a.png").write_bytes(png(0))
    (checked,), problems = check_images([sample(tmp_path / "a.png")])
    assert problems == []
    assert (checked.width, checked.height, len(checked.sha256)) == (12, 6, 64)


def test_images_that_cannot_be_read_are_problems_and_the_others_stay_in_order(
    tmp_path: Path, png: Callable[[int], bytes]
) -> None:
    samples = [sample(tmp_path / f"{number}.png") for number in range(9)]
    for number, entry in enumerate(samples):
        entry.image.write_bytes(png(number) if number != 4 else b"broken")
    checked, (problem,) = check_images(samples)
    assert [entry.sample for entry in checked] == [*samples[:4], *samples[5:]]
    assert (problem.code, problem.origin) == ("image_corrupt", "rec_gt.txt:1")


def test_the_same_line_twice_counts_once(tmp_path: Path, png: Callable[[int], bytes]) -> None:
    image = tmp_path / "a.png"
    kept, (problem,) = without_repeats([sample(image), sample(image, origin="rec_gt.txt:2")], other_text)
    assert (kept, problem.code, problem.origin) == ([sample(image)], "repeated_line", "rec_gt.txt:2")


def test_one_image_with_two_texts_is_a_problem(tmp_path: Path) -> None:
    image = tmp_path / "a.png"
    kept, (problem,) = without_repeats([sample(image), sample(image, "B2", "rec_gt.txt:2")], other_text)
    assert kept == [sample(image)]
    assert str(problem) == "rec_gt.txt:2: a.png is 'B2' here and 'A1' in rec_gt.txt:1. Delete one."
    assert problem.code == "conflicting_label"


def test_one_page_with_other_boxes_is_a_problem_and_with_the_same_is_none(tmp_path: Path) -> None:
    image = tmp_path / "p.png"
    pages = [page(image, "A"), page(image, "A", origin="Label.txt:2"), page(image, "B", "C", origin="Label.txt:3")]
    kept, (repeated, problem) = without_repeats(pages, other_boxes)
    assert (kept, repeated.code) == (pages[:1], "repeated_line")
    assert str(problem) == "Label.txt:3: p.png has 2 boxes here and 1, not the same, in Label.txt:1. Delete one."


def test_a_text_that_the_dictionary_cannot_write_is_a_problem(tmp_path: Path) -> None:
    good, bad = (CheckedSample(sample(tmp_path / "a.png", text), "0", 1, 1) for text in ("A1", "A€ 1"))
    writable, (problem,) = check_texts([good, bad], Charset(("1", "A"), use_space_char=False))
    assert writable == [good]
    assert problem.code == "outside_dictionary"
    expected = "'A€ 1' has '€' (U+20AC), ' ' (U+0020), which dataset.dictionary lacks. Add it there or mend the text."
    assert problem.message == expected
