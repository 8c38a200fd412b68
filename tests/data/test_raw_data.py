from pathlib import Path

from paddock.data.raw_data import RawData
from paddock.data.samples import RecSample


def crop(line: int, text: str = "A1", image: str = "a.png", file: str = "rec_gt.txt") -> RecSample:
    return RecSample(Path(image), text, image, f"{file}:{line}")


def test_lines_that_say_the_same_again_are_counted_and_not_kept() -> None:
    found = RawData()
    for line in range(1, 1001):
        found.add_crop(crop(line))
    found.add_crop(crop(1001, image="b.png"))
    assert found.crops == [crop(1), crop(1001, image="b.png")]
    (note,) = found.repeated_lines()
    assert (note.code, note.origin, note.images) == ("repeated_line", "rec_gt.txt:2", (Path("a.png"),))
    assert note.message == "a.png has the same label in rec_gt.txt:1, and 998 more lines say so."


def test_what_differs_or_stands_in_another_file_is_kept() -> None:
    found = RawData()
    kept = [crop(1), crop(2, text="B"), crop(1, file="rec_gt_test.txt")]
    for sample in kept:
        found.add_crop(sample)
    assert (found.crops, found.repeated_lines()) == (kept, [])
