"""A run's records on disk, in the order they were made, until the store has them.

Layout of ``<root>/scratch/outbox/<local id>/``::

    header.json   who this run is: experiment, name, store, parent
    ops.jsonl     one operation a line, appended by the run, never changed
    sent          how many bytes of ops.jsonl the store has
    run_id        the run's id in the store, once it is made there
    files/        copies of artifacts that are still to be sent
    ship.lock     held by the one process that is sending
"""

import json
import logging
import os
import re
import secrets
import shutil
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil
from filelock import FileLock

from paddock.core.errors import TrackingError
from paddock.core.files import cannot_write, read_json, write_json, write_text

COPY_LIMIT_BYTES = 64 << 20
"""Larger artifacts are sent from where they lie: copying them would hold the training up."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Header:
    """What is needed to make the run in the store."""

    local_id: str
    experiment: str
    name: str
    store: str | None
    """Address without password; None means the project's own store, wherever the project is moved."""
    parent: str | None
    """Local id of the run above this one."""
    run_id: str | None
    """Id in the store of a run that was begun on another machine."""
    created_ms: int


class Outbox:
    """The records of one run; appending is safe from several processes at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._descriptor: int | None = None
        self._complained = False

    @property
    def header(self) -> Header:
        """Who this run is."""
        return Header(**read_json(self.folder / "header.json"))

    @property
    def lock(self) -> FileLock:
        """Held while sending; free again when its holder dies."""
        return FileLock(self.folder / "ship.lock", timeout=0)

    def append(self, operation: Mapping[str, object]) -> None:
        """Add one operation; trouble with the disk is logged once, never raised: a training goes on without records."""
        line = json.dumps(operation, ensure_ascii=False, separators=(",", ":"), default=str) + "\n"
        try:
            if self._descriptor is None:
                self._descriptor = os.open(self.folder / "ops.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            os.write(self._descriptor, line.encode("utf-8", errors="replace"))
        except OSError as error:
            if not self._complained:
                _log.warning("records of this run are lost: cannot write %s: %s", self.folder, error.strerror)
                self._complained = True

    def close(self) -> None:
        """Give the file back; a later `append` opens it again."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def pending(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Operations the store does not have, each with the offset behind it; a torn line counts as none."""
        path = self.folder / "ops.jsonl"
        if not path.exists():
            return
        with path.open("rb") as file:
            offset = file.seek(self.sent)
            for line in file:
                if not line.endswith(b"\n"):
                    return  # still being written
                offset += len(line)
                try:
                    operation = json.loads(line)
                except ValueError:
                    _log.warning("%s: a line before byte %d is damaged and left out", path, offset)
                    operation = {"op": "damaged"}
                yield offset, operation

    @property
    def sent(self) -> int:
        """Bytes of ops.jsonl that the store has."""
        path = self.folder / "sent"
        return int(path.read_text(encoding="utf-8") or 0) if path.exists() else 0

    def mark_sent(self, offset: int) -> None:
        """Remember that the store has everything before ``offset``."""
        write_text(self.folder / "sent", str(offset))

    @property
    def unsent_bytes(self) -> int:
        """0 when the store has everything."""
        path = self.folder / "ops.jsonl"
        return (path.stat().st_size if path.exists() else 0) - self.sent

    @property
    def run_id(self) -> str | None:
        """The run's id in the store, once known."""
        path = self.folder / "run_id"
        return path.read_text(encoding="utf-8").strip() if path.exists() else self.header.run_id

    def remember_run(self, run_id: str) -> None:
        """Bind this outbox to a run of the store."""
        write_text(self.folder / "run_id", run_id)

    def keep(self, path: Path) -> Path:
        """Copy a file or folder so that its present content is what will be sent; see `COPY_LIMIT_BYTES`.

        Raises:
            OSError: it cannot be read or copied.
        """
        files = [path] if path.is_file() else [entry for entry in path.rglob("*") if entry.is_file()]
        if sum(file.stat().st_size for file in files) > COPY_LIMIT_BYTES:
            return path.resolve()
        target = self.draft(path.name)
        if path.is_dir():
            shutil.copytree(path, target)
        else:
            shutil.copyfile(path, target)
        return target

    def draft(self, name: str) -> Path:
        """A fresh place for a file of this name among those to be sent."""
        folder = self.folder / "files" / secrets.token_hex(6)
        folder.mkdir(parents=True)
        return folder / name

    def discard(self, path: Path) -> None:
        """Delete a copy that the store has now; files that lie elsewhere are not touched."""
        if path.is_relative_to(self.folder / "files"):
            shutil.rmtree(path.parent, ignore_errors=True)

    def begin(self) -> str:
        """Record that this process works on the run, and end what dead processes left open.

        Returns:
            The session, for `end`.
        """
        self.bury_dead()
        session = secrets.token_hex(6)
        process = psutil.Process()
        owner = {"host": socket.gethostname(), "pid": process.pid, "started": process.create_time()}
        self.append({"op": "begin", "t": now_ms(), "session": session, "owner": owner})
        return session

    def end(self, session: str, status: str, error: str = "") -> None:
        """Record how the session ended: FINISHED, FAILED or KILLED."""
        self.append({"op": "end", "t": now_ms(), "session": session, "status": status, "error": error})

    def bury_dead(self) -> int:
        """End the sessions whose process was killed on this machine; returns how many there were."""
        path = self.folder / "ops.jsonl"
        content = path.read_bytes() if path.exists() else b""
        if content and not content.endswith(b"\n"):
            self._end_torn_line()
        open_sessions: dict[str, dict[str, Any]] = {}
        for line in content.splitlines(keepends=True):
            if not line.startswith((b'{"op":"begin"', b'{"op":"end"')) or not line.endswith(b"\n"):
                continue
            record = json.loads(line)
            if record["op"] == "begin":
                open_sessions[record["session"]] = record["owner"]
            else:
                open_sessions.pop(record["session"], None)
        dead = [session for session, owner in open_sessions.items() if not _is_alive(owner)]
        for session in dead:
            self.end(session, "KILLED", "the process was killed")
        return len(dead)

    def _end_torn_line(self) -> None:
        """Separate what comes next from a line that a killed process or a full disk cut short."""
        with (self.folder / "ops.jsonl").open("ab") as file:
            file.write(b"\n")


