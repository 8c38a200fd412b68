"""report.html: one file with everything in it, to be mailed to whoever labels; it asks nothing of a network."""

import base64
import os
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from textwrap import shorten

from paddock.data.findings import Findings, Histogram
from paddock.data.lint_pictures import Shown
from paddock.data.portions import Portion
from paddock.data.problem_codes import CODES, Repair, Severity
from paddock.data.samples import Problem

GUIDE = Path("docs/lint.md")
"""Has a heading for each code; linked where paddock is run in a project that has it."""

_MOST_ROWS = 50
"""Problems of one code that are written out."""
_MOST_BARS = 30
_LONGEST_CAPTION = 160
"""Characters; the rest is in the list below."""
_STYLE = """
:root { --ink: #1c1c1c; --pale: #6b6b6b; --rule: #e2e2e2; --error: #b3261e; --warning: #9a6200; --note: #5f6368; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1180px; padding: 24px; color: var(--ink); background: #fff;
  font: 15px/1.45 system-ui, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC", sans-serif; }
h1 { font-size: 24px; margin: 0 0 4px; } h2 { font-size: 19px; margin: 40px 0 8px; }
h3 { font-size: 16px; margin: 32px 0 4px; padding-top: 12px; border-top: 1px solid var(--rule); }
p { margin: 4px 0; max-width: 80ch; } .pale { color: var(--pale); } a { color: #0b57d0; text-decoration: none; }
a:hover { text-decoration: underline; } code { font: 13px ui-monospace, "DejaVu Sans Mono", monospace; }
table { border-collapse: collapse; width: 100%; margin: 8px 0; }
th { text-align: left; font-weight: 600; color: var(--pale); font-size: 13px; }
th, td { padding: 5px 12px 5px 0; border-bottom: 1px solid var(--rule); vertical-align: top; overflow-wrap: anywhere; }
td.number, th.number { text-align: right; white-space: nowrap; } td.code { white-space: nowrap; }
.tag { border-radius: 9px; color: #fff; font-size: 12px; padding: 1px 8px; white-space: nowrap; }
.error { background: var(--error); } .warning { background: var(--warning); } .note { background: var(--note); }
.verdict { border-left: 5px solid; padding: 8px 14px; margin: 16px 0; background: #f7f7f7; font-weight: 600; }
.bad { border-color: var(--error); } .good { border-color: #1e7d32; }
.pictures { display: flex; flex-wrap: wrap; gap: 16px; margin: 10px 0; }
figure { margin: 0; width: 360px; max-width: 100%; } figure img { max-width: 100%; height: auto; display: block;
  border: 1px solid var(--rule); } figcaption { font-size: 13px; overflow-wrap: anywhere; padding-top: 3px; }
details { margin: 6px 0; } summary { cursor: pointer; }
td.place { width: 26%; } td.repair { width: 24%; color: #1e7d32; }
.portions { width: auto; } .portions th.number { white-space: normal; overflow-wrap: normal; font-size: 12px; }
.portions td { font-size: 13px; } .portions td:first-child { overflow-wrap: normal; } .wide { overflow-x: auto; }
.histograms { display: grid; grid-template-columns: repeat(auto-fill, minmax(330px, 1fr)); gap: 24px; }
.histograms h4 { margin: 0 0 4px; font-size: 14px; }
.bar { display: grid; grid-template-columns: 110px 1fr 60px; gap: 8px; font-size: 12px; line-height: 17px; }
.bar b { background: #a9c4eb; height: 12px; margin-top: 2px; border-radius: 2px; min-width: 1px; }
.bar span { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; text-align: right; }
.bar i { font-style: normal; color: var(--pale); }
"""


def page_html(findings: Findings, pictures: Mapping[str, Sequence[Shown]], folder: Path) -> str:
    """The page as it lies in ``folder``, from where it links `GUIDE`."""
    groups = findings.by_code
    guide = os.path.relpath(GUIDE, folder) if GUIDE.is_file() else None
    sections = [_section(code, group, pictures.get(code, ()), findings, guide) for code, group in groups.items()]
    title = f"{escape(findings.name)}: what paddock found"
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>",
            f"<h1>{title}</h1>",
            f'<p class="pale">{escape(f"{findings.raw}, {findings.read}")}</p>',
            _verdict(findings),
            _table(groups, findings, guide) if groups else "",
            *sections,
            _statistics(findings),
            "</body>\n</html>\n",
        ]
    )


def _verdict(findings: Findings) -> str:
    left = findings.open_problems()
    if not left:
        return '<p class="verdict good">Nothing is left to mend.</p>'
    mendable = sum(bool(problem.repair) for problem in left)
    hint = f" <code>dataset.on_error=repair</code> mends {mendable:,} of them in memory." if mendable else ""
    return f'<p class="verdict bad">{len(left):,} problem{"s" * (len(left) != 1)} left to mend.{hint}</p>'


def _table(groups: Mapping[str, Sequence[Problem]], findings: Findings, guide: str | None) -> str:
    """One row a code."""
    rows = []
    for code, group in groups.items():
        entry = CODES[code]
        left = sum(problem.is_open(repairing=findings.repairing) for problem in group)
        explained = f'<a href="{escape(guide)}#{code}">explained</a>' if guide else ""
        cells = [
            f"<td>{_tag(entry.severity)}</td>",
            f'<td class="code"><a href="#{code}"><code>{code}</code></a></td>',
            f'<td class="number">{len(group):,}</td><td class="number">{left:,}</td>',
            f"<td>{_marked(entry.meaning)}</td><td>{explained}</td>",
        ]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    head = '<tr><th></th><th>code</th><th class="number">found</th><th class="number">to mend</th><th>meaning</th>'
    return f"<table><thead>{head}<th></th></tr></thead>\n<tbody>{''.join(rows)}</tbody></table>"


