"""One training, one MLflow run: opened by train, continued by eval, export and a resumed training."""

import logging
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from paddock.config import schema
from paddock.core.errors import TrackingError
from paddock.core.files import read_json, write_json
from paddock.core.project import project_root
from paddock.tracking import store as stores
from paddock.tracking.courier import Courier
from paddock.tracking.outbox import Header, Outbox, now_ms, open_outbox
from paddock.tracking.tracker import NullTracker, Tracker

CLOSE_BUDGET_S = 30.0
"""How long a run that ends waits for the store."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunState:
    """What a later stage needs to continue a run; the content of run.json."""

    local_id: str
    run_id: str | None
    """Id in the store; None when there was no contact yet."""
    experiment: str


def read_state(path: Path) -> RunState:
    """Read a run.json.

    Raises:
        TrackingError: the file is missing or is not a run.json.
    """
    try:
        return RunState(**read_json(path))
    except (OSError, ValueError, TypeError) as error:
        raise TrackingError(f"{path} does not name a run ({error}). Run `paddock train` again.") from error


@contextmanager
def open_run(
    config: schema.TrackingConfig,
    *,
    name: str,
    state: Path | None = None,
    continues: RunState | None = None,
    parent: str | None = None,
    tags: Mapping[str, object] | None = None,
) -> Iterator[Tracker]:
    """Record what the body does; the run ends as FINISHED, FAILED when the body raises, KILLED on Ctrl-C.

    Args:
        name: of the run, unless ``tracking.run_name`` names it.
        state: a run.json that is continued when it exists, and is written at the start and at the end.
        continues: a run to continue without writing anything, for a stage that follows the training.
        parent: local id of the sweep that this run belongs to.
        tags: labels set at the start.

    Raises:
        TrackingError: the store's address is wrong, or a local store cannot be written. A store that does not
            answer is no error.
    """
    known = continues or (read_state(state) if state and state.exists() else None)
    local_id = known.local_id if known else _new_local_id()
    if config.store is schema.Store.off:
        _write_state(state, known or RunState(local_id, None, config.experiment))
        yield NullTracker(local_id)
        return
    store = stores.locate(config)
    stores.check_writable(store)
    header = Header(
        local_id=local_id,
        experiment=known.experiment if known else config.experiment,
        name=config.run_name or name,
        store=None if store.is_project else store.name,
        parent=parent,
        run_id=known.run_id if known else None,
        created_ms=now_ms(),
    )
    outbox = open_outbox(project_root(), header)
    _write_state(state, RunState(local_id, outbox.run_id, header.experiment))
    with _session(outbox, store, system_metrics=config.system_metrics) as courier:
        tracker = SpoolTracker(outbox, courier.hurry)
        tracker.tags(tags or {})
        yield tracker
    _write_state(state, RunState(local_id, outbox.run_id, header.experiment))


@contextmanager
def _session(outbox: Outbox, store: stores.Store, *, system_metrics: bool) -> Iterator[Courier]:
    """Keep a courier running, and record how the body ends."""
    session = outbox.begin()
    courier = Courier(outbox, store, system_metrics=system_metrics)
    courier.start()
    status, message = "FINISHED", ""
    try:
        yield courier
    except KeyboardInterrupt:
        status, message = "KILLED", "stopped by the user"
        raise
    except BaseException as error:
        if not (isinstance(error, SystemExit) and error.code in (None, 0)):
            status, message = "FAILED", f"{type(error).__name__}: {error}".splitlines()[0]
        raise
    finally:
        outbox.end(session, status, message)
        courier.close(CLOSE_BUDGET_S)
        outbox.close()


class SpoolTracker:
    """Records into an outbox.

    Args:
        on_metrics: what is called with each record of metrics.
    """

    def __init__(self, outbox: Outbox, on_metrics: Callable[[], None] = lambda: None) -> None:
        self._outbox = outbox
        self._on_metrics = on_metrics

    @property
    def local_id(self) -> str:
        """See `Tracker`."""
        return self._outbox.folder.name

    def params(self, values: Mapping[str, object]) -> None:
        """See `Tracker`."""
        self._append("params", values={key: str(value) for key, value in values.items()})

    def tags(self, values: Mapping[str, object]) -> None:
        """See `Tracker`."""
        self._append("tags", values={key: str(value) for key, value in values.items()})

    def metrics(self, values: Mapping[str, float], step: int) -> None:
        """See `Tracker`."""
        self._append("metrics", step=int(step), values={key: float(value) for key, value in values.items()})
        self._on_metrics()

    def dataset(self, name: str, digest: str, source: str, context: str) -> None:
        """See `Tracker`."""
        self._append("dataset", name=name, digest=digest, source=source, context=context)

    def artifact(self, path: Path, folder: str = "") -> None:
        """See `Tracker`."""
        try:
            self._append("artifact", file=self._relative(self._outbox.keep(path)), folder=folder)
        except OSError as error:
            _log.warning("artifact %s is not recorded: %s", path, error.strerror or error)

    def table(self, rows: Sequence[Mapping[str, object]], artifact_file: str) -> None:
        """See `Tracker`."""
        if not artifact_file.endswith(".json"):
            raise ValueError(f"an MLflow table is a .json file, not {artifact_file!r}")
        columns = list(rows[0]) if rows else []
        # what pandas calls orient="split", the form in which MLflow reads tables
        content = {"columns": columns, "data": [[row[column] for column in columns] for row in rows]}
        folder, _, file_name = artifact_file.rpartition("/")
        try:
            draft = self._outbox.draft(file_name)
            write_json(draft, content)
        except OSError as error:
            _log.warning("table %s is not recorded: %s", artifact_file, error.strerror or error)
            return
        self._append("table", file=self._relative(draft), folder=folder)

    def _append(self, kind: str, **values: object) -> None:
        self._outbox.append({"op": kind, "t": now_ms(), **values})

    def _relative(self, path: Path) -> str:
        """Copies move with the project; a large file is named where it lies."""
        home = self._outbox.folder
        return str(path.relative_to(home)) if path.is_relative_to(home) else str(path)


def _write_state(path: Path | None, state: RunState) -> None:
    if path:
        write_json(path, asdict(state))


def _new_local_id() -> str:
    """Sorts by time, and two processes that start in the same second differ."""
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"
