"""Text recognition as the engine sees it; see `paddock.ocr.task.Task`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from paddle import Tensor

from paddock.config.schema import Config
from paddock.config.stored import DICTIONARY
from paddock.core.build import build
from paddock.core.files import write_text
from paddock.data.charset import Charset, read_charset
from paddock.data.loader import Batch, BatchSource, EvalPlan, Loader
from paddock.data.prepared import RECOGNITION, PreparedRec, read_labels
from paddock.ocr.datasets import DatasetRef, Listed, dataset_refs, learnt, listed, mixed_folders, mixture, train_plan
from paddock.ocr.inherited import Inherited
from paddock.ocr.preview import Choice, previewed
from paddock.ocr.rec import gallery, preflight, preview, report
from paddock.ocr.rec.charset import CTCClasses
from paddock.ocr.rec.decode import CTCLabelDecode
from paddock.ocr.rec.line import TextLine
from paddock.ocr.rec.loss import CTCLoss
from paddock.ocr.rec.metric import RecMetric
from paddock.ocr.rec.model import CLASS_AXES, CRNN, build_network
from paddock.ocr.rec.scorer import RecScorer
from paddock.ocr.rec.transforms import build_pipeline, image_shape
from paddock.ocr.task import Prediction
from paddock.ocr.transforms import Pipeline

TRAIN_WIDTH_STEP = 16
"""Augmented lines have any width; what is compiled or tuned for one shape of input should find few of them."""

STRIDE_PX = 4
"""Columns of the input that make one time step. What a last, incomplete step loses depends on the remainder, and a line
of any width must be read to its end: so training sees every remainder."""


@dataclass(frozen=True)
class RecTask:
    """Recognition of text lines with the composed config behind it."""

    config: Config
    classes: CTCClasses

    @classmethod
    def open(cls, config: Config) -> "RecTask":
        """Read the dictionary.

        That of the data set is extended by the characters of ``training.mix``; one that was given stays as it is.

        Raises:
            ConfigError: see `mixed_folders`.
            DatasetError: a dictionary is missing or damaged; see also `mixed_folders`.
        """
        path = Path(config.Global["character_dict_path"])
        charset = read_charset(path)
        if path == PreparedRec(Path(config.prepared_dir) / RECOGNITION).dictionary:
            for layout in mixed_folders(config).values():
                charset = charset.extended(read_charset(PreparedRec(layout.folder).dictionary).characters)
        use_space = charset.use_space_char or bool(config.Global["use_space_char"])
        return cls(config, CTCClasses(Charset(charset.characters, use_space)))

    @cached_property
    def indicator(self) -> str:
        """PaddleOCR's ``Metric.main_indicator``."""
        return self._metric.main_indicator

    @cached_property
    def _metric(self) -> RecMetric:
        return build({"RecMetric": RecMetric}, self.config.Metric)

    @cached_property
    def _loss(self) -> CTCLoss:
        return build({"CTCLoss": CTCLoss}, self.config.Loss)

    def network(self) -> CRNN:
        """The CRNN with one class for each character and one for the blank."""
        return build_network(self.config.Architecture, len(self.classes))

    def given(self, targets: Sequence[Tensor]) -> Sequence[Tensor]:
        """See `Task`: the pictures say it all."""
        return ()

    def loss(self, outputs: Tensor, targets: Sequence[Tensor]) -> dict[str, Tensor]:
        """The CTC loss.

        Shape:
            outputs ``[B, T, N]``; targets: class numbers ``[B, L]``, lengths ``[B]``
        """
        labels, lengths = targets
        return {"loss": self._loss(outputs, labels, lengths)}

    @cached_property
    def _train_lines(self) -> preflight.Checked:
        return preflight.check(
            learnt(self.config, _labelled_lines),
            charset=self.classes.charset,
            max_text_length=int(self.config.Global["max_text_length"]),
            image_shape=image_shape(self.config.Train["dataset"]["transforms"]),
            on_error=self.config.dataset.on_error,
        )

    def preflight(self) -> list[str]:
        """Labels that can be learnt, and those that cannot."""
        return [*self._train_lines.report, *mixture(self.config, self._train_lines.lines)]

    def train_loader(self, rank: int, world_size: int) -> Loader[TextLine]:
        """Shuffled batches of lines of similar width."""
        section = self.config.Train
        lines = self._train_lines
        plan = train_plan(self.config, lines.widths, lines.lines, rank, world_size)
        least = image_shape(section["dataset"]["transforms"])[2]
        together = partial(collate_alike, least_width=least)
        source = BatchSource(lines.lines, self._pipeline(section), together, self.config.seed, tolerant=False)
        return Loader(source, plan, int(section["loader"]["num_workers"]))

    def eval_loader(self, split: str) -> Loader[TextLine]:
        """Every listed line once, in batches of equal width.

        Raises:
            DatasetError: a label file is missing or damaged.
        """
        section = self.config.Eval
        lines = _labelled_lines(listed(self.config, split))
        shape = image_shape(section["dataset"]["transforms"])
        plan = EvalPlan(preflight.widths_or_zero(lines, shape), int(section["loader"]["batch_size_per_card"]))
        source = BatchSource(lines, self._eval_pipeline(section), collate, self.config.seed, tolerant=True)
        return Loader(source, plan, int(section["loader"]["num_workers"]))

    def tuned(self, predictions: Iterator[Prediction]) -> "RecTask":
        """See `Task`: greedy decoding has nothing to choose."""
        return self

    def scorer(self) -> RecScorer:
        """An empty scorer."""
        return RecScorer(CTCLabelDecode(self.classes), self._metric)

    def datasets(self) -> list[DatasetRef]:
        """The training and the validation split, by content."""
        prepared = PreparedRec(listed(self.config, "train").folder)
        return dataset_refs(self.config, str(prepared.stats()["digest"]) if prepared.stats_file.exists() else "")

    def write_gallery(self, scorer: RecScorer, folder: Path, count: int) -> None:
        """``worst.png``: pictures beside truth, reading and confidence."""
        gallery.write(scorer.worst(count), folder)

    def write_preview(self, split: str, choice: Choice, folder: Path) -> None:
        """Lines with the texts that are learnt."""
        is_train = split == "train"
        lines = self._train_lines.lines if is_train else _labelled_lines(listed(self.config, split))
        pipeline = self._pipeline(self.config.Train if is_train else self.config.Eval)
        preview.write(previewed(lines, pipeline, choice), self.classes, folder)

    def write_report(self, scorer: RecScorer, folder: Path) -> None:
        """``samples.csv`` and plots; see `paddock.ocr.rec.report`."""
        report.write(scorer, folder)

    def inherited(self, dictionary: Path) -> Inherited | None:
        """See `Task`: characters; whether weights have a class for the space only their size says."""
        characters = read_charset(dictionary).characters
        theirs = [CTCClasses(Charset(characters, use_space_char)).characters for use_space_char in (True, False)]
        return Inherited(dictionary, self.classes.characters, theirs, CLASS_AXES)

    def write_dictionary(self, folder: Path) -> None:
        """``dict.txt``."""
        write_text(folder / DICTIONARY, self.classes.charset.file_text())

    def _pipeline(self, section: dict[str, Any]) -> Pipeline[TextLine]:
        return build_pipeline(
            section["dataset"]["transforms"], self.classes, int(self.config.Global["max_text_length"])
        )

    def _eval_pipeline(self, section: dict[str, Any]) -> Pipeline[TextLine]:
        """Without label encoding: a label that cannot be encoded still is a sample that must be read."""
        transforms = [entry for entry in section["dataset"]["transforms"] if "CTCLabelEncode" not in entry]
        return build_pipeline(transforms, self.classes, int(self.config.Global["max_text_length"]))


