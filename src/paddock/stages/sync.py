"""sync: send what runs could not send to the store, and end the runs whose process was killed."""

import argparse

from paddock.config.schema import Config
from paddock.core.errors import TrackingError
from paddock.tracking.sync import Synced, sync_all


def run(config: Config, arguments: argparse.Namespace | None) -> None:
    """Replay all outboxes.

    Raises:
        TrackingError: a store does not answer; the records stay where they are.
    """
    reports = sync_all(config.tracking)
    for report in reports:
        print(_line(report))
    if not reports:
        print("every run is in the store")
    problems = [report.problem for report in reports if report.problem]
    if problems:
        raise TrackingError(
            f"{len(problems)} of {len(reports)} runs are not sent: {problems[0]} Then run `paddock sync` again."
        )


def _line(report: Synced) -> str:
    ended = ", ended as KILLED" if report.ended else ""
    left = f", {report.left_bytes} bytes left" if report.left_bytes else ""
    return f"{report.local_id} ({report.experiment}): {report.sent_bytes} bytes sent{left}{ended}"
