"""Paddock's own trainer: Paddle from the package registry, nothing else."""

import hashlib
import logging
import os
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import paddle
from paddle import nn
from paddle.optimizer import Optimizer
from paddle.optimizer.lr import LRScheduler
from paddle.utils import unique_name

from paddock.accelerate import accelerated
from paddock.config.fingerprint import fingerprint
from paddock.config.schema import Config, Device, ExportConfig, HardwareConfig, TrainingConfig
from paddock.config.stored import DICTIONARY, LAST
from paddock.core.errors import EngineError
from paddock.core.files import read_json, write_json
from paddock.data.loader import Loader
from paddock.engines.engine import Exported, Fitted
from paddock.ocr.datasets import DatasetRef
from paddock.ocr.task import Task
from paddock.ocr.tasks import open_task
from paddock.tracking.tracker import Tracker
from paddock.training import checkpoint
from paddock.training.curves import write_curves
from paddock.training.evaluate import evaluate, predictions
from paddock.training.loop import Training
from paddock.training.optim import build_optimizer, build_schedule
from paddock.training.parallel import Group, launch
from paddock.training.pretrained import LoadReport, load_exactly, load_pretrained
from paddock.training.progress import duration, peak_memory_mb
from paddock.training.seed import seed_all
from paddock.training.settings import LoopSettings

_log = logging.getLogger(__name__)


@dataclass
class NativeSession:
    """A training with everything built; see `paddock.engines.engine.Session`."""

    config: Config
    task: Task
    network: nn.Layer
    optimizer: Optimizer
    schedule: LRScheduler
    settings: LoopSettings
    loader: Loader[Any]
    group: Group
    datasets: list[DatasetRef]
    fingerprint: str

    @property
    def is_first(self) -> bool:
        """See `Session`."""
        return self.group.is_first

    def fit(self, tracker: Tracker, scratch: Path) -> Fitted:
        """See `Session`."""
        state = self._restored(scratch)
        training = Training(
            task=self.task,
            network=self.network,
            optimizer=self.optimizer,
            schedule=self.schedule,
            settings=self.settings,
            seed=self.config.seed,
            train_loader=self.loader,
            eval_loader=self.task.eval_loader("val"),
            tracker=tracker,
            folder=scratch,
            group=self.group,
            state=state,
        )
        with _compute(self.network, self.config):
            outcome = training.run()
        state = outcome.state
        samples = state.step * int(self.config.Train["loader"]["batch_size_per_card"]) * self.group.world_size
        course = {
            "seconds": state.seconds,
            "samples_per_s": samples / max(state.seconds, 1e-9),
            "peak_memory_mb": peak_memory_mb(),
        }
        _log.info(
            "%s after %d epochs and %d steps in %s: best val/%s %.4f in epoch %d, peak memory %.0f MB",
            outcome.reason, state.epoch, state.step, duration(state.seconds), self.task.indicator,
            state.best[self.task.indicator], state.best_epoch, course["peak_memory_mb"],
        )  # fmt: skip
        metrics = {f"val/{name}": value for name, value in state.best.items()}
        return Fitted({**metrics, "best_epoch": state.best_epoch, "steps": state.step}, course, outcome.reason)

    def _restored(self, scratch: Path) -> checkpoint.State:
        """The state to start from, with the network's and the optimiser's values put back."""
        wanted = self.config.Global.get("checkpoints")
        if wanted == LAST:
            prefix = scratch / checkpoint.LATEST
            if not prefix.with_suffix(".states").exists():
                return checkpoint.State()
        elif wanted:
            prefix = Path(str(wanted))
        else:
            return checkpoint.State()
        state = checkpoint.load_state(prefix, self.network, self.optimizer)
        best = prefix.with_name(f"{checkpoint.BEST}.pdparams")
        if wanted != LAST and best.exists():
            scratch.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(best, scratch / best.name)
        _log.info("resumed from %s: epoch %d, step %d", prefix, state.epoch + 1, state.step)
        return state if wanted == LAST else replace(state, ended="")  # a named state is there to go on from

    def write_outputs(self, scratch: Path, folder: Path) -> None:
        """See `Session`."""
        shutil.copyfile(scratch / f"{checkpoint.BEST}.pdparams", folder / f"{checkpoint.BEST}.pdparams")
        checkpoint.copy_state(scratch, folder)
        for snapshot in sorted(scratch.glob("iter_epoch_*.pdparams")):
            shutil.copyfile(snapshot, folder / snapshot.name)
        values = read_json(folder / f"{checkpoint.LATEST}.states")
        values.pop("stem")
        write_curves(checkpoint.State(**values), self.task.indicator, folder)
        self.task.write_dictionary(folder)
        load_exactly(self.network, folder / f"{checkpoint.BEST}.pdparams")
        scorer = self.task.scorer()
        with _compute(self.network, self.config):
            evaluate(self.network, self.task.eval_loader("val"), scorer)
        self.task.write_gallery(scorer, folder / "gallery", self.config.training.gallery_size)


