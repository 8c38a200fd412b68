"""What training on a CPU costs: ``python benchmarks/train.py MODEL [--steps N] [--threads N] [--against DIR]``.

Plain Paddle and the accelerated form train the same network from the same weights on the same batch of noise, step by
step in turn, so that whatever else runs on the machine slows down both; with ``--against`` PaddleOCR's own network,
loss and optimiser, out of its source tree, take their turns too. The medians of all steps but the first are compared.
On a busy machine read the CPU times, with ``--threads 1``. Plain Paddle and PaddleOCR have ``--plain-threads``: one,
as PaddleOCR trains, if left out. GF/s follow `arithmetic.RULE`. Peak memory is that of two steps in a process of their
own.

Then come the profile of one accelerated step by kind of primitive, and a training on drawn pictures in a project of its
own: the time from the command to its first step beside that of ``import paddle``, how long a step waits for its batch
(a few steps say little: the loader reads ahead), and what recording it costs. The last
line is ``ratio: X``, accelerated over plain.
"""

import argparse
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import paddle
import psutil
from paddle import nn

from arithmetic import RULE, operations_per_step
from on_data import courses, first_step_s, import_s, project
from paddleocr_source import SourceError, open_paddleocr_trainee
from paddock.accelerate import accelerated
from paddock.accelerate.accelerated import outermost
from paddock.accelerate.executor import Executor
from paddock.accelerate.library import OneDnn
from paddock.accelerate.networks import NETWORKS
from paddock.config.compose import compose
from trainee import Trainee, open_trainee
from workloads import WORKLOADS, Workload

BATCH_SIZES = {"det": 8, "rec": 64, "table": 8}
PROFILE_LINES = 12
STARTS = 5
IMPORT_MARGIN_S, MAX_READER_SHARE, MAX_TRACKING_SHARE = 2.0, 0.03, 0.01
"""The targets of what a training on data costs beside its steps."""


def main() -> None:
    """Measure and print."""
    arguments = _parser().parse_args()
    config, workload = _prepare(arguments)
    names = ["plain", "accelerated", *(["PaddleOCR"] if arguments.against else [])]
    trainees = {name: open_named(name, arguments, config, workload) for name in names}
    counted = workload.build()
    operations = operations_per_step(counted, lambda: counted(workload.images, *workload.given))
    with accelerated(trainees["accelerated"].network, arguments.threads):
        for _ in range(arguments.steps + 1):
            for trainee in trainees.values():
                trainee.step()
    profile(trainees["accelerated"].network, workload, arguments.threads)
    peaks = {name: _in_a_process_of_its_own(peak_memory_mb, arguments, name) for name in trainees}
    measure_on_data(arguments, config.task, len(workload.images))
    report(trainees, len(workload.images), operations, peaks)


def open_named(name: str, arguments: argparse.Namespace, config: Any, workload: Workload) -> Trainee:
    """The trainee that a line of the report is about; only ``accelerated`` has ``--threads``."""
    if name == "PaddleOCR":
        return open_paddleocr_trainee(arguments.against, config, workload, arguments.plain_threads)
    return open_trainee(config, workload, arguments.threads if name == "accelerated" else arguments.plain_threads)


def measure_on_data(arguments: argparse.Namespace, task: str, batch_size: int) -> None:
    """A training on drawn pictures: start, reader, tracking."""
    settings = [
        f"model={arguments.model}",
        "Optimizer.lr.warmup_epoch=0",
        f"Train.loader.batch_size_per_card={batch_size}",
        f"hardware.threads={arguments.threads}",
    ]
    with project(task, settings) as overrides:
        first_step_s(overrides)  # compiles what no installation has compiled, and makes the store
        starts = [
            (import_s(), first_step_s(overrides), first_step_s([*overrides, "tracking=off"])) for _ in range(STARTS)
        ]
        without, recorded = courses(overrides, 2 * arguments.steps, arguments.threads)
    importing, start, unrecorded_start = (statistics.median(seconds) for seconds in zip(*starts, strict=True))
    print(
        f"command to first step {start:.2f} s, {unrecorded_start:.2f} s without tracking; import paddle "
        f"{importing:.2f} s, target {importing + IMPORT_MARGIN_S:.2f} s (medians of {STARTS}, in turn)"
    )
    print(f"reader {without.share(sum(without.waits)):.2%} of a step, target below {MAX_READER_SHARE:.0%}")
    calling, sending = recorded.share(sum(recorded.records)), recorded.share(recorded.sending_s)
    print(
        f"tracking {calling + sending:.2%} of a step (calls {calling:.2%}, sending {sending:.2%} of one core), "
        f"target at most {MAX_TRACKING_SHARE:.0%}"
    )
    for name, course in (("with a live store", recorded), ("without", without)):
        step, cpu = statistics.median(course.seconds), statistics.median(course.cpu_seconds)
        print(f"step on drawn pictures {name}: median {step:.3f} s, {cpu:.3f} s of CPU time")


