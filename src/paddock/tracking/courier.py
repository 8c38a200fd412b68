"""The thread beside a training that sends its records, so that the training never waits for the store."""

import logging
import threading
import time

from paddock.tracking import store as stores
from paddock.tracking.outbox import Outbox, now_ms
from paddock.tracking.shipping import Shipper
from paddock.tracking.store import Store
from paddock.tracking.system import SystemMetrics

SHIP_EVERY_S = 5.0
SAMPLE_EVERY_S = 10.0
LONGEST_PAUSE_S = 60.0
LATEST_CONTACT_S = 20.0
"""A run is in the store after its first metrics, and no later than this."""

_log = logging.getLogger(__name__)


class Courier:
    """Sends an outbox every few seconds; an outage is told once and never raised.

    MLflow takes seconds to import and to open a store, and both hold Python's lock. So the first contact waits until
    the run is under way: before, it would hold up the first step of a training.
    """

    def __init__(self, outbox: Outbox, store: Store, *, system_metrics: bool) -> None:
        self._outbox = outbox
        self._store = store
        self._shipper = Shipper(outbox, store)
        self._samples_system = system_metrics
        self._system: SystemMetrics | None = None
        self._samples = 0
        self._under_way = threading.Event()
        self._stop = threading.Event()
        self._deadline: float | None = None
        self._outages = 0
        self._told = False
        self._complete = False
        self._thread = threading.Thread(target=self._work, name="paddock-courier", daemon=True)

    def start(self) -> None:
        """Begin: what is recorded is sent from the first `hurry` on."""
        self._thread.start()

    def hurry(self) -> None:
        """The run is under way: make contact now."""
        self._under_way.set()

    def close(self, budget_s: float) -> bool:
        """Send the rest, but for no longer than ``budget_s``; returns whether the store has everything."""
        self._deadline = time.monotonic() + budget_s
        self._stop.set()
        self.hurry()
        self._thread.join(budget_s)
        if not self._complete:
            _log.warning(
                "%d bytes of the run %s are not in %s yet; `paddock sync` sends them.",
                self._outbox.unsent_bytes,
                self._outbox.folder.name,
                self._store.name,
            )
        return self._complete

    def _work(self) -> None:
        self._under_way.wait(LATEST_CONTACT_S)
        self._sample()
        next_ship, next_sample = time.monotonic(), time.monotonic() + SAMPLE_EVERY_S
        while not self._stop.is_set():
            now = time.monotonic()
            if now >= next_sample:
                self._sample()
                next_sample = now + SAMPLE_EVERY_S
            if now >= next_ship:
                self._ship()
                next_ship = time.monotonic() + min(SHIP_EVERY_S * 2**self._outages, LONGEST_PAUSE_S)
            self._stop.wait(1.0)
        self._outages = 0  # the last attempt is worth it also in the middle of a long pause
        self._ship()
        while not (self._complete or self._outages or time.monotonic() > (self._deadline or 0)):
            time.sleep(0.2)  # another process is sending this run: wait until it has
            self._ship()

    def _ship(self) -> None:
        try:
            self._complete = self._shipper.ship(self._deadline)
        except Exception as error:  # whatever the store, the network or a driver raises: a training goes on
            self._complete = False
            self._outages += 1
            if not self._told:
                self._told = True
                _log.warning(
                    "%s Work goes on, records are kept; `paddock sync` sends them.", stores.outage(self._store, error)
                )
                _log.debug("first failure", exc_info=error)
        else:
            if self._told:
                _log.info("tracking store %s answers again", self._store.name)
            self._told = False
            self._outages = 0

    def _sample(self) -> None:
        if not self._samples_system:
            return
        try:
            self._system = self._system or SystemMetrics()
            values = self._system.sample()
        except Exception as error:  # a counter that this kernel or driver lacks is no reason to stop
            _log.debug("system metrics: %s", error)
            return
        self._outbox.append({"op": "metrics", "t": now_ms(), "step": self._samples, "values": values})
        self._samples += 1
