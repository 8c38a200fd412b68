"""Sends what earlier runs could not send, and ends the runs whose process was killed."""

from dataclasses import dataclass

from paddock.config import schema
from paddock.core.errors import TrackingError
from paddock.core.project import project_root
from paddock.tracking import store as stores
from paddock.tracking.outbox import Outbox, all_outboxes
from paddock.tracking.shipping import Shipper
from paddock.tracking.store import Store


@dataclass(frozen=True)
class Synced:
    """What became of one run's records."""

    local_id: str
    experiment: str
    sent_bytes: int
    left_bytes: int
    """Above 0 when the store did not answer, or when the run is still going on and sends them itself."""
    ended: bool
    """Whether the run's process had been killed and the run was ended as KILLED."""
    problem: str
    """Why something is left; empty when the run is still going on."""


def sync_all(config: schema.TrackingConfig, parent: str | None = None) -> list[Synced]:
    """Send every outbox of the project to the store it belongs to.

    Args:
        parent: only the runs of this sweep.

    Returns:
        The runs that had something to send.

    Raises:
        TrackingError: tracking is off, or the address is wrong.
    """
    current = stores.locate(config)
    outboxes = [box for box in all_outboxes(project_root()) if parent is None or box.header.parent == parent]
    reports = [_sync(outbox, current) for outbox in outboxes]
    return [report for report in reports if report.sent_bytes or report.left_bytes]


def _sync(outbox: Outbox, current: Store) -> Synced:
    ended = outbox.bury_dead() > 0
    before = outbox.unsent_bytes
    problem = ""
    if before:
        try:
            store = _home_of(outbox, current)
            try:
                Shipper(outbox, store).ship()
            except Exception as error:  # the store, the network or a driver: the next run may have another store
                problem = stores.outage(store, error)
        except TrackingError as error:
            problem = str(error)
    left = outbox.unsent_bytes
    return Synced(outbox.folder.name, outbox.header.experiment, before - left, left, ended, problem)


def _home_of(outbox: Outbox, current: Store) -> Store:
    """The store a run was begun in; its header keeps no password, so the present one is tried first."""
    name = outbox.header.store
    if name is None:
        return stores.project_store()
    return current if current.name == name else stores.store_at(name)
