import json
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from paddock.core.errors import PaddockError, TrackingError
from paddock.tracking.outbox import Header, Outbox, all_outboxes, open_outbox, outbox_home


def header(local_id: str = "run-1") -> Header:
    return Header(local_id, "paddock-rec", "crnn", store=None, parent=None, run_id=None, created_ms=0)


def names(outbox: Outbox) -> list[str]:
    return [operation["op"] for _, operation in outbox.pending()]


def test_operations_come_out_in_the_order_they_went_in(tmp_path: Path) -> None:
    outbox = open_outbox(tmp_path, header())
    outbox.append({"op": "params", "values": {"text": "日本\n"}})
    outbox.append({"op": "metrics", "values": {"loss": float("inf")}})
    (_, first), (end, second) = outbox.pending()
    assert first["values"] == {"text": "日本\n"}
    assert second["values"] == {"loss": float("inf")}
    assert end == (outbox.folder / "ops.jsonl").stat().st_size


def test_what_is_marked_sent_does_not_come_out_again(tmp_path: Path) -> None:
    outbox = open_outbox(tmp_path, header())
    outbox.append({"op": "params"})
    outbox.append({"op": "metrics"})
    offset, _ = next(outbox.pending())
    outbox.mark_sent(offset)
    assert names(Outbox(outbox.folder)) == ["metrics"]


def test_an_outbox_keeps_its_first_header(tmp_path: Path) -> None:
    open_outbox(tmp_path, header())
    again = open_outbox(tmp_path, Header("run-1", "other", "other", "http://x", "p", "r", 5))
    assert again.header == header()
    assert [box.folder for box in all_outboxes(tmp_path)] == [outbox_home(tmp_path) / "run-1"]


def test_a_line_that_is_being_written_waits(tmp_path: Path) -> None:
    outbox = open_outbox(tmp_path, header())
    outbox.append({"op": "params"})
    with (outbox.folder / "ops.jsonl").open("a") as file:
        file.write('{"op":"metr')
    assert names(outbox) == ["params"]


def test_a_line_torn_by_a_kill_costs_only_itself(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    outbox = open_outbox(tmp_path, header())
    (outbox.folder / "ops.jsonl").write_text('{"op":"params"}\n{"op":"metr')
    outbox.end(outbox.begin(), "FINISHED")
    assert names(outbox) == ["params", "damaged", "begin", "end"]
    assert "a line before byte 28 is damaged and left out" in caplog.text


@pytest.mark.parametrize("local_id", ["../other", "a/b", "", ".hidden"])
def test_a_local_id_that_leaves_the_outbox_is_refused(tmp_path: Path, local_id: str) -> None:
    with pytest.raises(TrackingError, match="is not the name of a run"):
        open_outbox(tmp_path, header(local_id))


def test_a_scratch_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "scratch").write_text("a file")
    with pytest.raises(PaddockError, match=r"cannot write .*scratch/outbox/run-1: Not a directory"):
        open_outbox(tmp_path, header())


def test_a_full_disk_is_told_once_and_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    outbox = open_outbox(tmp_path, header())
    (outbox.folder / "ops.jsonl").symlink_to("/dev/full")
    with caplog.at_level(logging.WARNING):
        outbox.append({"op": "params"})
        outbox.append({"op": "params"})
    assert caplog.text.count("records of this run are lost") == 1
    assert "No space left on device" in caplog.text


def test_the_session_of_a_killed_process_is_ended_and_a_living_one_is_not(tmp_path: Path) -> None:
    outbox = open_outbox(tmp_path, header())
    script = (
        "import sys, time; from pathlib import Path; from paddock.tracking.outbox import Outbox\n"
        "Outbox(Path(sys.argv[1])).begin(); print('begun', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(outbox.folder)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"begun\n"
        assert outbox.bury_dead() == 0
        os.kill(process.pid, signal.SIGKILL)
    assert outbox.bury_dead() == 1
    assert outbox.bury_dead() == 0
    last = json.loads((outbox.folder / "ops.jsonl").read_text().splitlines()[-1])
    assert (last["op"], last["status"]) == ("end", "KILLED")


def test_a_session_on_another_machine_counts_as_alive(tmp_path: Path) -> None:
    outbox = open_outbox(tmp_path, header())
    outbox.append({"op": "begin", "t": 0, "session": "s", "owner": {"host": "elsewhere", "pid": 1, "started": 0}})
    assert outbox.bury_dead() == 0


def test_a_process_number_used_again_is_not_the_process(tmp_path: Path) -> None:
    outbox = open_outbox(tmp_path, header())
    outbox.begin()
    path = outbox.folder / "ops.jsonl"
    record = json.loads(path.read_text())
    record["owner"]["started"] -= 1000
    path.write_text(json.dumps(record, separators=(",", ":")) + "\n")
    assert outbox.bury_dead() == 1
