"""Text detection as the engine sees it; see `paddock.ocr.task.Task`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from paddle import Tensor

from paddock.config.schema import Config
from paddock.core.build import build
from paddock.core.errors import ConfigError
from paddock.data.loader import Batch, BatchSource, EvalPlan, Loader
from paddock.data.prepared import PreparedDet
from paddock.ocr.datasets import DatasetRef, dataset_refs, learnt, listed, mixture, train_plan
from paddock.ocr.det import gallery, preflight, preview, report
from paddock.ocr.det.decode import DBPostProcess
from paddock.ocr.det.labels import labelled_pages
from paddock.ocr.det.loss import DBLoss
from paddock.ocr.det.metric import DetMetric
from paddock.ocr.det.model import DB, build_network
from paddock.ocr.det.page import Page
from paddock.ocr.det.scorer import DetScorer
from paddock.ocr.det.thresholds import Sweep, sweep
from paddock.ocr.det.transforms import DetResizeForTest, build_pipeline
from paddock.ocr.inherited import Inherited
from paddock.ocr.preview import Choice, previewed
from paddock.ocr.task import Prediction

_TARGETS = ("threshold_map", "threshold_mask", "shrink_map", "shrink_mask")
"""What DBLoss takes, in its order."""


@dataclass(frozen=True)
class DetTask:
    """Detection of texts with the composed config behind it."""

    config: Config
    postprocess: DBPostProcess
    sweep: Sweep | None = field(default=None)
    """How `postprocess` was chosen, if it was."""

    @classmethod
    def open(cls, config: Config) -> "DetTask":
        """Read the settings of the post-processing.

        Raises:
            ConfigError: one is unknown.
        """
        return cls(config, build({"DBPostProcess": DBPostProcess}, config.PostProcess))

    @cached_property
    def indicator(self) -> str:
        """PaddleOCR's ``Metric.main_indicator``."""
        return self.metric.main_indicator

    @cached_property
    def metric(self) -> DetMetric:
        """PaddleOCR's ``Metric``."""
        return build({"DetMetric": DetMetric}, self.config.Metric)

    @cached_property
    def resize(self) -> DetResizeForTest:
        """The rule by which pages are scaled in validation, test and deployment.

        Raises:
            ConfigError: the transforms of Eval have none, or paddleocr 3.x has no such rule.
        """
        entries = self.config.Eval["dataset"]["transforms"]
        given = next((entry["DetResizeForTest"] or {} for entry in entries if "DetResizeForTest" in entry), {})
        if given.get("limit_type") != "max" or set(given) != {"limit_side_len", "limit_type"}:
            raise ConfigError(
                "Eval.dataset.transforms: paddleocr 3.x runs a detector with DetResizeForTest {limit_side_len: N, "
                f"limit_type: max}} only, not {given}. Set that, so that validation sees what deployment sees."
            )
        return build({"DetResizeForTest": DetResizeForTest}, {"name": "DetResizeForTest", **given})

    @cached_property
    def _loss(self) -> DBLoss:
        return build({"DBLoss": DBLoss}, self.config.Loss)

    def network(self) -> DB:
        """DB with the backbone that the config names."""
        return build_network(self.config.Architecture)

    def given(self, targets: Sequence[Tensor]) -> Sequence[Tensor]:
        """See `Task`: the pictures say it all."""
        return ()

    def loss(self, outputs: Tensor, targets: Sequence[Tensor]) -> dict[str, Tensor]:
        """The three terms of DB's loss and their sum.

        Shape:
            outputs ``[B, 3, H, W]``; targets: the maps and masks of threshold and shrunk text, ``[B, H, W]`` each
        """
        return self._loss(outputs, *targets)

    @cached_property
    def _train_pages(self) -> list[Page]:
        return learnt(self.config, labelled_pages)

    def preflight(self) -> list[str]:
        """Pages and boxes, and how large these are where the network sees them."""
        return [*preflight.report(self._train_pages, self.resize), *mixture(self.config, self._train_pages)]

    def train_loader(self, rank: int, world_size: int) -> Loader[Page]:
        """Shuffled batches of crops of one size."""
        section, pages = self.config.Train, self._train_pages
        plan = train_plan(self.config, [0] * len(pages), pages, rank, world_size)
        pipeline = build_pipeline(section["dataset"]["transforms"])
        source = BatchSource(pages, pipeline, collate, self.config.seed, tolerant=False)
        return Loader(source, plan, int(section["loader"]["num_workers"]))

    def eval_loader(self, split: str) -> Loader[Page]:
        """Every listed page once, in batches of equal size.

        Raises:
            DatasetError: a label file is missing or damaged.
        """
        section = self.config.Eval
        pages = labelled_pages(listed(self.config, split))
        plan = EvalPlan(preflight.sizes_or_zero(pages, self.resize), int(section["loader"]["batch_size_per_card"]))
        pipeline = build_pipeline(section["dataset"]["transforms"])
        source = BatchSource(pages, pipeline, collate, self.config.seed, tolerant=True)
        return Loader(source, plan, int(section["loader"]["num_workers"]))

    def tuned(self, predictions: Iterator[Prediction]) -> "DetTask":
        """See `Task`: thresholds and growth of the boxes cost no training, only a look at the validation split."""
        found = sweep(predictions, self.postprocess, self.metric)
        return replace(self, postprocess=found.best, sweep=found)

    def scorer(self) -> DetScorer:
        """An empty scorer."""
        return DetScorer(self.postprocess, self.metric)

    def datasets(self) -> list[DatasetRef]:
        """The training and the validation split, by content."""
        prepared = PreparedDet(listed(self.config, "train").folder)
        return dataset_refs(self.config, str(prepared.stats()["digest"]) if prepared.stats_file.exists() else "")

    def write_gallery(self, scorer: DetScorer, folder: Path, count: int) -> None:
        """The worst pages, with the boxes that were matched, missed, false and ignored."""
        gallery.write(scorer.worst(count), folder)

    def write_preview(self, split: str, choice: Choice, folder: Path) -> None:
        """Pages with boxes, and the maps that are learnt; validation and test see whole pages."""
        is_train = split == "train"
        pages = self._train_pages if is_train else labelled_pages(listed(self.config, split))
        section = self.config.Train if is_train else self.config.Eval
        preview.write(previewed(pages, build_pipeline(section["dataset"]["transforms"]), choice), folder)

    def write_report(self, scorer: DetScorer, folder: Path) -> None:
        """``samples.csv``, plots and the chosen thresholds; see `paddock.ocr.det.report`."""
        report.write(scorer, self.sweep, folder)

    def inherited(self, dictionary: Path) -> Inherited | None:
        """See `Task`: a detector has two classes, text and not text."""
        return None

    def write_dictionary(self, folder: Path) -> None:
        """See `Task`: there is none."""


def collate(pages: Sequence[Page], unreadable: Sequence[tuple[Page, str]]) -> Batch[Page]:
    """Stack pages of one size, with the maps that they have.

    Shape:
        images ``[B, 3, H, W]``; targets ``[B, H, W]`` each, none where pages have no maps
    """
    if not pages:
        return Batch(np.zeros((0, 3, 0, 0), np.float32), (), (), tuple(unreadable))
    images = np.stack([page.tensor for page in pages if page.tensor is not None])
    targets = tuple(np.stack([page.maps[name] for page in pages]) for name in _TARGETS if name in pages[0].maps)
    kept = tuple(replace(page, bgr=None, tensor=None, maps={}) for page in pages)  # the pixels have done their work
    return Batch(images, targets, kept, tuple(unreadable))
