"""lint: a raw folder -> what is wrong with it: on the terminal, outputs/lint/<dataset>/{lint.json,report.html}."""

import argparse
from pathlib import Path

from paddock.config.schema import Config
from paddock.core.build import did_you_mean
from paddock.core.errors import ConfigError
from paddock.data.lint import lint_dataset, refuse_inside
from paddock.data.lint_report import summary, write_report
from paddock.data.problem_codes import CODES, Severity


def run(config: Config, arguments: argparse.Namespace) -> int:
    """Lint the chosen data set.

    Returns:
        Exit status: 0 if nothing is left to mend, else 1.
    """
    accepted = _accepted(arguments.accept)
    report = arguments.report or Path("outputs/lint") / config.dataset.name
    refuse_inside("--report", report, config.dataset)
    findings = lint_dataset(config.dataset, config.seed, config.Global.get("max_text_length"))
    write_report(findings, report)
    print("\n".join(summary(findings, accepted, report)))
    return int(bool(findings.open_problems(accepted)))


def _accepted(words: str) -> set[str]:
    known = {*CODES, *(severity.value for severity in Severity)}
    accepted = {word.strip() for word in words.split(",") if word.strip()}
    for word in sorted(accepted - known):
        raise ConfigError(f"--accept {word}: there is no such code. {did_you_mean(word, known)}")
    return accepted
