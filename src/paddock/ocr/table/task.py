"""Table structure as the engine sees it; see `paddock.ocr.task.Task`."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from paddle import Tensor

from paddock.config.schema import Config
from paddock.config.stored import DICTIONARY
from paddock.core.build import build
from paddock.core.files import write_text
from paddock.data.loader import BatchSource, EvalPlan, Loader
from paddock.data.prepared import PreparedTable
from paddock.ocr.datasets import DatasetRef, dataset_refs, learnt, listed, mixture, train_plan
from paddock.ocr.inherited import Inherited
from paddock.ocr.preview import Choice, previewed
from paddock.ocr.table import gallery, preflight, preview, report
from paddock.ocr.table.batch import collate
from paddock.ocr.table.decode import TableLabelDecode
from paddock.ocr.table.head import CLASS_AXES, TrainingOutputs
from paddock.ocr.table.labels import labelled_pictures
from paddock.ocr.table.loss import SLALoss
from paddock.ocr.table.metric import TableMetric
from paddock.ocr.table.model import SLANet, build_network
from paddock.ocr.table.picture import TablePicture
from paddock.ocr.table.scorer import TableScorer
from paddock.ocr.table.tokens import TableClasses, read_classes
from paddock.ocr.table.transforms import build_pipeline, longest_side
from paddock.ocr.task import Prediction
from paddock.ocr.transforms import Pipeline


@dataclass(frozen=True)
class TableTask:
    """Structure of tables with the composed config behind it."""

    config: Config
    classes: TableClasses

    @classmethod
    def open(cls, config: Config) -> "TableTask":
        """Read the dictionary.

        Raises:
            ConfigError: the settings of the post-processing are unknown.
            DatasetError: the dictionary is missing or damaged.
        """
        of_settings = partial(read_classes, Path(config.Global["character_dict_path"]))
        return cls(config, build({"TableLabelDecode": of_settings}, config.PostProcess))

    @cached_property
    def indicator(self) -> str:
        """PaddleOCR's ``Metric.main_indicator``."""
        return self._metric.main_indicator

    @cached_property
    def _metric(self) -> TableMetric:
        return build({"TableMetric": TableMetric}, self.config.Metric)

    @cached_property
    def _loss(self) -> SLALoss:
        return build({"SLALoss": SLALoss}, self.config.Loss)

    def network(self) -> SLANet:
        """SLANet with one class for each structure token, and two for start and end."""
        return build_network(self.config.Architecture, len(self.classes))

    def given(self, targets: Sequence[Tensor]) -> Sequence[Tensor]:
        """The true token before each step: all steps are learnt in one pass.

        Shape:
            targets see `loss`; out ``[B, L - 1]``
        """
        return (targets[0][:, :-1],)

    def loss(self, outputs: TrainingOutputs, targets: Sequence[Tensor]) -> dict[str, Tensor]:
        """The terms of SLANet's loss and their sum.

        Shape:
            outputs of L - 1 steps, see `TrainingOutputs`; targets: class numbers ``[B, L]``, boxes ``[B, L, 8]``, mask
            ``[B, L, 1]``, each from the start token on, extent ``[B, 2]``
        """
        *by_step, extent = targets
        return self._loss(outputs, *(target[:, 1:] for target in by_step), extent)

    @cached_property
    def _train_tables(self) -> preflight.Checked:
        return preflight.check(
            learnt(self.config, labelled_pictures),
            classes=self.classes,
            max_text_length=int(self.config.Global["max_text_length"]),
            longest_side_px=longest_side(self.config.Train["dataset"]["transforms"]),
            on_error=self.config.dataset.on_error,
        )

    def preflight(self) -> list[str]:
        """Tables that can be learnt, how long they are, and how large their texts are where the network sees them."""
        return [*self._train_tables.report, *mixture(self.config, self._train_tables.pictures)]

    def train_loader(self, rank: int, world_size: int) -> Loader[TablePicture]:
        """Shuffled batches of tables of similar length: a batch takes as many steps as its longest."""
        section, tables = self.config.Train, self._train_tables
        plan = train_plan(self.config, tables.lengths, tables.pictures, rank, world_size)
        source = BatchSource(tables.pictures, self._pipeline(section), collate, self.config.seed, tolerant=False)
        return Loader(source, plan, int(section["loader"]["num_workers"]))

    def eval_loader(self, split: str) -> Loader[TablePicture]:
        """Every listed table once; all pictures fill squares of one size.

        Raises:
            DatasetError: a label file is missing or damaged.
        """
        section = self.config.Eval
        pictures = labelled_pictures(listed(self.config, split))
        plan = EvalPlan([0] * len(pictures), int(section["loader"]["batch_size_per_card"]))
        source = BatchSource(pictures, self._eval_pipeline(section), collate, self.config.seed, tolerant=True)
        return Loader(source, plan, int(section["loader"]["num_workers"]))

    def tuned(self, predictions: Iterator[Prediction]) -> "TableTask":
        """See `Task`: greedy decoding has nothing to choose."""
        return self

    def scorer(self) -> TableScorer:
        """An empty scorer."""
        processes = self.config.hardware.threads or os.cpu_count() or 1
        return TableScorer(TableLabelDecode(self.classes), self._metric, processes)

    def datasets(self) -> list[DatasetRef]:
        """The training and the validation split, by content."""
        prepared = PreparedTable(listed(self.config, "train").folder)
        return dataset_refs(self.config, str(prepared.stats()["digest"]) if prepared.stats_file.exists() else "")

    def write_gallery(self, scorer: TableScorer, folder: Path, count: int) -> None:
        """The worst tables: picture, labelled and read structure side by side."""
        gallery.write(scorer.worst(count), folder)

    def write_preview(self, split: str, choice: Choice, folder: Path) -> None:
        """Tables with the boxes and the structure that are learnt."""
        is_train = split == "train"
        tables = self._train_tables.pictures if is_train else labelled_pictures(listed(self.config, split))
        pipeline = self._pipeline(self.config.Train if is_train else self.config.Eval)
        preview.write(previewed(tables, pipeline, choice), self.classes, folder)

    def write_report(self, scorer: TableScorer, folder: Path) -> None:
        """``samples.csv`` and plots; see `paddock.ocr.table.report`."""
        report.write(scorer, folder)

    def inherited(self, dictionary: Path) -> Inherited | None:
        """See `Task`: structure tokens, which the head writes, and of which it reads the one before."""
        theirs = read_classes(dictionary, self.classes.merge_no_span_structure)
        return Inherited(dictionary, self.classes.characters, [theirs.characters], CLASS_AXES)

    def write_dictionary(self, folder: Path) -> None:
        """``dict.txt``."""
        write_text(folder / DICTIONARY, self.classes.file_text())

    def _pipeline(self, section: dict[str, Any]) -> Pipeline[TablePicture]:
        return build_pipeline(section["dataset"]["transforms"], self.classes)

    def _eval_pipeline(self, section: dict[str, Any]) -> Pipeline[TablePicture]:
        """Without label encoding: a label that cannot be encoded still is a table that must be read."""
        transforms = section["dataset"]["transforms"]
        return build_pipeline([entry for entry in transforms if "TableLabelEncode" not in entry], self.classes)
