"""docs/lint.md says of each code what the catalogue says."""

import re
from pathlib import Path

import pytest

from paddock.data.problem_codes import CODES, Repair, Severity
from paddock.data.samples import Problem
from tests.repository import REPOSITORY

HEADINGS = re.findall(r"^### (\w+)\n\n(.*)\n\n(.+)", (REPOSITORY / "docs/lint.md").read_text("utf-8"), re.MULTILINE)


def test_every_code_has_a_heading_and_every_heading_is_a_code() -> None:
    assert [code for code, _, _ in HEADINGS] == list(CODES)


@pytest.mark.parametrize(("code", "first"), [(code, first) for code, first, _ in HEADINGS])
def test_the_guide_says_what_the_catalogue_says(code: str, first: str) -> None:
    entry = CODES[code]
    facts = [f"**{entry.severity.value}**"]
    facts += ["left out"] if entry.leaves_out else []
    facts += {
        Repair.never: [],
        Repair.asked: ["mended with `dataset.on_error=repair`"],
        Repair.always: ["always mended"],
    }[entry.repair]
    remedy = "" if entry.remedy == "nothing" else f" To mend: {entry.remedy}."
    assert first == f"{', '.join(facts)}. {entry.meaning[0].upper()}{entry.meaning[1:]}.{remedy}"


def test_every_code_is_used_and_no_other() -> None:
    paths = (REPOSITORY / "src/paddock/data").rglob("*.py")
    sources = [path.read_text("utf-8") for path in paths if path.name != "problem_codes.py"]
    named = {code for text in sources for code in re.findall(r'"([a-z0-9_]+)"', text)}
    assert set(CODES) <= named
    raised = {code for text in sources for code in re.findall(r'Problem\(\s*"([a-z0-9_]+)"', text)}
    assert raised <= set(CODES)


def test_errors_are_left_out_and_notes_are_nothing_to_mend() -> None:
    for code, entry in CODES.items():
        problem = Problem(code, "Label.txt:1", "...", images=(Path("a.png"),))
        assert problem.is_left_out(repairing=False) == (entry.severity is Severity.error or entry.leaves_out)
        assert problem.is_open(repairing=False) == (entry.severity is not Severity.note)


@pytest.mark.parametrize(
    ("code", "repair", "mended", "mended_on_request"),
    [
        ("no_tab", "read as ...", False, True),
        ("no_tab", "", False, False),
        ("crlf", "read without", True, True),
        ("look_alike", "", False, False),
    ],
)
def test_what_is_mended_follows_from_code_and_occurrence(
    code: str, repair: str, mended: bool, mended_on_request: bool
) -> None:
    problem = Problem(code, "rec_gt.txt:1", "...", repair)
    assert (problem.is_mended(repairing=False), problem.is_mended(repairing=True)) == (mended, mended_on_request)
    assert problem.is_open(repairing=True) != mended_on_request
