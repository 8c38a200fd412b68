from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps

from paddock.config.schema import Difficult
from paddock.data.pages import CheckedPage, CheckedPages, Cutting, check_pages
from paddock.data.problem_codes import Severity
from paddock.data.samples import PageSample, Problem, Region

BOX = ((5.0, 5.0), (45.0, 5.0), (45.0, 15.0), (5.0, 15.0))
BELOW = tuple((x, y + 15) for x, y in BOX)


@pytest.fixture
def page(tmp_path: Path, page_png: Callable[[int], bytes]) -> PageSample:
    """A page of 60 x 40 pixels with the text A1."""
    (tmp_path / "page.png").write_bytes(page_png(0))
    return PageSample(tmp_path / "page.png", (Region("A1", BOX),), "page", "Label.txt:4")


def check(page: PageSample, difficult: Difficult = Difficult.keep) -> CheckedPages:
    return check_pages([page], Cutting(difficult, num_loose=0, seed=0), page.image.parent / "drafts")


def codes(problems: Iterable[Problem]) -> dict[str, int]:
    return dict(Counter(problem.code for problem in problems))


def only(found: CheckedPages) -> CheckedPage:
    assert not [problem for problem in found.problems if problem.severity is Severity.error]
    (checked,) = found.pages
    return checked


def test_a_crop_is_what_lies_in_its_box_without_loss(page: PageSample) -> None:
    checked = only(check(page))
    (crop,) = checked.crops
    assert (checked.file, checked.sample, checked.width, checked.height) == (page.image, page, 60, 40)
    assert (crop.sample.text, crop.sample.group, crop.sample.origin) == ("A1", "page", "Label.txt:4, box 1")
    assert (crop.sample.image.name, crop.width, crop.height) == ("page_crop_0.png", 40, 10)
    whole = cv2.imread(str(page.image))
    assert np.array_equal(cv2.imread(str(crop.sample.image)), whole[5:15, 5:45])


def test_crops_are_numbered_by_their_place_on_the_line(page: PageSample) -> None:
    regions = (Region("###", BOX), Region(" A 2 ", BELOW))
    (crop,) = only(check(replace(page, regions=regions))).crops
    assert (crop.sample.image.name, crop.sample.text) == ("page_crop_1.png", "A 2")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("###", "not_labelled"),
        ("*", "not_labelled"),
        ("TEMPORARY", "placeholder"),
        ("待识别", "placeholder"),
        ("", "empty_text"),
        (" ", "empty_text"),
    ],
)
def test_what_is_not_labelled_stays_on_the_page_and_gives_no_crop(page: PageSample, text: str, code: str) -> None:
    found = check(replace(page, regions=(Region(text, BOX), Region("A", BELOW))))
    checked = only(found)
    assert [region.text for region in checked.sample.regions] == [text, "A"]
    assert [crop.sample.text for crop in checked.crops] == ["A"]
    (problem,) = found.crop_problems
    assert (problem.code, problem.origin) == (code, "Label.txt:4, box 1")
    assert (problem.images, problem.points) == ((page.image,), BOX)


@pytest.mark.parametrize("text", ["A\tB", "A\nB", "A\rB"])
def test_a_text_that_no_label_line_can_hold_is_a_problem_and_stays_on_the_page(page: PageSample, text: str) -> None:
    found = check(replace(page, regions=(Region(text, BOX),)))
    (problem,) = found.crop_problems
    assert (problem.code, problem.origin, found.problems) == ("line_break", "Label.txt:4", [])
    assert "has a tab or a line break in its text" in problem.message
    assert "\n" not in str(problem)
    assert (len(found.pages[0].sample.regions), found.pages[0].crops) == (1, ())


@pytest.mark.parametrize(
    ("difficult", "texts", "crops", "of_region", "of_crop"),
    [
        (Difficult.keep, ["A", "B"], ["A", "B"], {}, {}),
        (Difficult.ignore, ["###", "B"], ["B"], {}, {"difficult": 1}),
        (Difficult.drop, ["B"], ["B"], {"difficult": 1}, {}),
    ],
)
def test_difficult_text_is_kept_ignored_or_dropped(
    page: PageSample,
    difficult: Difficult,
    texts: list[str],
    crops: list[str],
    of_region: dict[str, int],
    of_crop: dict[str, int],
) -> None:
    regions = (Region("A", BOX, difficult=True), Region("B", BELOW))
    found = check(replace(page, regions=regions), difficult)
    checked = only(found)
    assert [region.text for region in checked.sample.regions] == texts
    assert [crop.sample.text for crop in checked.crops] == crops
    assert (codes(found.problems), codes(found.crop_problems)) == (of_region, of_crop)


def test_a_bad_box_is_a_problem_and_leaves_the_others(page: PageSample) -> None:
    outside = Region("B", tuple((x + 300, y) for x, y in BOX))
    found = check(replace(page, regions=(outside, *page.regions)))
    (problem,) = found.problems
    assert str(problem).startswith("Label.txt:4: box 1 ('B') on page.png reaches from 305, 5")
    assert found.pages[0].sample.regions == page.regions