class NativeEngine:
    """See `paddock.engines.engine.Engine`."""

    def launch(self, hardware: HardwareConfig, work: Callable[..., object], *args: object) -> None:
        """See `Engine`."""
        launch(hardware, work, *args)

    def start(self, config: Config) -> NativeSession:
        """See `Engine`."""
        settings = LoopSettings.read(config.Global, config.training)
        group = Group.join()
        task = open_task(config)
        datasets = task.datasets()
        report = task.preflight()
        loader = task.train_loader(group.rank, group.world_size)
        steps = loader.num_batches()
        network = new_network(task, config.seed)
        schedule = build_schedule(config.Optimizer["lr"], settings.epochs, steps)
        optimizer = build_optimizer(config.Optimizer, schedule, network.parameters())
        if pretrained := config.Global.get("pretrained_model"):
            report = [*_load(network, task, Path(str(pretrained)), config.training).lines(), *report]
        evaluations = settings.num_evaluations(steps)
        report.append(
            f"{settings.epochs} epochs x {steps} steps = {settings.epochs * steps} steps of "
            f"{config.Train['loader']['batch_size_per_card']} samples x {group.world_size} devices, "
            f"{evaluations} evaluations"
        )
        if group.is_first:
            for line in report:
                _log.info("preflight: %s", line)
        mark = fingerprint(config, ":".join(ref.digest for ref in datasets), _code_digest())
        return NativeSession(config, task, network, optimizer, schedule, settings, loader, group, datasets, mark)

    def evaluate(self, config: Config, weights: Path, split: str, folder: Path) -> dict[str, float]:
        """See `Engine`."""
        task = open_task(config)
        network = trained_network(task, config, weights)
        with _compute(network, config):
            task = task.tuned(predictions(network, task.eval_loader("val")))
            scorer = task.scorer()
            metrics = evaluate(network, task.eval_loader(split), scorer)
        task.write_report(scorer, folder)
        task.write_gallery(scorer, folder, config.training.gallery_size)
        write_json(folder / "metrics.json", {f"{split}/{name}": value for name, value in metrics.items()})
        return metrics

    def export(self, config: Config, weights: Path, settings: ExportConfig, folder: Path) -> Exported:
        """See `Engine`."""
        from paddock.export.exporters import EXPORTERS  # noqa: PLC0415 - a training would pay for what it never uses

        task = open_task(config)
        parity = EXPORTERS[config.task](task, trained_network(task, config, weights), settings, folder)
        digest = next(data.digest for data in task.datasets() if data.context == "train")
        return Exported(parity.metrics(), digest)


def open_native(config: Config) -> NativeEngine:
    """The engine, on the device and the threads that ``hardware`` names.

    Raises:
        EngineError: a GPU is asked for and Paddle has none.
    """
    if config.hardware.device is Device.gpu and not (
        paddle.is_compiled_with_cuda() and paddle.device.cuda.device_count()
    ):
        raise EngineError(
            f"hardware.device is gpu, but this Paddle ({paddle.__version__}) finds none. Install the gpu extra as the "
            "README says, or use hardware=cpu."
        )
    paddle.set_device(config.hardware.device.value)
    # Of this thread, which trains: OMP_NUM_THREADS counts in the process's first training only. It is oneDNN's number,
    # too: libdnnl names libgomp, but its calls arrive at the libiomp5 that Paddle has loaded before.
    paddle.base.core.set_num_threads(config.hardware.threads or os.cpu_count() or 1)
    return NativeEngine()


def new_network(task: Task, seed: int) -> nn.Layer:
    """A network whose fresh weights follow from the seed.

    Optimiser states are addressed by Paddle's internal parameter names, which count up within a process; the guard
    starts the count anew, so that a state fits every network built here.
    """
    seed_all(seed)
    with unique_name.guard():
        return task.network()


def trained_network(task: Task, config: Config, weights: Path) -> nn.Layer:
    """The task's network with every value from ``weights``, ready to read.

    Raises:
        CheckpointError: the weights do not fit.
    """
    network = new_network(task, config.seed)
    load_exactly(network, weights)
    network.eval()
    return network


def _load(network: nn.Layer, task: Task, weights: Path, settings: TrainingConfig) -> LoadReport:
    """Fill ``network`` with what fits it, class by class where a dictionary says what the weights' classes are."""
    beside = weights.parent / DICTIONARY
    given = settings.pretrained_dictionary or (str(beside) if beside.is_file() else None)
    inherited = task.inherited(Path(given)) if given else None
    return load_pretrained(network, weights, settings.min_matched_ratio, inherited)


def _compute(network: nn.Layer, config: Config) -> AbstractContextManager[None]:
    """The fastest way to compute ``network`` on this device."""
    hardware = config.hardware
    if hardware.accelerate and hardware.device is Device.cpu:
        return accelerated(network, hardware.threads)
    return nullcontext()


def _code_digest() -> str:
    digest = hashlib.sha256()
    package = Path(__file__).parents[1]
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()
