"""A task without OCR: tell whether a row of numbers adds up to more than zero. It shows that the loop knows no task."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from paddle import Tensor, nn
from paddle.utils import unique_name

from paddock.data.loader import Batch, BatchSource, EvalPlan, Loader, TrainPlan
from paddock.ocr.datasets import DatasetRef
from paddock.training.loop import Training
from paddock.training.optim import build_optimizer, build_schedule
from paddock.training.parallel import Group
from paddock.training.seed import seed_all
from paddock.training.settings import LoopSettings

SAMPLES, BATCH, WIDTH = 12, 4, 8


@dataclass(frozen=True)
class Row:
    image: Path
    values: NDArray[np.float32]
    positive: bool


def jittered(row: Row, rng: Generator) -> Row:
    return Row(row.image, row.values + rng.normal(0, 0.01, WIDTH).astype(np.float32), row.positive)


def as_is(row: Row, rng: Generator) -> Row:
    return row


def collate(rows: Sequence[Row], unreadable: Sequence[tuple[Row, str]]) -> Batch[Row]:
    targets = np.array([[row.positive] for row in rows], dtype=np.float32)
    return Batch(np.stack([row.values for row in rows]), (targets,), tuple(rows), tuple(unreadable))


@dataclass
class ShareRight:
    hits: list[bool] = field(default_factory=list)

    def add(self, outputs: Sequence[NDArray[np.float32]], batch: Batch[Row]) -> None:
        self.hits += [bool(o > 0) == r.positive for o, r in zip(outputs[0][:, 0], batch.samples, strict=True)]

    def metrics(self) -> dict[str, float]:
        return {"acc": sum(self.hits) / len(self.hits)}


@dataclass
class ScriptedScores:
    """Scores as a test prescribes them, whatever the network says."""

    score: float

    def add(self, outputs: Sequence[NDArray[np.float32]], batch: Batch[Row]) -> None: ...

    def metrics(self) -> dict[str, float]:
        return {"acc": self.score}


@dataclass
class TinyTask:
    scores: list[float] = field(default_factory=list)
    """Of the coming evaluations; empty scores the network."""
    poison_step: int | None = None
    """The loss of this step is not a number."""
    steps: int = 0
    indicator: str = "acc"

    def network(self) -> nn.Layer:
        return nn.Sequential(nn.Linear(WIDTH, 4), nn.Dropout(0.5), nn.Linear(4, 1))

    def given(self, targets: Sequence[Tensor]) -> Sequence[Tensor]:
        return ()

    def loss(self, outputs: Tensor, targets: Sequence[Tensor]) -> dict[str, Tensor]:
        self.steps += 1
        loss = nn.functional.binary_cross_entropy_with_logits(outputs, targets[0])
        return {"loss": loss * float("nan") if self.steps == self.poison_step else loss}

    def datasets(self) -> list[DatasetRef]:
        return []

    def preflight(self) -> list[str]:
        return []

    def rows(self) -> list[Row]:
        rng = np.random.default_rng(7)
        values = rng.normal(size=(SAMPLES, WIDTH)).astype(np.float32)
        return [Row(Path(f"{number}.png"), row, bool(row.sum() > 0)) for number, row in enumerate(values)]

    def train_loader(self, rank: int, world_size: int) -> Loader[Row]:
        plan = TrainPlan([1] * SAMPLES, BATCH, shuffle=True, drop_last=True, seed=3, rank=rank, world_size=world_size)
        return Loader(BatchSource(self.rows(), jittered, collate, seed=3, tolerant=False), plan, 0)

    def eval_loader(self, split: str) -> Loader[Row]:
        return Loader(
            BatchSource(self.rows(), as_is, collate, seed=3, tolerant=True), EvalPlan([1] * SAMPLES, BATCH), 0
        )

    def scorer(self) -> Any:
        return ScriptedScores(self.scores.pop(0)) if self.scores else ShareRight()

    def write_gallery(self, scorer: Any, folder: Path, count: int) -> None: ...

    def write_report(self, scorer: Any, folder: Path) -> None: ...

    def inherited(self, dictionary: Path) -> None: ...

    def write_dictionary(self, folder: Path) -> None: ...


@dataclass
class ListTracker:
    """Remembers what it is told."""

    local_id: str = "tiny"
    recorded: list[tuple[int, dict[str, float]]] = field(default_factory=list)

    def params(self, values: Any) -> None: ...

    def tags(self, values: Any) -> None: ...

    def metrics(self, values: Any, step: int) -> None:
        self.recorded.append((step, dict(values)))

    def dataset(self, name: str, digest: str, source: str, context: str) -> None: ...

    def artifact(self, path: Path, folder: str = "") -> None: ...

    def table(self, rows: Any, artifact_file: str) -> None: ...


def settings(**changes: Any) -> LoopSettings:
    values: dict[str, Any] = {
        "epochs": 4,
        "print_every_steps": 1,
        "smooth_window": 2,
        "eval_every_epochs": 1,
        "eval_start_step": 0,
        "eval_every_steps": 1,
        "save_every_epochs": 1,
        "score_training": False,
        "patience": None,
        "min_delta": 0.0,
        "time_limit_s": None,
        "keep_checkpoints": 1,
    }
    return LoopSettings(**(values | changes))


def training(folder: Path, task: TinyTask | None = None, **changes: Any) -> Training:
    task = task or TinyTask()
    chosen = settings(**changes)
    seed_all(11)
    with unique_name.guard():
        network = task.network()
    loader = task.train_loader(0, 1)
    schedule = build_schedule({"name": "Cosine", "learning_rate": 0.05, "warmup_epoch": 1}, 8, loader.num_batches())
    optimizer = build_optimizer({"name": "Adam", "clip_norm_global": 1.0}, schedule, network.parameters())
    return Training(
        task=task,
        network=network,
        optimizer=optimizer,
        schedule=schedule,
        settings=chosen,
        seed=11,
        train_loader=loader,
        eval_loader=task.eval_loader("val"),
        tracker=ListTracker(),
        folder=folder,
        group=Group(),
    )


def values(network: nn.Layer) -> list[bytes]:
    """Every weight, bit by bit."""
    return [value.numpy().tobytes() for value in network.state_dict().values()]