def test_a_page_that_lost_all_its_boxes_is_no_page_without_text(page: PageSample) -> None:
    found = check(replace(page, regions=(Region("B", ((5, 5),) * 4),)))
    assert ([problem.code for problem in found.problems], found.pages) == (["no_area", "no_box_left"], [])


def test_a_page_without_text_is_kept(page: PageSample) -> None:
    assert only(check(replace(page, regions=()))).sample.regions == ()


def test_what_was_mended_is_told(page: PageSample) -> None:
    over_the_edge = Region("A", ((-1, 5), (45, 5), (45, 15), (-1, 15)))
    found = check(replace(page, regions=(over_the_edge, Region("B", BELOW[::-1]))))
    assert codes(found.problems) == {"clipped": 1, "made_clockwise": 1}
    assert all(problem.is_mended(repairing=False) for problem in found.problems)
    assert found.problems[0].points == over_the_edge.points
    assert only(found).sample.regions[0].points[0] == (0, 5)


def test_a_picture_that_cannot_be_read_is_a_problem(page: PageSample) -> None:
    page.image.write_bytes(b"broken")
    found = check(page)
    assert ([problem.code for problem in found.problems], found.pages) == (["image_corrupt"], [])


@pytest.mark.parametrize(("kind", "name"), [("JPEG", "page.jpg"), ("PNG", "page.png")])
def test_a_picture_turned_by_exif_is_stored_upright_and_cut_as_it_is_seen(
    page: PageSample, tmp_path: Path, kind: str, name: str
) -> None:
    smooth = cv2.GaussianBlur(cv2.imread(str(page.image)), (0, 0), 3)
    lying = Image.fromarray(np.ascontiguousarray(np.rot90(smooth)))
    lying.getexif()[0x0112] = 6  # to be turned clockwise
    lying.save(tmp_path / name, kind, exif=lying.getexif(), **({"quality": 98} if kind == "JPEG" else {}))
    found = check(replace(page, image=tmp_path / name))
    checked = only(found)
    assert (checked.width, checked.height, codes(found.problems)) == (60, 40, {"made_upright": 1})
    assert (checked.file.name, checked.file.parents[2]) == (name, tmp_path / "drafts")
    stored = Image.open(checked.file)
    assert 0x0112 not in stored.getexif()
    upright = np.asarray(ImageOps.exif_transpose(Image.open(tmp_path / name)), int)
    assert np.abs(np.asarray(stored, int) - upright).max() <= (0 if kind == "PNG" else 12)
    crop = cv2.imread(str(checked.crops[0].sample.image)).astype(int)
    assert np.abs(crop[..., ::-1] - upright[5:15, 5:45]).max() <= 4


def test_a_box_that_is_there_twice_is_told_and_left_out_on_request(page: PageSample) -> None:
    nearly = tuple((x, y + 0.25) for x, y in BOX)
    twice = replace(page, regions=(Region("A1", BOX), Region("B", BELOW), Region("A1", nearly)))
    found = check(twice)
    (problem,) = found.problems
    assert (problem.code, problem.repair) == ("repeated_box", "left out, since box 1 is there")
    assert problem.message == "box 3 ('A1') on page.png is box 1 again. Delete one."
    assert len(only(found).crops) == 3
    mended = check_pages([twice], Cutting(Difficult.keep, 0, 0), page.image.parent / "mended", repair=True)
    assert [region.text for region in only(mended).sample.regions] == ["A1", "B"]
    assert [crop.sample.image.name for crop in only(mended).crops] == ["page_crop_0.png", "page_crop_1.png"]


def test_two_texts_on_one_place_are_told_and_both_stay(page: PageSample) -> None:
    found = check(replace(page, regions=(Region("A1", BOX), Region("A7", BOX))))
    (problem,) = found.problems
    assert (problem.code, problem.repair) == ("boxes_overlap", "")
    assert "box 2 ('A7') and box 1 ('A1') on page.png share 100% of what they cover." in problem.message
    assert len(only(found).sample.regions) == 2


def test_without_a_folder_nothing_is_written_and_the_same_is_found(page: PageSample) -> None:
    cutting = Cutting(Difficult.keep, num_loose=2, seed=0)
    (checked,) = check_pages([page], cutting, None).pages
    assert [path.name for path in page.image.parent.iterdir()] == ["page.png"]
    (crop,) = checked.crops
    assert (crop.width, crop.height, crop.sample.text, crop.points) == (40, 10, "A1", BOX)
    assert (crop.sample.image, crop.sample.origin) == (page.image, "Label.txt:4, box 1")


def test_pages_come_in_order(page: PageSample) -> None:
    pages = [replace(page, origin=f"Label.txt:{number}") for number in range(20)]
    found = check_pages(pages, Cutting(Difficult.keep, num_loose=0, seed=0), page.image.parent / "drafts")
    assert [checked.sample for checked in found.pages] == pages