def profile(network: nn.Layer, workload: Workload, threads: int) -> None:
    """Where the seconds of one accelerated step go."""
    seconds: Counter[str] = Counter()
    library = OneDnn()
    paddle.base.core.set_num_threads(threads)
    for layer in outermost(network):
        executor = Executor(layer, library, seconds)
        setattr(layer, NETWORKS[type(layer)].method, executor)
    workload.loss(network(workload.images, *workload.given)).backward()
    seconds.clear()  # that was the first one
    start = time.perf_counter()
    workload.loss(network(workload.images, *workload.given)).backward()
    whole = time.perf_counter() - start
    print(f"{whole:8.3f} s forward, loss and backward; of these")
    for name, part in [*seconds.most_common(PROFILE_LINES), ("outside", whole - sum(seconds.values()))]:
        print(f"{part:8.3f} s {name}")


def peak_memory_mb(arguments: argparse.Namespace, name: str) -> float:
    """Of a process that makes two steps."""
    config, workload = _prepare(arguments)
    trainee = open_named(name, arguments, config, workload)
    with accelerated(trainee.network, arguments.threads) if name == "accelerated" else nullcontext():
        trainee.step()
        trainee.step()
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024  # not getrusage: a child's peak begins with its parent's


def report(trainees: Mapping[str, Trainee], batch_size: int, operations: float, peaks: Mapping[str, float]) -> None:
    """One line for each kind of training, then the ratio."""
    print(f"{operations / 1e9:.2f} GF a step: {RULE}")
    print(f"load {psutil.getloadavg()[0]:.1f} on {psutil.cpu_count()} cores")
    speeds = {}
    for name, trainee in trainees.items():
        first, *steps = trainee.seconds
        speeds[name] = batch_size / statistics.median(steps)
        cpu = min(trainee.cpu_seconds[1:])
        print(
            f"{name:12}{trainee.threads} threads, "
            f"{speeds[name]:8.2f} samples/s, {batch_size / min(steps):8.2f} in the best step, "
            f"{operations / 1e9 / statistics.median(steps):6.1f} GF/s, {operations / 1e9 / cpu:6.1f} GF/s of CPU time, "
            f"{cpu:6.2f} s CPU a step, first step {first:5.2f} s, peak memory {peaks[name]:6.0f} MB, "
            f"loss {trainee.losses[0]:.5f} -> {trainee.losses[-1]:.5f}"
        )
    if "PaddleOCR" in speeds:
        print(f"accelerated over PaddleOCR: {speeds['accelerated'] / speeds['PaddleOCR']:.2f}")
    print(f"ratio: {speeds['accelerated'] / speeds['plain']:.2f}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="file of conf/model, such as rec_crnn_mv3, det_db_mv3 or table_slanet")
    parser.add_argument("--steps", type=int, default=6, help="of each kind, after the first")
    parser.add_argument("--batch-size", type=int, help="64 lines, 8 pages or 8 tables if left out")
    words = "of a line (100 if left out), or both sides of a page (640) or a table (488)"
    parser.add_argument("--width", type=int, help=words)
    cores = psutil.cpu_count()
    parser.add_argument("--threads", type=int, default=cores, help="of the accelerated form; all cores if left out")
    parser.add_argument("--plain-threads", type=int, default=1, help="of plain Paddle and PaddleOCR; 1 if left out")
    parser.add_argument("--against", type=Path, metavar="DIR", help="PaddleOCR source tree, release 2.7 to 3.x")
    return parser


def _prepare(arguments: argparse.Namespace) -> tuple[Any, Workload]:
    config = compose([f"model={arguments.model}", "Optimizer.lr.warmup_epoch=0"])
    batch_size = arguments.batch_size or BATCH_SIZES[config.task]
    rng = np.random.default_rng(config.seed)
    return config, WORKLOADS[config.task](config, rng, batch_size, arguments.width)


def _in_a_process_of_its_own(function: Callable[..., float], *arguments: Any) -> float:
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


if __name__ == "__main__":
    try:
        main()
    except SourceError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