def open_outbox(root: Path, header: Header) -> Outbox:
    """The outbox of ``header.local_id``, made if need be; an existing one keeps its header.

    Raises:
        TrackingError: the local id is not a plain name.
        PaddockError: scratch/ cannot be written.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", header.local_id):
        raise TrackingError(f"local_id {header.local_id!r} is not the name of a run. Delete that run.json.")
    folder = outbox_home(root) / header.local_id
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    if not (folder / "header.json").exists():
        write_json(folder / "header.json", asdict(header))
    return Outbox(folder)


def all_outboxes(root: Path) -> list[Outbox]:
    """Every run that this project keeps records of, oldest first."""
    return [Outbox(path.parent) for path in sorted(outbox_home(root).glob("*/header.json"))]


def outbox_home(root: Path) -> Path:
    """Folder of all outboxes."""
    return root / "scratch" / "outbox"


def now_ms() -> int:
    """Unix time in milliseconds, MLflow's unit."""
    return time.time_ns() // 1_000_000


def _is_alive(owner: Mapping[str, Any]) -> bool:
    """Whether the process still runs; one on another machine cannot be asked and counts as alive."""
    if owner["host"] != socket.gethostname():
        return True
    try:
        process = psutil.Process(owner["pid"])
        return process.status() != psutil.STATUS_ZOMBIE and abs(process.create_time() - owner["started"]) < 1
    except psutil.NoSuchProcess:
        return False
