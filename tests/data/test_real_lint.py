"""What lint says about the real data of the workplace, where it has it: PADDOCK_SHARED, or ../shared beside it."""

import os
from pathlib import Path

import pytest

from paddock.config.compose import compose
from paddock.config.schema import OnError
from paddock.data.findings import Findings
from paddock.data.lint import lint_dataset
from paddock.data.lint_report import PAGE, write_report
from tests.repository import REPOSITORY

DATA = Path(os.environ.get("PADDOCK_SHARED", Path(__file__).parents[3] / "shared")) / "data"

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not DATA.is_dir(), reason=f"no {DATA}")]


def lint(name: str, *overrides: str) -> Findings:
    """Lint conf/dataset/<name>.yaml."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PADDOCK_SHARED", str(DATA.parent))
        return lint_dataset(compose([f"dataset={name}", *overrides], REPOSITORY).dataset, 0)


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("wire_labels", {"near_duplicate": 2, "made_clockwise": 1, "repeated_box": 5, "boxes_overlap": 27}),
        (
            "sroie",
            {
                "crlf": 6,
                "contradictory_image": 2,
                "near_duplicate": 1,
                "boxes_overlap": 2,
                "not_labelled": 1,
                "not_read": 1,
            },
        ),
        ("game_ui_zh", {"duplicate_image": 80, "near_duplicate": 56}),
        ("icdar2015_det", {"not_labelled": 860}),
        ("captcha_digits", {"duplicate_image": 9, "near_duplicate": 1, "in_two_splits": 9}),
        ("catalog_tables", {"cell_count": 75, "span_range": 15, "crlf": 5, "not_labelled": 2}),
        ("tables_icdar2013", {"too_long": 5, "not_rgb": 104}),
        ("tables_ctdar", {}),
        ("tables_pubtabnet", {}),
    ],
)
def test_what_is_wrong_with_real_sets(name: str, counts: dict[str, int], tmp_path: Path) -> None:
    found = lint(name)
    assert {code: len(problems) for code, problems in found.by_code.items()} == counts
    write_report(found, tmp_path)
    assert (tmp_path / PAGE).stat().st_size < 400_000


def test_two_transcriptions_of_one_box_are_found() -> None:
    (first, *_) = lint("wire_labels").by_code["boxes_overlap"]
    assert first.message == (
        "box 2 ('J1151') and box 1 ('N1151') on wire_4134.jpg share 100% of what they cover. Delete one, or draw them "
        "apart."
    )


def test_boxes_that_are_there_twice_are_mended_on_request() -> None:
    found = lint("wire_labels", "dataset.on_error=repair")
    assert found.on_error is OnError.repair
    assert {problem.code for problem in found.open_problems()} == {"near_duplicate", "boxes_overlap"}
    assert found.counts["boxes"] == 3111 - 5


def test_captchas_that_are_learnt_and_tested_are_named() -> None:
    problems = lint("captcha_digits").by_code["in_two_splits"]
    assert problems[0].message.startswith("word_8_8640.jpg is in a list of val, and in one of train (")


def test_a_list_that_lost_its_last_characters_is_all_missing_images() -> None:
    found = lint("captcha_digits", "dataset.label_files=[rec_gt_test.txt]")
    assert len(found.by_code["image_missing"]) == 30