def _section(
    code: str, group: Sequence[Problem], pictures: Sequence[Shown], findings: Findings, guide: str | None
) -> str:
    entry = CODES[code]
    link = f' <a href="{escape(guide)}#{code}">explained in {escape(GUIDE.name)}</a>' if guide else ""
    is_mendable = any(problem.repair for problem in group)
    rows = "".join(_row(problem, findings, is_mendable) for problem in group[:_MOST_ROWS])
    more = len(group) - _MOST_ROWS
    rest = f'<p class="pale">and {more:,} more, all in lint.json</p>' if more > 0 else ""
    repair_head = "<th>repair</th>" if is_mendable else ""
    head = f"<tr><th>place</th><th>what is wrong</th>{repair_head}</tr>"
    opened = " open" if entry.severity is Severity.error else ""
    return "\n".join(
        [
            f'<h3 id="{code}">{_tag(entry.severity)} <code>{code}</code>: {len(group):,}</h3>',
            f"<p>{_sentence(entry.meaning)} {_advice(code, is_mendable)}{link}</p>",
            f'<div class="pictures">{"".join(_figure(one, findings) for one in pictures)}</div>' if pictures else "",
            f"<details{opened}><summary>{_all_of(len(group))}</summary>",
            f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>{rest}</details>",
        ]
    )


def _advice(code: str, is_mendable: bool) -> str:
    entry = CODES[code]
    if entry.severity is Severity.note:
        return "Nothing to mend."
    person = f"To mend: {_marked(entry.remedy)}."
    if entry.repair is Repair.always:
        return f"paddock reads past it; for other tools: {_marked(entry.remedy)}."
    if entry.repair is Repair.asked and is_mendable:
        return f"{person} <code>dataset.on_error=repair</code> mends it where it says so below."
    return person


def _row(problem: Problem, findings: Findings, has_repair: bool) -> str:
    repair = f'<td class="repair">{escape(problem.repair)}</td>' if has_repair else ""
    place = escape(str(findings.place(problem)))
    return f'<tr><td class="place">{place}</td><td>{escape(findings.message(problem))}</td>{repair}</tr>'


def _figure(shown: Shown, findings: Findings) -> str:
    width, height = shown.size_wh
    source = f"data:image/jpeg;base64,{base64.b64encode(shown.jpeg).decode()}"
    more = f" and {shown.num_problems - 1:,} more on it" if shown.num_problems > 1 else ""
    names = " | ".join(image.name for image in shown.problem.images)
    message = shorten(findings.message(shown.problem), _LONGEST_CAPTION, placeholder=" ...")
    place = escape(str(findings.place(shown.problem)))
    caption = f"<b>{escape(names)}</b>{more}<br>{place}: {escape(message)}"
    return (
        f'<figure><img src="{source}" width="{width}" height="{height}" alt="{escape(names)}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _statistics(findings: Findings) -> str:
    if not findings.statistics:
        return ""
    tables = [_portions(f"{task}: the splits", splits) for task, splits in findings.splits.items()]
    tables += [_portions("where they come from", findings.sources)] if findings.sources else []
    histograms = findings.statistics.items()
    drawn = "".join(f"<div><h4>{escape(name)}</h4>{_bars(histogram)}</div>" for name, histogram in histograms)
    return "\n".join(["<h2>The usable labels</h2>", *tables, f'<div class="histograms">{drawn}</div>'])


def _portions(title: str, portions: Mapping[str, Portion]) -> str:
    """A row a portion; what is counted by its name, what is a median says so."""
    names = list(dict.fromkeys(name for portion in portions.values() for name in portion))
    head = "".join(f'<th class="number">{escape(_heading(name))}</th>' for name in names)
    rows = []
    for part, portion in portions.items():
        cells = (f'<td class="number">{portion[name]:,.5g}</td>' if name in portion else "<td></td>" for name in names)
        rows.append(f"<tr><td>{escape(part)}</td>{''.join(cells)}</tr>")
    body = f"<thead><tr><th></th>{head}</tr></thead>\n<tbody>{''.join(rows)}</tbody>"
    return f'<h4>{escape(title)}</h4>\n<div class="wide"><table class="portions">{body}</table></div>'


def _heading(name: str) -> str:
    words = name.removeprefix("num_").replace("_px", " in px").replace("_", " ")
    return words if name.startswith("num_") else f"median {words}"


def _bars(histogram: Histogram) -> str:
    rows, most = list(histogram.items())[:_MOST_BARS], max(histogram.values())
    rest = list(histogram.values())[_MOST_BARS:]
    drawn = "".join(
        f'<div class="bar"><span>{escape(_shown(name))}</span>'
        f'<b style="width:{max(1, round(100 * count / most))}%"></b><i>{count:,}</i></div>'
        for name, count in rows
    )
    return f'{drawn}<p class="pale">and {len(rest):,} more, {sum(rest):,} together</p>' if rest else drawn


def _shown(name: str) -> str:
    return name if name.strip() and name.isprintable() else f"U+{ord(name[0]):04X}" if len(name) == 1 else repr(name)


def _tag(severity: Severity) -> str:
    return f'<span class="tag {severity.value}">{severity.value}</span>'


def _all_of(count: int) -> str:
    return "the one place" if count == 1 else f"all {count:,} places" if count <= _MOST_ROWS else f"{_MOST_ROWS} places"


def _sentence(meaning: str) -> str:
    return f"{_marked(meaning[0].upper() + meaning[1:])}."


def _marked(text: str) -> str:
    """``text`` for HTML; what stands between backticks as code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if number % 2 else part for number, part in enumerate(parts))
