"""From outbox to store: replays operations in order, as often as need be, with the same result."""

# ruff: noqa: PLC0415 - MLflow takes seconds to import, so only what talks to a store does

import json
import logging
import posixpath
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import Timeout

from paddock.tracking import store as stores
from paddock.tracking.batch import Batch, changed_key
from paddock.tracking.outbox import Outbox
from paddock.tracking.store import Store

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Metric, Param, RunTag

LOCAL_ID_TAG = "paddock.local_id"
PARENT_TAG = "mlflow.parentRunId"

_log = logging.getLogger(__name__)


class RunGoneError(Exception):
    """The store answers but does not know the run: it was deleted there, or the store is a new one."""


class ParentBusyError(Exception):
    """The run above this one has no id yet, because another process is just sending it."""


class Shipper:
    """Sends one outbox to one store."""

    def __init__(self, outbox: Outbox, store: Store) -> None:
        self._outbox = outbox
        self._store = store
        self._client: MlflowClient | None = None
        self._run_id = ""
        self._senders: dict[str, Callable[[dict[str, Any]], None]] = {
            "begin": self._begin,
            "end": self._end,
            "dataset": self._dataset,
            "artifact": self._artifact,
            "table": self._table,
        }

    def ship(self, deadline: float | None = None) -> bool:
        """Send what is pending; the run is made if it is not there.

        Args:
            deadline: `time.monotonic` after which no further batch is begun.

        Returns:
            Whether the store has everything; False also while another process is sending.

        Raises:
            Exception: whatever MLflow, requests or SQLAlchemy raise when the store does not answer.
        """
        try:
            with self._outbox.lock:
                self._find_run()
                try:
                    return self._ship_pending(deadline)
                except RunGoneError:
                    self._replace_run()
                    return self._ship_pending(deadline)
        except (Timeout, ParentBusyError):
            return False

    @property
    def _mlflow(self) -> "MlflowClient":
        if self._client is None:
            self._client = stores.connect(self._store)
        return self._client

    def _find_run(self) -> None:
        """Know the run: the one remembered, the one a lost answer spoke of, or a new one."""
        if self._run_id:
            return
        known = self._outbox.run_id
        if known and self._is_active(known):
            self._run_id = known
        elif known:
            self._replace_run()
        else:
            self._make_run()

    def _replace_run(self) -> None:
        _log.warning("the run %s is gone from %s; it is sent again as a new run", self._outbox.run_id, self._store.name)
        self._outbox.mark_sent(0)
        self._make_run()

    def _make_run(self) -> None:
        header = self._outbox.header
        experiment = stores.experiment_id(self._mlflow, self._store, header.experiment)
        query = f"tags.`{LOCAL_ID_TAG}` = '{header.local_id}'"
        found = self._mlflow.search_runs([experiment], query, max_results=1)
        if found:
            self._run_id = found[0].info.run_id
        else:
            tags = {LOCAL_ID_TAG: header.local_id}
            if header.parent:
                tags[PARENT_TAG] = self._parent_run(header.parent)
            run = self._mlflow.create_run(experiment, start_time=header.created_ms, tags=tags, run_name=header.name)
            self._run_id = run.info.run_id
        self._outbox.remember_run(self._run_id)

    def _parent_run(self, local_id: str) -> str:
        """The parent's run in the store, made first if the parent has had no contact yet."""
        parent = Outbox(self._outbox.folder.parent / local_id)
        if not parent.run_id:
            Shipper(parent, self._store).ship()
        if not parent.run_id:
            raise ParentBusyError(local_id)
        return parent.run_id

    def _is_active(self, run_id: str) -> bool:
        from mlflow.exceptions import MlflowException

        try:
            return bool(self._mlflow.get_run(run_id).info.lifecycle_stage == "active")
        except MlflowException as error:
            if stores.is_refusal(error):
                return False
            raise

    def _ship_pending(self, deadline: float | None) -> bool:
        batch = Batch()
        behind = self._outbox.sent
        for offset, operation in self._outbox.pending():
            if deadline is not None and time.monotonic() > deadline:
                break
            stands_alone = operation["op"] in self._senders
            if batch.is_full or stands_alone:
                self._send_batch(batch, behind)
                batch = Batch()
            if stands_alone:
                self._attempt(operation)
                self._outbox.mark_sent(offset)
                self._discard_copy(operation)
            else:
                batch.add(operation)
            behind = offset
        self._send_batch(batch, behind)
        return self._outbox.unsent_bytes == 0

    def _send_batch(self, batch: Batch, behind: int) -> None:
        if not batch.is_empty:
            for entities in batch.calls():
                self._send(entities)
        if behind != self._outbox.sent:
            self._outbox.mark_sent(behind)

    def _discard_copy(self, operation: Mapping[str, Any]) -> None:
        if "file" in operation:
            self._outbox.discard(self._path(operation))

    def _attempt(self, operation: dict[str, Any]) -> None:
        from mlflow.exceptions import MlflowException

        try:
            self._senders[operation["op"]](operation)
        except MlflowException as error:
            self._check_refusal(error)
            _log.warning("the store refuses a record (%s): %s", operation["op"], error.message)

    def _send(self, entities: "list[Metric | Param | RunTag]") -> None:
        """Send a batch; of a refused one, everything but the values that are refused."""
        from mlflow.entities import Metric, Param, RunTag
        from mlflow.exceptions import MlflowException

        try:
            self._mlflow.log_batch(
                self._run_id,
                metrics=[entity for entity in entities if isinstance(entity, Metric)],
                params=[entity for entity in entities if isinstance(entity, Param)],
                tags=[entity for entity in entities if isinstance(entity, RunTag)],
            )
        except MlflowException as error:
            self._check_refusal(error)
            if len(entities) > 1:
                middle = len(entities) // 2
                self._send(entities[:middle])
                self._send(entities[middle:])
            elif isinstance(entities[0], Param):  # MLflow never changes a param
                self._send([RunTag(changed_key(entities[0].key), entities[0].value)])
            else:
                _log.warning("the store refuses %s: %s", entities[0].key, error.message)

    def _check_refusal(self, error: Exception) -> None:
        """Let an outage through, and a run that has vanished; return when only the content was refused."""
        if not stores.is_refusal(error):
            raise error
        if not self._is_active(self._run_id):
            raise RunGoneError from error

    def _path(self, operation: Mapping[str, Any]) -> Path:
        return self._outbox.folder / str(operation["file"])

    def _begin(self, operation: dict[str, Any]) -> None:
        self._mlflow.update_run(self._run_id, status="RUNNING")

    def _end(self, operation: dict[str, Any]) -> None:
        if operation["error"]:
            self._mlflow.set_tag(self._run_id, "paddock.error", operation["error"])
        self._mlflow.set_terminated(self._run_id, operation["status"], end_time=operation["t"])

    def _dataset(self, operation: dict[str, Any]) -> None:
        from mlflow.entities import Dataset, DatasetInput, InputTag

        # MLflow keeps one input a name and digest, so the use belongs to the name; it cuts digests at 36 characters.
        dataset = Dataset(
            name=f"{operation['name']}/{operation['context']}",
            digest=operation["digest"][:36],
            source_type="local",
            source=json.dumps({"uri": operation["source"]}),
        )
        tags = [
            InputTag("mlflow.data.context", operation["context"]),
            InputTag("paddock.digest", operation["digest"]),
        ]
        self._mlflow.log_inputs(self._run_id, [DatasetInput(dataset, tags)])

    def _artifact(self, operation: dict[str, Any]) -> None:
        path = self._path(operation)
        if path.is_dir():
            self._mlflow.log_artifacts(self._run_id, str(path), posixpath.join(operation["folder"], path.name))
        elif path.exists():
            self._mlflow.log_artifact(self._run_id, str(path), operation["folder"] or None)
        else:  # sent before, or a large file that was moved
            _log.debug("artifact %s is gone and not sent", path)

    def _table(self, operation: dict[str, Any]) -> None:
        """Like `MlflowClient.log_table`, which would append the rows once more at each replay."""
        self._artifact(operation)
        name = posixpath.join(operation["folder"], self._path(operation).name)
        tables = json.loads(self._mlflow.get_run(self._run_id).data.tags.get("mlflow.loggedArtifacts", "[]"))
        entry = {"path": name, "type": "table"}
        if entry not in tables:
            self._mlflow.set_tag(self._run_id, "mlflow.loggedArtifacts", json.dumps([*tables, entry]))
