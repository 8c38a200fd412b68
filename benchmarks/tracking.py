"""What recording costs a training: its own calls, and the processor time of the thread that sends.

Run: .venv/bin/python benchmarks/tracking.py   (about 45 s)
The last line is the sum of both as a share of the training's time; docs/tracking.md promises at most 0.01.
Processor time is measured, not wall time, so that other work on the machine does not change the result.
"""

import os
import statistics
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import psutil

from paddock.config.schema import Store, TrackingConfig
from paddock.tracking.outbox import all_outboxes
from paddock.tracking.run import open_run

STEP_S = 0.5
NUM_STEPS = 80
NUM_CALLS = 5000
METRICS = {
    "train/loss": 1.5,
    "train/lr": 1e-3,
    "train/ips": 120.0,
    "train/acc": 0.5,
    "train/reader_s": 0.01,
    "train/s": 0.5,
}


def main() -> None:
    """Measure in a throw-away project with a store of its own."""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for name in ("DVC_ROOT", "MLFLOW_TRACKING_URI"):
            os.environ.pop(name, None)
        calls = time_calls(config(system_metrics=False))
        sending = share_of_sending(config(system_metrics=True))
    calling = statistics.median(calls) / STEP_S
    print(f"metrics() of {len(METRICS)} values, median {1e6 * statistics.median(calls):10.1f} us")
    print(f"                       99 %   {1e6 * float(np.quantile(calls, 0.99)):10.1f} us")
    print(f"share of a {STEP_S} s step: the call {calling:.6f}, sending and system metrics {sending:.5f} of one core")
    print(f"ratio: {calling + sending:.5f}")


def config(*, system_metrics: bool) -> TrackingConfig:
    """The throw-away project's own store."""
    return TrackingConfig(store=Store.local, uri=None, experiment="bench", run_name=None, system_metrics=system_metrics)


def time_calls(tracking: TrackingConfig) -> list[float]:
    """Seconds of each of many `metrics` calls, while the thread sends."""
    durations = []
    with open_run(tracking, name="calls") as tracker:
        for step in range(NUM_CALLS):
            begin = time.perf_counter()
            tracker.metrics(METRICS, step)
            durations.append(time.perf_counter() - begin)
            time.sleep(0.0005)
    return durations


def share_of_sending(tracking: TrackingConfig) -> float:
    """Processor time of the sending thread over wall time, in a training of one call a step."""
    with open_run(tracking, name="steps") as tracker:
        tracker.metrics(METRICS, 0)
        while all_outboxes(Path())[-1].unsent_bytes:
            time.sleep(0.1)  # the first contact makes the run, which a training pays once
        begin, used_before_s = time.perf_counter(), courier_s()
        for step in range(NUM_STEPS):
            tracker.metrics(METRICS, step)
            time.sleep(STEP_S)
        return (courier_s() - used_before_s) / (time.perf_counter() - begin)


def courier_s() -> float:
    """Processor seconds that the sending thread has used."""
    [courier] = [thread for thread in threading.enumerate() if thread.name == "paddock-courier"]
    [times] = [thread for thread in psutil.Process().threads() if thread.id == courier.native_id]
    return float(times.user_time + times.system_time)


if __name__ == "__main__":
    main()
