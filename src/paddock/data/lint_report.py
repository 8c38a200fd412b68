"""What `paddock lint` leaves behind and prints: lint.json for programs, report.html for people, lines for terminals."""

import json
from collections.abc import Collection, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from paddock.core.files import write_text
from paddock.data.findings import Findings, short_name
from paddock.data.lint_page import page_html
from paddock.data.lint_pictures import Shown, worst_pictures
from paddock.data.problem_codes import CODES, Repair, Severity
from paddock.data.samples import Problem

LIST, PAGE = "lint.json", "report.html"

_MOST_LISTED = 10_000
"""Problems of one code in `LIST`; who has more of them mends them by the file, not by the line."""
_EXAMPLES = 3
"""Problems of one code on a terminal."""


def write_report(findings: Findings, folder: Path, pictures: Mapping[str, Sequence[Shown]] | None = None) -> None:
    """Write `LIST` and `PAGE` into ``folder``.

    Args:
        pictures: those of the page, if they are drawn already.

    Raises:
        PaddockError: ``folder`` cannot be written.
    """
    drawn = worst_pictures(findings.by_code) if pictures is None else pictures
    write_text(folder / LIST, json_text(findings))
    write_text(folder / PAGE, page_html(findings, drawn, folder))


def json_text(findings: Findings) -> str:
    """The content of `LIST`: a problem a line, so that it can be searched as text, too."""
    groups = findings.by_code
    head = {
        "dataset": findings.name,
        "format": findings.format,
        "raw": str(findings.raw),
        "on_error": findings.on_error.value,
        "read": findings.counts,
        "left_to_mend": len(findings.open_problems()),
        "codes": {code: _code_json(code, group, findings) for code, group in groups.items()},
        "statistics": findings.statistics,
        "sources": findings.sources,
        "splits": findings.splits,
    }
    listed = (problem for group in groups.values() for problem in islice(group, _MOST_LISTED))
    rows = ",\n".join(f"    {json.dumps(_row(problem, findings), ensure_ascii=False)}" for problem in listed)
    opened = json.dumps(head, ensure_ascii=False, indent=2).removesuffix("\n}")
    body = f"\n{rows}\n  " if rows else ""
    return f'{opened},\n  "problems": [{body}]\n}}\n'


def summary(findings: Findings, accepted: Collection[str], report: Path) -> list[str]:
    """The lines for a terminal, the most severe first."""
    lines = [f"{findings.raw}, {findings.read}"]
    groups = findings.by_code
    for severity in Severity:
        codes = [code for code in groups if CODES[code].severity is severity]
        lines += ["", f"{severity.value}s"] if codes else []
        for code in codes:
            lines += _code_lines(code, groups[code], findings, code in accepted or severity.value in accepted)
    return [*lines, "", *_verdict(findings, accepted), f"report: {report / PAGE}"]


def _code_lines(code: str, group: Sequence[Problem], findings: Findings, is_accepted: bool) -> list[str]:
    entry, repairing = CODES[code], findings.repairing
    num_mended = sum(problem.is_mended(repairing=repairing) for problem in group)
    num_mendable = sum(problem.is_mended(repairing=True) for problem in group)
    said = [entry.meaning]
    if entry.severity is not Severity.note:
        if num_mended:
            said.append("paddock mends it" if num_mended == len(group) else f"paddock mends {num_mended}")
        elif num_mendable:
            some = "it" if num_mendable == len(group) else str(num_mendable)
            said.append(f"dataset.on_error=repair mends {some}")
        if num_mended < len(group):
            said.append("accepted" if is_accepted else f"to mend: {entry.remedy}")
    lines = [f"  {len(group):>6,} {code}: {'; '.join(said)}"]
    if entry.severity is Severity.note:
        return lines
    lines += [f"         {findings.place(problem)}: {findings.message(problem)}" for problem in group[:_EXAMPLES]]
    return [*lines, f"         ... and {len(group) - _EXAMPLES:,} more"] if len(group) > _EXAMPLES else lines


def _verdict(findings: Findings, accepted: Collection[str]) -> list[str]:
    left = findings.open_problems(accepted)
    if not left:
        return ["nothing is left to mend"]
    numbers = {severity.value: sum(problem.severity is severity for problem in left) for severity in Severity}
    told = " and ".join(f"{count:,} {name}{'s' * (count != 1)}" for name, count in numbers.items() if count)
    lines = [f"left to mend: {told}"]
    mendable = sum(bool(problem.repair) and CODES[problem.code].repair is Repair.asked for problem in left)
    if mendable:
        lines.append(f"dataset.on_error=repair would mend {mendable:,} of them in memory, and leave the files alone")
    return lines


def _code_json(code: str, group: Sequence[Problem], findings: Findings) -> dict[str, Any]:
    entry, repairing = CODES[code], findings.repairing
    return {
        "severity": entry.severity.value,
        "meaning": entry.meaning,
        "remedy": entry.remedy,
        "count": len(group),
        "listed": min(len(group), _MOST_LISTED),
        "mended": sum(problem.is_mended(repairing=repairing) for problem in group),
        "left_out": sum(problem.is_left_out(repairing=repairing) for problem in group),
    }


def _row(problem: Problem, findings: Findings) -> dict[str, Any]:
    place = findings.place(problem)
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "file": place.file,
        "line": place.line,
        "part": place.part,
        "message": findings.message(problem),
        "repair": problem.repair,
        "mended": problem.is_mended(repairing=findings.repairing),
        "images": [short_name(image, findings.raw) for image in problem.images],
    }