def _labelled_lines(data: Listed) -> list[TextLine]:
    return [
        TextLine(data.picture(file, line.image), line.text, line.origin, share=share)
        for file, share in data.each()
        for line in read_labels(Path(file), data.delimiter)
    ]


def collate_alike(
    lines: Sequence[TextLine], unreadable: Sequence[tuple[TextLine, str]], least_width: int
) -> Batch[TextLine]:
    """Stretch lines that fill their input to one width, then `collate`.

    In deployment such a line ends where its input ends. Padding it to the widest of a batch would teach the network
    that text is followed by emptiness, and the last character would be lost in use.

    Args:
        least_width: pixels of the input of a short line, which is padded in deployment, too.
    """
    widest = max(_width(line) for line in lines)
    common = max(round(widest / TRAIN_WIDTH_STEP) * TRAIN_WIDTH_STEP + widest % STRIDE_PX, least_width)
    return collate([line if _width(line) <= least_width else _stretched(line, common) for line in lines], unreadable)


def _width(line: TextLine) -> int:
    return 0 if line.tensor is None else line.tensor.shape[2]


def _stretched(line: TextLine, width: int) -> TextLine:
    if line.tensor is None or _width(line) == width:
        return line
    rows = line.tensor.transpose(1, 2, 0)
    resized = cv2.resize(rows, (width, rows.shape[0])).transpose(2, 0, 1)
    return replace(line, tensor=np.ascontiguousarray(resized))


def collate(lines: Sequence[TextLine], unreadable: Sequence[tuple[TextLine, str]]) -> Batch[TextLine]:
    """Pad pictures on the right with 0 and labels with blanks to the longest of the batch.

    Shape:
        images ``[B, 3, 32, W]``; targets: class numbers ``[B, L]`` int32, lengths ``[B]`` int64
    """
    if not lines:
        return Batch(np.zeros((0, 3, 0, 0), np.float32), (), (), tuple(unreadable))
    tensors = [line.tensor for line in lines if line.tensor is not None]
    width = max(tensor.shape[2] for tensor in tensors)
    images = np.zeros((len(tensors), *tensors[0].shape[:2], width), dtype=np.float32)
    lengths = np.array([len(line.label) for line in lines], dtype=np.int64)
    labels = np.zeros((len(lines), max(int(lengths.max()), 1)), dtype=np.int32)
    for row, (tensor, line) in enumerate(zip(tensors, lines, strict=True)):
        images[row, :, :, : tensor.shape[2]] = tensor
        labels[row, : len(line.label)] = line.label
    kept = tuple(TextLine(line.image, line.text, line.origin) for line in lines)  # the pixels have done their work
    return Batch(images, (labels, lengths), kept, tuple(unreadable))
